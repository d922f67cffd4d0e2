"""Digests as files: looked at before anything is sent, and leaving nothing behind in the store."""

from email import policy
from email.parser import BytesParser

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from alerter.app.preview import index_page, preview, write_previews
from alerter.domain.message import Message
from alerter.errors import SourceError
from alerter.mail.build import Rendered
from alerter.mail.writer import Email
from alerter.store import runs, syncs
from tests.mail import gallery
from tests.world.browser import opened
from tests.world.letters import text_of
from tests.world.office import AS_OF, NORTH, Office, row


def test_each_digest_is_three_files_and_a_line_of_the_index(office: Office) -> None:
    """Text, HTML and the message itself say the same, and the index leads to them."""
    office.extract(row("A-1"), row("A-2", team="South", days=3))
    shown = office.folder / "shown"
    assert preview(office.open(), AS_OF, shown).digests == 2
    names = ["001-n.okafor@council.example", "002-s.lindqvist@council.example"]
    files = [f"{name}.{ending}" for name in names for ending in ("eml", "html", "txt")]
    assert sorted(path.name for path in shown.iterdir()) == [*files, "index.html"]
    mail = BytesParser(policy=policy.default).parsebytes((shown / files[0]).read_bytes())
    assert text_of(mail) == (shown / files[2]).read_text(encoding="utf-8")
    index = (shown / "index.html").read_text(encoding="utf-8")
    assert "<p>As of Monday 23 November 2009: 2 digests; nothing was sent.</p>" in index
    assert all(f'href="{name}.{ending}"' in index for name in names for ending in ("eml", "html", "txt"))


def test_a_logo_lies_beside_the_pages(office: Office) -> None:
    """A page on its own has no attachment to show; the message itself keeps its own."""
    (office.folder / "council.png").write_bytes(gallery.logo())
    office.extract(row("A-1"))
    shown = office.folder / "shown"
    preview(office.open(branding__name="Sampleford", branding__logo="council.png"), AS_OF, shown)
    page = (shown / "001-n.okafor@council.example.html").read_text(encoding="utf-8")
    assert 'src="logo.png" width="96" height="48"' in page
    assert (shown / "logo.png").read_bytes() == gallery.logo()
    mail = BytesParser(policy=policy.default).parsebytes(
        (shown / "001-n.okafor@council.example.eml").read_bytes()
    )
    html = mail.get_body(preferencelist=("html",))
    assert html is not None
    assert 'src="cid:logo"' in html.get_content()


def test_service_managers_are_among_the_digests(office: Office) -> None:
    """One more file for the person above, in the language that is set."""
    office.council.directory({**NORTH, "escalate_to": "head@council.example"})
    office.extract(row("A-1", days=40))
    shown = office.folder / "shown"
    assert preview(office.open(email__language="cy"), AS_OF, shown).digests == 2
    text = (shown / "001-head@council.example.txt").read_text(encoding="utf-8")
    assert text.startswith("Yr wythnos hon mae 1 asesiad wedi'i uwchgyfeirio atoch.\n")
    assert "\nA-1  plentyn 91  " in text


def test_preview_leaves_the_store_as_it_was(office: Office) -> None:
    """Neither a reading nor a run is recorded, and nothing is sent."""
    office.extract(row("A-1"))
    installation = office.open()
    preview(installation, None, office.folder / "shown")
    with installation.database.read() as connection:
        assert (runs.latest(connection), syncs.latest_applied(connection)) == (None, None)
    assert office.sent() == []


def test_preview_lists_every_row(office: Office) -> None:
    """Looked at, a digest is whole, however many rows an email would have room for."""
    office.extract(*(row(f"A-{number}", days=40) for number in range(200)))
    shown = office.folder / "shown"
    preview(office.open(), AS_OF, shown)
    text = (shown / "001-n.okafor@council.example.txt").read_text(encoding="utf-8")
    assert sum(line.startswith("A-") for line in text.splitlines()) == 200


def test_preview_needs_an_extract(office: Office) -> None:
    """Without one nothing is written."""
    with pytest.raises(SourceError):
        preview(office.open(), AS_OF, office.folder / "shown")
    assert not (office.folder / "shown").exists()


def test_file_names_and_index_are_safe(office: Office) -> None:
    """An address that would be a path or markup is neither."""
    address = "a/../<b>&'c'@council.example"
    email = Email(Rendered("1 < 2", "text", "<p>html</p>"), Message(address, "<1@x>", "1 < 2", b"x"))
    names = write_previews([email], office.folder / "shown")
    index = index_page("Digests of A & B", AS_OF, names, ["<max_age_hours>"])
    assert "<title>Digests of A &amp; B</title>" in index
    assert "<p class=held>Would be held: &lt;max_age_hours&gt;.</p>" in index
    assert "a/../&lt;b&gt;&amp;&#x27;c&#x27;@council.example</a>" in index
    assert ": 1 digest; nothing was sent.</p>" in index
    assert (office.folder / "shown" / "001-a_..__b___c_@council.example.txt").read_text() == "text"


@pytest.mark.parametrize("is_dark", [False, True])
def test_the_index_fits_a_telephone(office: Office, browser: Browser, *, is_dark: bool) -> None:
    """At 390 pixels nothing runs out of the page, and axe finds no fault; a link leads to the digest."""
    office.council.directory({**NORTH, "manager_email": f"{'n' * 60}@council.example"})
    office.extract(row("A-1"))
    index = preview(office.open(source__max_age_hours=1), AS_OF, office.folder / "shown").index
    with opened(browser, width=390, is_dark=is_dark) as page:
        page.goto(index.as_uri())
        assert page.get_by_text("Would be held:").count() == 1
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert Axe().run(page).response["violations"] == []
        page.get_by_role("link", name="@council.example").click()
        assert "A-1" in page.content()
