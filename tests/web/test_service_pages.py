"""The list of open assessments and who was emailed what: each sees their own teams, and nobody another's."""

import csv
import io
import json
from datetime import timedelta

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import update

from alerter.pipeline.letters import Basis
from alerter.pipeline.notes import prepare_notes
from alerter.pipeline.weekly import sync_only
from alerter.store.schema import outbox
from alerter.web.open_view import ROWS_A_PAGE
from tests.web.house import LINDQVIST, OKAFOR, SERVICE_MANAGER, House, Visitor, new_house
from tests.world.council import ADMINS
from tests.world.office import NORTH, SOUTH, Office, row
from tests.world.terminal import alerter

OF_SOUTH = "head.of.south@council.example"
PAGES = ("/service/open", "/service/open.csv", "/service/open.xlsx", "/service/emails", "/service/emails/1")
COVER = {"cover_email": LINDQVIST, "cover_from": "2009-11-20", "cover_until": "2009-11-30"}


def order(visitor: Visitor, query: str = "") -> list[str]:
    """Return the ids on the page of the list, in their order."""
    visitor.get(f"/service/open{query}")
    assert visitor.page is not None
    return [part.split("<")[0] for part in visitor.page.text.split('<th scope="row"><b>')[1:]]


def downloaded(visitor: Visitor, query: str = "") -> list[dict[str, str]]:
    """Return the rows of the list as a CSV file."""
    answer = visitor.browser.get(f"/service/open.csv{query}")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="open-assessments-2009-11-23.csv"'
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


def ids(rows: list[dict[str, str]]) -> list[str]:
    """Return the assessments' ids."""
    return [row_["assessment_id"] for row_ in rows]


@pytest.mark.parametrize("path", PAGES)
def test_a_manager_sees_neither_list_nor_emails(house: House, path: str) -> None:
    """Whoever has no teams to look at is refused, and whoever has no session is asked for a link."""
    house.run()
    visitor = house.inside(OKAFOR)
    assert visitor.get(path).status_code == 403
    assert "There are no teams to show you" in visitor.text
    assert "A-1" not in visitor.text
    assert house.visitor().browser.get(path).status_code == 403


def test_one_service_manager_sees_nothing_of_anothers(office: Office) -> None:
    """Neither rows, teams and managers to choose from, nor files, runs or emails; whatever is asked for."""
    with new_house(office) as house:
        office.council.directory(NORTH | {"escalate_to": SERVICE_MANAGER}, SOUTH | {"escalate_to": OF_SOUTH})
        house.run()
        for email, own, foreign in ((SERVICE_MANAGER, "A-1", "B-1"), (OF_SOUTH, "B-1", "A-1")):
            visitor = house.inside(email)
            secrets = {foreign, LINDQVIST if own == "A-1" else OKAFOR, "South" if own == "A-1" else "North"}
            for path in (*PAGES[:2], *PAGES[3:]):
                text = visitor.get(path).text
                assert not any(secret in text for secret in secrets), path
            assert own in visitor.text
            for query in ("?team=South", "?team=North", f"?manager={LINDQVIST}", f"?manager={OKAFOR}"):
                listed = order(visitor, query) + [
                    row_["assessment_id"] for row_ in downloaded(visitor, query)
                ]
                assert foreign not in listed


def test_an_admin_filters_and_sorts(house: House) -> None:
    """By stage, team and manager; by column either way; what is asked wrongly counts as not asked."""
    visitor = house.inside(ADMINS)
    assert order(visitor) == ["A-1", "A-2", "B-1", "A-3", "A-4", "A-5"]
    assert "6 open assessments" in visitor.text
    assert order(visitor, "?stage=past_alert") == ["A-2", "B-1", "A-3"]
    assert order(visitor, "?stage=past_alert&team=south") == ["B-1"]
    assert order(visitor, f"?stage=past_alert&manager={OKAFOR}&sort=age") == ["A-3", "A-2"]
    assert order(visitor, "?sort=age") == ["A-5", "A-4", "A-3", "B-1", "A-2", "A-1"]
    assert order(visitor, "?sort=-due_on") == ["A-5", "A-4", "A-3", "B-1", "A-2", "A-1"]
    assert order(visitor, "?sort=-team")[0] == "B-1"
    assert order(visitor, "?sort=stage") == order(visitor)
    assert order(visitor, "?stage=nowhere&sort=note&page=x") == order(visitor)
    assert order(visitor, "?team=Nowhere") == []
    assert "0 open assessments" in visitor.text


def test_what_has_no_value_stands_last_either_way(house: House) -> None:
    """Only one has a sign-off expected."""
    house.inside(OKAFOR).post("/list", pick=house.numbers()["A-3"], expected_all="2009-12-02")
    visitor = house.inside(SERVICE_MANAGER)
    assert order(visitor, "?sort=expected_on")[0] == order(visitor, "?sort=-expected_on")[0] == "A-3"
    assert "Wed 2 Dec" in visitor.text


def test_the_list_is_the_commands(house: House) -> None:
    """The file has the columns and the rows of `alerter list`, in its order."""
    said = alerter(house.office, "list", "--as-of", "2009-11-23", "--team", "North", "--json")
    rows = json.loads(said.out)["assessments"]
    as_text = [{name: str(value or "") for name, value in row_.items()} for row_ in rows]
    assert downloaded(house.inside(ADMINS), "?team=North") == as_text


def test_a_file_computes_nothing(office: Office) -> None:
    """A worker whose name begins a formula is text in both files, which have the page's filters."""
    with new_house(office) as house:
        office.extract(row("A-1", days=38, worker="=1+1"), row("B-1", days=30, team="South"))
        sync_only(house.installation)
        visitor = house.inside(ADMINS)
        assert [(row_["assessment_id"], row_["worker"]) for row_ in downloaded(visitor, "?team=North")] == [
            ("A-1", "'=1+1")
        ]
        answer = visitor.browser.get("/service/open.xlsx?team=North")
        assert answer.headers["Cache-Control"] == "no-store"
        sheet = CalamineWorkbook.from_object(io.BytesIO(answer.data)).get_sheet_by_index(0)
        assert [line[4] for line in sheet.to_python()] == ["worker", "=1+1"]
        assert visitor.get("/service/open.pdf").status_code == 404


def test_a_long_list_is_turned_page_by_page(office: Office) -> None:
    """It says how many there are and which are shown; filters and order stay; the file has all."""
    with new_house(office) as house:
        office.extract(*(row(f"A-{number:03}", days=30) for number in range(ROWS_A_PAGE + 3)))
        sync_only(house.installation)
        visitor = house.inside(ADMINS)
        assert len(order(visitor, "?sort=-assessment_id")) == ROWS_A_PAGE
        assert "203 open assessments" in visitor.text
        assert "Shown: 1 to 200 of 203." in visitor.text
        assert visitor.page is not None
        assert "/service/open?sort=-assessment_id&amp;page=2" in visitor.page.text
        assert order(visitor, "?sort=-assessment_id&page=2") == ["A-002", "A-001", "A-000"]
        assert order(visitor, "?sort=-assessment_id&page=99") == ["A-002", "A-001", "A-000"]
        assert len(downloaded(visitor)) == ROWS_A_PAGE + 3


def test_who_was_emailed_what(house: House) -> None:
    """A run's recipients, the ids that stood in each email, and what became of it; the latest run first."""
    house.run()
    house.hands.at += timedelta(weeks=1)
    house.run()
    visitor = house.inside(ADMINS)
    visitor.get("/service/emails")
    assert "Mon 30 Nov 2 all sent 4 sent Mon 23 Nov 1 all sent 4 sent" in visitor.text
    visitor.get("/service/emails/1")
    assert f"{OKAFOR}: 4 assessments listed, sent Sent, Mon 23 Nov, 09:00. 1 attempt" in visitor.text
    assert "A-2, child 92: Past alert day, day 31" in visitor.text
    assert "Counted and not listed, because they are on track: 1." in visitor.text
    assert f"{SERVICE_MANAGER}: 1 assessment listed" in visitor.text
    assert "A-1, child 91: Overdue, day 38, escalated" in visitor.text
    assert f"{ADMINS}: the admins' summary, sent" in visitor.text
    assert visitor.get("/service/emails/9").status_code == 403


def test_emails_say_for_whom_somebody_covered(office: Office) -> None:
    """The service manager of the covered team sees who was told, and only of that team."""
    with new_house(office) as house:
        office.council.directory(NORTH | COVER | {"escalate_to": SERVICE_MANAGER}, SOUTH)
        house.run()
        visitor = house.inside(SERVICE_MANAGER)
        visitor.get("/service/emails/1")
        assert f"{LINDQVIST}: 4 assessments listed" in visitor.text
        assert f"Past alert day, day 31, covering for {OKAFOR}" in visitor.text
        assert "B-1" not in visitor.text
        assert "summary" not in visitor.text


def test_a_note_between_two_digests_is_among_the_emails(office: Office) -> None:
    """With what it told, for those who may see its recipient."""
    with new_house(office) as house:
        office.extract(row("A-9", days=35), row("B-1", days=29, team="South"))
        sync_only(house.installation)
        house.run()
        house.hands.at += timedelta(days=1)
        of = house.installation
        assert prepare_notes(of.database, Basis.of(of), of.today()) == 1
        visitor = house.inside(SERVICE_MANAGER)
        visitor.get("/service/emails/1")
        assert f"{OKAFOR}: between two digests, 1 assessment listed, waiting to be sent" in visitor.text
        assert "A-9, child 99: Overdue, day 36" in visitor.text


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"state": "refused", "reply": "550 no such user"}, "The server's answer: 550 no such user."),
        ({"state": "unknown"}, "sent, and not known whether it arrived"),
        ({"state": "deferred", "settled_at": None}, "waiting to be sent"),
        ({"bounce": "5.1.1"}, "It came back, Mon 23 Nov, 09:00, with 5.1.1."),
        ({"resent": True}, "Sent again by a person, Mon 23 Nov, 09:00."),
    ],
)
def test_what_the_outbox_knows_is_said(house: House, changes: dict[str, object], said: str) -> None:
    """To those who may see the recipient."""
    house.run()
    now = house.hands.at
    moments = {"bounce": {"bounced_at": now}, "resent": {"resent_at": now}}
    more = {name: value for key, value in moments.items() if key in changes for name, value in value.items()}
    values = {name: value for name, value in changes.items() if name != "resent"} | more
    with house.office.opened[-1].database.write() as connection:
        connection.execute(update(outbox).where(outbox.c.recipient == OKAFOR).values(**values))
    assert said in house.inside(SERVICE_MANAGER).get("/service/emails/1").text.replace("&#39;", "'")


def test_list_and_emails_are_in_the_councils_language(office: Office) -> None:
    """In Welsh where its emails are."""
    with new_house(office, email__language="cy") as house:
        house.run()
        visitor = house.inside(SERVICE_MANAGER)
        order(visitor)
        assert "5 asesiad agored" in visitor.text
        assert "Wedi pasio'r diwrnod rhybudd" in visitor.text
        assert visitor.page is not None
        assert 'lang="cy"' in visitor.page.text
        visitor.get("/service/emails")
        assert "anfonwyd y cyfan" in visitor.text
        visitor.get("/service/emails/1")
        assert "4 asesiad wedi'u rhestru" in visitor.text
        assert "diwrnod 31" in visitor.text


def test_before_the_first_run_nothing_was_emailed(house: House) -> None:
    """The page says so."""
    visitor = house.inside(ADMINS)
    visitor.get("/service/emails")
    assert "Nothing was emailed yet." in visitor.text
