"""The audit's form: who may fill it in, what it adds up to, and what becomes of it."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from alerter import web
from alerter.domain.quality_audit import Audit
from alerter.pipeline.weekly import sync_only
from alerter.store import audits
from alerter.store.trail import Entry
from tests.web.house import AUDITED, LINDQVIST, OKAFOR, House, new_house
from tests.world.office import AS_OF, DAYS, Office, row

TODAY = "2009-11-23"
WHOLE = {"points-a": "50", "points-b": "24", "audited": TODAY}
STARTED = DAYS.latest_start(AS_OF, 31)
"""When A-2 was."""


@pytest.fixture
def house(office: Office) -> Iterator[House]:
    """Return a council that audits: A-2 was handed in, A-3 returned, A-5 is on track and was handed in."""
    with new_house(office, **AUDITED) as house:
        rows = (
            row("A-1", days=38),
            row("A-2", days=31, submitted_on="2009-11-20"),
            row("A-2", days=31, child_id="92b"),
            row("A-3", days=27, audit_score=67),
            row("A-5", days=3, submitted_on="2009-11-20"),
            row("B-1", days=29, team="South"),
        )
        office.council.extract(rows, columns=[*row("A-1"), "audit_score", "submitted_on"])
        sync_only(house.installation)
        yield house


def recorded(house: House) -> dict[int, Audit]:
    """Return the latest audit of each assessment."""
    with house.installation.database.read() as connection:
        return audits.latest(connection, house.hands.at.date())


def test_everything_to_audit_is_listed_by_how_it_stands(house: House) -> None:
    """What is on track too, for it may be handed in early."""
    found = re.findall(r"<h2[^>]*>(.+?)</h2>|<b>(A-.+?)</b>", house.inside(OKAFOR).get("/audits").text)
    assert ["".join(each) for each in found] == [
        "Waiting for audit (2)", "A-2, child 92", "A-5, child 95",
        "Returned (1)", "A-3, child 93",
        "Not audited yet (2)", "A-1, child 91", "A-2, child 92b",
    ]  # fmt: skip


def test_the_list_says_where_each_stands_and_leads_to_its_form(house: House) -> None:
    """The words are those of the digest, and the link opens the form."""
    visitor, number = house.inside(OKAFOR), house.numbers()
    assert "Waiting for audit since Fri 20 Nov: 4 of 35 days left." in visitor.text
    assert visitor.page is not None
    assert f'href="/audits/{number["A-3"]}"' in visitor.page.text
    visitor.get(f"/audits/{number['A-3']}")
    assert "Last audit: 67 of 100, from the case system." in visitor.text
    assert "Child seen" in visitor.text
    assert "Alone." in visitor.text


def test_an_audit_is_recorded_with_its_points_its_author_and_its_day(house: House) -> None:
    """And shown with them; the trail says by what means."""
    visitor, number = house.inside(OKAFOR), house.numbers()
    visitor.get(f"/audits/{number['A-3']}")
    visitor.post(f"/audits/{number['A-3']}", **WHOLE | {"audited": "2009-11-20"})
    given = Audit(score=74, by=OKAFOR, audited_on=date(2009, 11, 20), points={"a": 50, "b": 24})
    assert recorded(house) == {number["A-3"]: given}
    assert house.trail() == [
        Entry(at=house.hands.at, actor=OKAFOR, means="page", act="audited", assessment=number["A-3"])
    ]
    assert "Recorded: 74 of 100." in visitor.text
    assert "Last audit: 74 of 100, by you, Fri 20 Nov." in visitor.text
    assert "Child seen: 50 of 60" in visitor.text
    assert "Returned by the audit, 74 of 100 (80 to pass): 8 of 35 days left." in visitor.text
    assert "Recorded: 74 of 100." not in visitor.get(f"/audits/{number['A-3']}").text
    assert "audited" in house.log.getvalue()


def test_siblings_are_audited_together_unless_the_tick_is_taken_away(house: House) -> None:
    """One assessment of two children has one form."""
    visitor, number = house.inside(OKAFOR), house.numbers()["A-2"]
    visitor.get(f"/audits/{number}")
    assert "The same for 1 sibling assessed together" in visitor.text
    visitor.post(f"/audits/{number}", siblings="yes", **WHOLE)
    assert [each.score for each in recorded(house).values()] == [74, 74]
    visitor.post(f"/audits/{number}", **WHOLE | {"points-b": "40"})
    assert sorted(each.score for each in recorded(house).values()) == [74, 90]
    assert "Audit passed, 90 of 100: only the sign-off is missing." in visitor.text
    assert "Passed (1)" in visitor.get("/audits").text


def test_the_same_audit_sent_twice_is_recorded_once(house: House) -> None:
    """A second press of the button changes nothing."""
    visitor, number = house.inside(OKAFOR), house.numbers()["A-3"]
    for _ in range(2):
        visitor.get(f"/audits/{number}")
        visitor.post(f"/audits/{number}", **WHOLE)
    assert house.acts() == [(OKAFOR, "audited", number)]


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        ({"points-a": "50"}, "50 of 100 so far; 1 criterion without points."),
        ({"points-a": "50", "points-b": "24"}, "74 of 100: 6 points short of the 80 that pass."),
        ({"points-a": "50", "points-b": "29"}, "79 of 100: 1 point short of the 80 that pass."),
        ({"points-a": "60", "points-b": "20"}, "80 of 100: passes, for 80 do."),
    ],
)
def test_the_total_is_worked_out_without_saving(house: House, filled: dict[str, str], said: str) -> None:
    """And what was chosen is still there."""
    visitor, number = house.inside(OKAFOR), house.numbers()["A-3"]
    visitor.get(f"/audits/{number}")
    assert visitor.post(f"/audits/{number}", total="yes", audited="2009-11-19", **filled).status_code == 200
    assert said in visitor.text
    assert visitor.page is not None
    assert f'value="{filled["points-a"]}" selected' in visitor.page.text
    assert 'value="2009-11-19"' in visitor.page.text
    assert recorded(house) == {}


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"points-a": ""}, "Child seen: choose 0 to 60 points"),
        ({"points-b": "41"}, "Plan: choose 0 to 40 points"),
        ({"points-b": "-1"}, "Plan: choose 0 to 40 points"),
        ({"audited": ""}, "The day must be a real date"),
        ({"audited": "2009-11-24"}, "The day of the audit must be today or earlier"),
        (
            {"audited": (STARTED - timedelta(days=1)).isoformat()},
            "cannot lie before the assessment was started",
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(house: House, changed: dict[str, str], fault: str) -> None:
    """Nothing is recorded, and the rest is kept."""
    visitor, number = house.inside(OKAFOR), house.numbers()["A-2"]
    visitor.get(f"/audits/{number}")
    assert visitor.post(f"/audits/{number}", **WHOLE | changed).status_code == 400
    assert "Nothing has been saved: there is a problem" in visitor.text
    assert visitor.text.count(fault) == 2
    assert visitor.page is not None
    assert f'id="fault-{next(iter(changed))}"' in visitor.page.text
    assert recorded(house) == {}


def test_the_day_may_be_the_start(house: House) -> None:
    """The first day that the form takes."""
    visitor, number = house.inside(OKAFOR), house.numbers()["A-2"]
    visitor.get(f"/audits/{number}")
    visitor.post(f"/audits/{number}", **WHOLE | {"audited": STARTED.isoformat()})
    assert recorded(house)[number].audited_on == STARTED


def test_nobody_audits_what_is_not_theirs(house: House) -> None:
    """The attempt is written down; a number that does not exist is nobody's."""
    visitor, number = house.inside(LINDQVIST), house.numbers()
    for each in (number["A-2"], 999_999_999_999_999_999):
        assert visitor.get(f"/audits/{each}").status_code == 403
        visitor.get(f"/audits/{number['B-1']}")
        assert visitor.post(f"/audits/{each}", **WHOLE).status_code == 403
    assert "This is not yours to audit" in visitor.text
    assert house.acts() == [(LINDQVIST, "refused", number["A-2"]), (LINDQVIST, "refused", None)]
    assert visitor.get("/audits/1000000000000000000").status_code == 404
    assert recorded(house) == {}


def test_what_was_signed_off_meanwhile_is_not_audited(house: House, office: Office) -> None:
    """The page was open while the extract came in."""
    visitor, number = house.inside(OKAFOR), house.numbers()["A-3"]
    visitor.get(f"/audits/{number}")
    office.extract(row("A-3", days=27, authorised_on=TODAY))
    sync_only(house.installation, is_accepted=True)
    assert visitor.post(f"/audits/{number}", **WHOLE).status_code == 403
    assert recorded(house) == {}


@pytest.mark.parametrize("path", ["/audits", "/audits/1"])
def test_a_stranger_sees_no_audit(house: House, path: str) -> None:
    """And gives none, whatever token they have."""
    visitor = house.visitor()
    assert visitor.get(path).status_code == 403
    assert "Your link no longer opens anything" in visitor.text
    visitor.get("/link")
    assert visitor.post("/audits/1", **WHOLE).status_code == 403
    assert recorded(house) == {}


def test_without_criteria_there_is_no_form(office: Office) -> None:
    """Nor a way to it; a kind without a pass mark is not audited."""
    with new_house(office) as house:
        visitor = house.inside(OKAFOR)
        assert "Audit" not in visitor.text
        for path in ("/audits", "/audits/1"):
            assert visitor.get(path).status_code == 404
        visitor.get("/list")
        assert visitor.post("/audits/1", **WHOLE).status_code == 404
    ungated = {name: value for name, value in AUDITED.items() if "pass_mark" not in name}
    with new_house(office, **ungated) as house:
        said = house.inside(OKAFOR).get("/audits").text
        assert "None of your open assessments is of a kind that is audited" in said


def test_the_running_total_knows_every_number_of_points() -> None:
    """A criterion may be worth anything from 1 to 100."""
    css = (Path(web.__file__).parent / "static" / "points.css").read_text(encoding="utf-8")
    counted = re.findall(r'\[value="(\d+)"\]:checked\) \{ counter-increment: points (\d+); \}', css)
    assert [(int(value), int(points)) for value, points in counted] == [(n, n) for n in range(1, 101)]


def test_an_audit_shows_in_the_next_digest(house: House) -> None:
    """The week after, with what it leaves of the days."""
    visitor, number = house.inside(OKAFOR), house.numbers()["A-3"]
    visitor.get(f"/audits/{number}")
    visitor.post(f"/audits/{number}", **WHOLE)
    house.hands.at += timedelta(weeks=1)
    house.run()
    digest = next(mail for mail in house.office.sent() if mail["To"] and OKAFOR in mail["To"])
    part = digest.get_body(preferencelist=("plain",))
    assert part is not None
    assert "returned, 74 of 100 (80 to pass)" in " ".join(part.get_content().split())
