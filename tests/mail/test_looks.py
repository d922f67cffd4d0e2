"""What every email looks like: contrast in both schemes, captions, scopes, size, and a council's own look."""

import re
from collections.abc import Iterator
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from itertools import product

import pytest
from playwright.sync_api import Browser

from alerter.config.branding import DARK_GROUND
from alerter.errors import MailRefusedError
from alerter.mail.build import build, check
from alerter.mail.summary import Summary
from alerter.mail.template_set import Brand
from alerter.mail.writer import LARGEST_HTML
from tests.mail import gallery, reading
from tests.world import samples
from tests.world.browser import opened

PAGES = gallery.pages()
TABLE = re.compile(r"<table[^>]*>")
BARS = re.compile(r"border-left:6px solid (#[0-9a-f]{6})|height:8px[^\"]*background-color:(#[0-9a-f]{6})")
WHITE = "#ffffff"


def pages() -> Iterator[tuple[str, str]]:
    """Give every kind of email, the admins' summary too, by name."""
    yield from PAGES.items()
    summary = Summary(facts=samples.facts(), counts={}, deliveries=[samples.Fate("m@x.example", "refused")])
    yield "summary", samples.writer(brand=gallery.brand()).summary(summary).html


def schemes(html: str) -> tuple[str, str]:
    """Return the page without its dark rules, and those alone."""
    dark = re.search(r"@media.*?\n}\n", html, re.DOTALL)
    assert dark is not None
    return html.replace(dark[0], ""), dark[0]


@pytest.mark.parametrize("name", [name for name, _ in pages()])
def test_words_can_be_read_in_light_and_dark(name: str) -> None:
    """Every colour of words has 4.5 to 1 against every ground it can stand on (WCAG 2.2, 1.4.3)."""
    html = re.sub(r"<a href=[^>]*>", "", dict(pages())[name])  # the button's words stand on the button alone
    for css in schemes(re.sub(r'class="rule"[^>]*>|bgcolor="[^"]*"[^>]*>', "", html)):
        found: dict[str, set[str]] = {"color": set(), "background-color": set()}
        for line in css.splitlines():
            if ".rule" not in line:
                for kind, colour in reading.COLOUR.findall(line):
                    found.setdefault(kind, set()).add(colour)
        pairs = [*product(found["color"], found["background-color"])]
        assert pairs
        assert min(reading.contrast(*pair) for pair in pairs) >= 4.5


def test_the_button_can_be_read() -> None:
    """White on green, in both schemes."""
    ground, words = re.search(
        r'bgcolor="(#[0-9a-f]{6})"[^>]*><a [^>]*color:(#[0-9a-f]{6})', PAGES["branded-en"]
    ).groups()
    assert reading.contrast(ground, words) >= 4.5


def test_bars_can_be_told_from_the_page() -> None:
    """A stage's bar has 3 to 1 against white and against the dark ground; what is on track may be fainter."""
    colours = {one or other for html in PAGES.values() for one, other in BARS.findall(html)} - {"#b1b4b6"}
    assert len(colours) == 5
    for colour, ground in product(colours, (WHITE, DARK_GROUND)):
        assert reading.contrast(colour, ground) >= 3, (colour, ground)


@pytest.mark.parametrize("name", [name for name, _ in pages()])
def test_tables_are_announced_and_the_email_is_small(name: str) -> None:
    """A table of rows has a caption and scopes; every other is marked as layout; no email is clipped."""
    html = dict(pages())[name]
    tables = TABLE.findall(html.replace("<!--[if mso]>", "").replace("<![endif]-->", ""))
    of_rows = [table for table in tables if 'role="presentation"' not in table]
    assert len(of_rows) == html.count("<caption") == html.count("</caption>")
    assert html.count("<th ") == html.count(' scope="')
    assert html.count('scope="col"') == 2 * len(of_rows)
    assert len(html.encode()) < LARGEST_HTML
    assert re.findall(r"<h1", html) == ["<h1"]


@pytest.mark.parametrize("width", [320, 390, 900])
def test_no_email_has_to_be_pushed_sideways(browser: Browser, width: int) -> None:
    """On phones and desks, in either language, with a council's look, and with four counts."""
    with opened(browser, width=width) as page:
        for name, html in pages():
            page.set_content(html)
            assert page.evaluate("document.documentElement.scrollWidth") == width, name


def test_no_email_asks_for_anything_from_elsewhere() -> None:
    """No picture, style or script comes from a server: the one picture is within the message."""
    for html in PAGES.values():
        assert re.findall(r'(?:src|background)="(?!data:|cid:)', html) == []
        assert "<script" not in html
        assert "url(" not in html


def message_of(look: Brand | None) -> EmailMessage:
    """Return the usual digest as its reader parses it."""
    rendered = samples.writer(brand=look or Brand()).digest(gallery.second_week(), gallery.facts())
    letterhead = samples.letterhead(logo=look.logo if look else b"")
    body = build(rendered, samples.MANAGER, letterhead).body
    message = BytesParser(policy=policy.default).parsebytes(body)
    assert isinstance(message, EmailMessage)
    return message


def test_logo_is_within_the_message() -> None:
    """The HTML names the attached picture, which comes back byte for byte and has no file name."""
    message = message_of(gallery.brand())
    (picture,) = [part for part in message.walk() if part.get_content_maintype() == "image"]
    assert (picture.get_content(), picture.get_filename()) == (gallery.logo(), None)
    html = message.get_body(preferencelist=("html",))
    assert html is not None
    assert f'src="cid:{str(picture["Content-ID"]).strip("<>")}"' in html.get_content()
    assert "Sampleford Council" in html.get_content()
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png",
    ]  # fmt: skip


def test_without_a_look_there_is_nothing_above_the_ask() -> None:
    """No picture, no empty band."""
    message = message_of(None)
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "text/html",
    ]  # fmt: skip
    plain = samples.writer().digest(gallery.second_week(), gallery.facts()).html
    assert "brand" not in plain
    assert "<img" not in plain


def test_a_name_alone_needs_no_picture() -> None:
    """Nothing is attached, and no broken picture shows."""
    html = samples.writer(brand=Brand(name="Sampleford")).digest(gallery.all_clear(), gallery.facts()).html
    assert "Sampleford</td>" in html
    assert "<img" not in html
    assert Brand().shown_size == (0, 0)


def test_a_message_with_another_logo_is_not_sent() -> None:
    """What was built is read back; a picture that is missing or another one is a fault."""
    look = gallery.brand()
    rendered = samples.writer(brand=look or Brand()).digest(gallery.all_clear(), gallery.facts())
    body = build(rendered, samples.MANAGER, samples.letterhead(logo=look.logo)).body
    for other in (b"", b"x"):
        with pytest.raises(MailRefusedError, match="its logo"):
            check(body, rendered, samples.MANAGER, samples.letterhead(logo=other))
