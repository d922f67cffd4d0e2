"""Links: the same facts make the same one, and nothing but one of ours that is not too old opens anything."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import ascii_letters, digits

import pytest
from itsdangerous import URLSafeSerializer

from alerter.app.page_session import database_id
from alerter.app.preview import preview
from alerter.domain.routing import Recipient
from alerter.mail.links import Links, Opened
from tests.world.letters import text_of
from tests.world.office import AS_OF, NORTH, Office, row

MADE_AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DATABASE = "0f1e2d"
LINKS = Links("https://alerts.council.example", timedelta(days=14), "k" * 32)
OKAFOR = Recipient(NORTH["manager_email"], "N. Okafor")
WEB = {"web__base_url": "https://alerts.council.example", "web__secret_key": "k" * 32}


def token(links: Links = LINKS, made_at: datetime = MADE_AT) -> str:
    """Return what stands behind the last stroke of a link."""
    return links.make(DATABASE, 7, OKAFOR, made_at).rpartition("/")[2]


def test_a_link_says_whose_it_is_and_of_which_run() -> None:
    """It is the same whenever it is made, and whatever case the address is in."""
    link = LINKS.make(DATABASE, 7, OKAFOR, MADE_AT)
    assert link.startswith("https://alerts.council.example/r/")
    assert link == LINKS.make(DATABASE, 7, Recipient(OKAFOR.email.upper()), MADE_AT)
    assert LINKS.read(DATABASE, token(), MADE_AT) == Opened(email=OKAFOR.email, run=7, made_at=MADE_AT)


@pytest.mark.parametrize(
    ("later", "is_good"),
    [
        (timedelta(0), True),
        (timedelta(days=14), True),
        (timedelta(days=14, seconds=1), False),
        (-timedelta(minutes=1), True),
        (-timedelta(hours=1), False),
    ],
)
def test_a_link_is_good_for_its_days(later: timedelta, *, is_good: bool) -> None:
    """Nor is it believed before it was made, but for clocks that differ a little."""
    assert (LINKS.read(DATABASE, token(), MADE_AT + later) is not None) is is_good


@pytest.mark.parametrize(
    "content", [[7, "no address", 1795420800], [7], "a", {"run": 7}, [7, OKAFOR.email, "x"]]
)
def test_what_is_signed_for_something_else_opens_nothing(content: object) -> None:
    """Neither a form of ours that is no link, nor a link's content signed for another purpose."""
    of_ours = LINKS._serializer(DATABASE).dumps(content)  # noqa: SLF001 - only its own key makes such a thing
    assert LINKS.read(DATABASE, of_ours, MADE_AT) is None
    elsewhere = URLSafeSerializer("k" * 32, salt="something else").dumps([7, OKAFOR.email, 1795420800])
    assert LINKS.read(DATABASE, elsewhere, MADE_AT) is None


def test_a_link_is_read_to_the_letter() -> None:
    """Whatever the database: not even the letters are taken that base64 reads alike."""
    for database in map(str, range(20)):
        token = LINKS.make(database, 7, OKAFOR, MADE_AT).rpartition("/")[2]
        assert LINKS.read(database, token, MADE_AT) is not None
        others = [token[:-1] + letter for letter in ascii_letters + digits if letter != token[-1]]
        assert {LINKS.read(database, other, MADE_AT) for other in [*others, f"{token}=", f"{token}A"]} == {
            None
        }


def test_the_key_shows_nowhere() -> None:
    """Not even where a link maker is printed."""
    assert "kkk" not in repr(LINKS)


def test_a_digest_has_its_recipients_own_link(office: Office) -> None:
    """Where the settings have a page; without one it asks for a reply as before."""
    office.extract(row("A-1"))
    weekly = office.weekly(**WEB)
    run = weekly.run(AS_OF).run
    assert run is not None
    links = Links.of(weekly.of.settings)
    assert links is not None
    (mail,) = office.sent(OKAFOR.email)
    own = links.make(database_id(weekly.of), run.id, OKAFOR, run.prepared_at)
    assert f"Record what you have checked: {own} (opens your list; nothing is saved until" in text_of(mail)
    assert "send its number" not in text_of(mail)


def test_a_preview_shows_a_link_that_opens_nothing(office: Office, tmp_path: Path) -> None:
    """Whoever writes previews does not thereby become every manager."""
    office.extract(row("A-1"))
    installation = office.open(**WEB)
    preview(installation, AS_OF, tmp_path / "look")
    (text,) = (path.read_text(encoding="utf-8") for path in (tmp_path / "look").glob("*okafor*.txt"))
    assert "https://alerts.council.example/r/only-in-the-real-email (opens" in text
    links = Links.of(installation.settings)
    assert links is not None
    assert links.read(DATABASE, "only-in-the-real-email", installation.now()) is None


def test_all_clear_needs_no_link(office: Office) -> None:
    """There is nothing to answer."""
    office.extract(row("A-1", days=3))
    office.weekly(**WEB).run(AS_OF)
    assert "/r/" not in text_of(office.sent(OKAFOR.email)[0])
