"""Who gets in: whoever has a good link, or is named by a proxy that is named in the settings."""

import re
from datetime import timedelta

import pytest

from alerter.web.sessions import LASTS
from tests.web.house import AUDITED, BASE, LINDQVIST, OKAFOR, WEB, House, new_house
from tests.world.office import Office

STALE = "Your link no longer opens anything"
PROXY = "10.0.0.9"
PROXIED: dict[str, object] = {"web__auth": "proxy", "web__trusted_proxies": [PROXY]}


def test_the_link_opens_the_managers_own_list(house: House) -> None:
    """It leads to an address without the link in it, and what is listed is the manager's alone."""
    visitor = house.visitor()
    page = visitor.get(house.path(OKAFOR))
    assert (page.status_code, page.request.path) == (200, "/list")
    assert "4 assessments need you" in visitor.text
    assert "1 overdue, 2 past day 25 and 1 reaches day 25 by" in visitor.text
    assert all(id_ in visitor.text for id_ in ("A-1", "A-2", "A-3", "A-4"))
    assert "B-1" not in visitor.text
    assert "Also open and on track: 1." in visitor.text
    assert len(visitor.picks) == 4


def test_a_link_is_good_for_its_days_and_no_longer(house: House) -> None:
    """Two weeks after the run it opens the list, a second later it does not."""
    path = house.path(OKAFOR)
    house.hands.at += timedelta(days=14)
    assert house.visitor().get(path).status_code == 200
    house.hands.at += timedelta(seconds=1)
    visitor = house.visitor()
    assert visitor.get(path).status_code == 403
    assert STALE in visitor.text
    assert "Send me a link" in visitor.text


def test_a_changed_link_opens_nothing(house: House) -> None:
    """Whichever character is changed, left out or added; and nothing is said of whose it was."""
    path = house.path(OKAFOR)
    head, token = "/r/", path.removeprefix("/r/")
    changed = [
        head + token[:place] + ("A" if token[place] != "A" else "B") + token[place + 1 :]
        for place in range(0, len(token), 7)
    ]
    visitor = house.visitor()
    for wrong in [*changed, path[:-1], f"{path}A", "/r/only-in-the-real-email", "/r/%00", "/r/..."]:
        assert visitor.get(wrong).status_code == 403, wrong
        assert STALE in visitor.text
        assert OKAFOR not in visitor.text
    assert visitor.get("/list").status_code == 403


def test_a_link_of_another_council_opens_nothing(office: Office) -> None:
    """What was signed with another key is not ours."""
    with new_house(office) as first:
        path = first.path(OKAFOR)
    with new_house(office, web__secret_key="another key, which is as long as the first") as second:
        assert second.visitor().get(path).status_code == 403


def test_the_page_stays_open_for_a_working_day(house: House) -> None:
    """Then the link has to be opened again."""
    visitor = house.inside(OKAFOR)
    house.hands.at += LASTS - timedelta(seconds=2)
    assert visitor.get("/list").status_code == 200
    house.hands.at += timedelta(seconds=3)
    assert visitor.get("/list").status_code == 403


def test_whoever_leaves_is_out(house: House) -> None:
    """A computer that others use after them shows them nothing."""
    visitor = house.inside(OKAFOR)
    assert "Ask for a new link" in visitor.post("/leave").text
    assert [visitor.get(path).status_code for path in ("/list", "/recorded", "/service")] == [403] * 3


def test_the_last_link_opened_decides_who_is_here(house: House) -> None:
    """Two managers at one computer see one list at a time."""
    visitor = house.inside(OKAFOR)
    visitor.get(house.path(LINDQVIST))
    assert "B-1" in visitor.text
    assert "A-1" not in visitor.text


def test_a_stranger_is_led_to_where_a_link_is_asked_for(house: House) -> None:
    """The bare address shows nobody's list."""
    visitor = house.visitor()
    assert visitor.get("/").request.path == "/link"
    visitor = house.inside(OKAFOR)
    assert visitor.get("/").request.path == "/list"


def test_the_proxy_says_who_somebody_is(office: Office) -> None:
    """The header counts from the proxy that is named, whatever case the address is in."""
    with new_house(office, **PROXIED) as house:
        visitor = house.visitor()
        from_proxy = {"environ_base": {"REMOTE_ADDR": PROXY}, "headers": {"X-Remote-User": OKAFOR.upper()}}
        assert visitor.get("/list", **from_proxy).status_code == 200
        assert "A-1" in visitor.text


@pytest.mark.parametrize(
    ("peer", "named"),
    [
        ("10.0.0.8", OKAFOR),
        ("127.0.0.1", OKAFOR),
        ("not an address", OKAFOR),
        (PROXY, ""),
        (PROXY, "okafor"),
        (PROXY, "n.okafor@elsewhere.example"),
        (PROXY, f"{OKAFOR}, {LINDQVIST}"),
    ],
)
def test_nobody_else_says_who_somebody_is(office: Office, peer: str, named: str) -> None:
    """From any other address the header is nothing; and what is no address of the council's is nobody."""
    with new_house(office, **PROXIED) as house:
        visitor = house.visitor()
        asked = {"environ_base": {"REMOTE_ADDR": peer}, "headers": {"X-Remote-User": named}}
        assert visitor.get("/list", **asked).status_code == 403
        assert "Sign on first" in visitor.text


def test_behind_single_sign_on_a_link_alone_opens_nothing(office: Office) -> None:
    """A forwarded email leads its reader to their own list, or to none."""
    with new_house(office, **PROXIED) as house:
        assert house.visitor().get(house.path(OKAFOR)).status_code == 403
        visitor = house.visitor()
        visitor.get("/link")
        with visitor.browser.session_transaction() as cookie:
            token = cookie["csrf"]
        assert visitor.post("/link", token=token, email=OKAFOR).status_code == 404
        assert house.acts() == []


def test_without_proxy_sign_on_the_header_is_nothing(office: Office) -> None:
    """Even from a proxy that is named: it only forwards."""
    with new_house(office, web__trusted_proxies=[PROXY]) as house:
        asked = {"environ_base": {"REMOTE_ADDR": PROXY}, "headers": {"X-Remote-User": OKAFOR}}
        assert house.visitor().get("/list", **asked).status_code == 403


def test_the_page_can_lie_below_a_path(office: Office) -> None:
    """Then its links and its cookie do too."""
    with new_house(office, **{**WEB, "web__base_url": f"{BASE}/alerts"}) as house:
        browser = house.visitor().browser
        token = house.path(OKAFOR).rpartition("/")[2]
        answer = browser.get(f"/r/{token}", environ_overrides={"SCRIPT_NAME": "/alerts"})
        assert answer.location == "/alerts/list"
        assert "Path=/alerts" in answer.headers["Set-Cookie"]


ENGLISH = r"\b(?:the|and|day|days|you|your|for|is|was|here|until|by|list|page|wrong|Audit|Cover)\b"


def test_a_list_is_in_the_language_of_the_emails(office: Office) -> None:
    """Headings, rows, fields, faults and the frame around them are Welsh where the digests are."""
    with new_house(office, email__language="cy", **AUDITED) as house:
        visitor = house.inside(OKAFOR)
        assert visitor.page is not None
        page = visitor.page.text
        assert '<main id="main" class="width" tabindex="-1" lang="cy">' in page
        assert "Mae angen eich sylw ar 4 asesiad" in visitor.text
        assert "Yn hwyr (1)" in visitor.text
        assert "A-1 plentyn 91" in visitor.text
        assert "Disgwylir y gymeradwyaeth erbyn" in visitor.text
        main = page.partition("<main")[2].partition("</main>")[0]
        english = ("Day ", "child ", "due ", "Sign-off", "Save", "Note", "Reason,", "reassurance", "working")
        assert not [words for words in english if words in re.sub(r"<[^>]+>", " ", main)]
        for path in (
            "/recorded",
            "/cover",
            "/extensions",
            "/audits",
            "/audits/1",
            "/nowhere",
        ):
            visitor.get(path)
            assert re.findall(ENGLISH, visitor.text) == [], path
        visitor.get("/list")
        visitor.post("/list", pick=house.numbers()["A-2"])
        assert "A-2, plentyn 92: Rhowch y diwrnod yr ydych yn disgwyl y gymeradwyaeth" in visitor.text
