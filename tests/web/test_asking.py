"""A new link: mailed to the address that asks for it if it has a list, and the same answer for all others."""

import re
from threading import get_ident

import pytest
from sqlalchemy import event

from alerter.app.link_letters import MOST_WITHIN
from alerter.web.site import MOST_LINKS_AN_HOUR
from tests.web.house import BASE, OKAFOR, SERVICE_MANAGER, STRANGER, House, new_house
from tests.world.council import ADMINS, FALLBACK
from tests.world.letters import text_of
from tests.world.mail_server import LATER, NEVER, MailServer, free_port
from tests.world.office import Office

LINK = re.compile(rf"{BASE}(/r/\S+)")
ANSWER = "If that address gets digests, a new link is on its way to it."


def ask(house: House, email: str) -> str:
    """Ask for a link as *email*; return what the page answers."""
    visitor = house.visitor()
    visitor.get("/link")
    visitor.post("/link", email=email)
    return visitor.text


@pytest.fixture
def asked(office: Office) -> House:
    """Return a house whose mailroom has sent what there was to send when its turn is over."""
    with new_house(office) as house:
        for email in (OKAFOR.upper(), ADMINS, FALLBACK, SERVICE_MANAGER, STRANGER):
            assert ANSWER in ask(house, email)
    return house


def test_a_link_comes_to_whoever_has_something_to_look_at(asked: House) -> None:
    """
    Managers, admins, the fallback with work of nobody's, service managers: each at the address that asked.
    """
    sent = asked.office.sent()
    assert [mail["To"].addresses[0].addr_spec for mail in sent] == [OKAFOR.upper(), ADMINS, SERVICE_MANAGER]
    assert [mail["Subject"] for mail in sent] == ["Assessments: your new link"] * 3
    assert "A-1" not in text_of(sent[0])
    found = LINK.search(text_of(sent[0]))
    assert found is not None
    visitor = asked.visitor()
    assert visitor.get(found[1]).status_code == 200
    assert "A-1" in visitor.text
    html = sent[0].get_body(preferencelist=("html",))
    assert html is not None
    assert found[0] in html.get_content()


def test_each_request_and_each_letter_is_written_down(asked: House) -> None:
    """Also those of which nothing came."""
    acts = asked.acts()
    requests = [(actor, act) for actor, act, _ in acts if act == "asked_link"]
    assert [actor for actor, _ in requests] == [OKAFOR.upper(), ADMINS, FALLBACK, SERVICE_MANAGER, STRANGER]
    letters = [each for each in asked.trail() if each.act == "mailed_link"]
    assert [(each.actor, each.detail) for each in letters] == [
        (OKAFOR.upper(), "sent"), (ADMINS, "sent"), (SERVICE_MANAGER, "sent"),
    ]  # fmt: skip


def test_an_address_gets_a_few_an_hour(office: Office) -> None:
    """The answer does not tell, and an hour later there is another."""
    with new_house(office) as house:
        answers = {ask(house, OKAFOR) for _ in range(MOST_WITHIN + 2)}
    assert len(answers) == 1
    assert len(office.sent()) == MOST_WITHIN
    with new_house(office) as house:
        house.hands.at = house.hands.at.replace(hour=11)
        ask(house, OKAFOR)
    assert len(office.sent()) == MOST_WITHIN + 1


@pytest.mark.parametrize("email", ["", "okafor", "n.okafor@elsewhere.example", f"{OKAFOR}, {STRANGER}"])
def test_what_is_no_address_of_the_councils_is_said(house: House, email: str) -> None:
    """That tells nobody who gets digests."""
    assert "Enter your work email address" in ask(house, email)
    assert house.acts() == []


def test_one_client_cannot_ask_for_ever(house: House) -> None:
    """Whatever addresses it writes."""
    visitor = house.visitor()
    codes = []
    for number in range(MOST_LINKS_AN_HOUR + 1):
        visitor.get("/link")
        codes.append(visitor.post("/link", email=f"m{number}@council.example").status_code)
    assert codes == [200] * MOST_LINKS_AN_HOUR + [429]
    assert "Too many links were asked for from here" in visitor.text


def test_the_answer_is_the_same_work_for_everybody(house: House) -> None:
    """
    The database is asked the same, in the same order, before the answer; what is sent goes out after it.
    """
    asked: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if get_ident() == ours:
            asked.append(statement)

    ours = get_ident()
    event.listen(house.installation.database.engine, "before_cursor_execute", hear)
    work = []
    for email in (OKAFOR, STRANGER):
        asked.clear()
        ask(house, email)
        work.append(list(asked))
    assert work[0] == work[1]
    assert any("INSERT INTO trail" in statement for statement in work[0])


@pytest.mark.parametrize(("reply", "state"), [(LATER, "deferred"), (NEVER, "refused")])
def test_a_letter_is_sent_once(office: Office, reply: str, state: str) -> None:
    """What the server does not take is written down; whoever misses it asks again."""
    with (
        MailServer(to={OKAFOR: [reply]}) as post,
        new_house(office, email__transport="smtp", email__folder=None, email__smtp__port=post.port) as house,
    ):
        ask(house, OKAFOR)
        ask(house, OKAFOR)
    letters = [each.detail for each in house.trail() if each.act == "mailed_link"]
    assert letters == [state, "sent"]
    assert post.tally() == {OKAFOR: 1}


def test_without_a_mail_server_the_page_answers_all_the_same(office: Office) -> None:
    """That nobody was reached is written down."""
    nobody = free_port()
    with new_house(office, email__transport="smtp", email__folder=None, email__smtp__port=nobody) as house:
        assert ANSWER in ask(house, OKAFOR)
    assert [each.detail for each in house.trail() if each.act == "mailed_link"] == ["deferred"]
