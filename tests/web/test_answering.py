"""What a manager records: several at one go, all or nothing, only their own, and undone within the hour."""

from datetime import timedelta

import pytest

from alerter.pipeline.weekly import sync_only
from alerter.store.trail import Entry
from tests.web.house import LINDQVIST, OKAFOR, House
from tests.world.office import row

FRIDAY = "2009-11-27"
ASKED = {"expected-all": FRIDAY}


def test_several_are_recorded_at_one_go(house: House) -> None:
    """What is left empty for one is taken from what was said for all; who, when and by what means is kept."""
    visitor, number = house.inside(OKAFOR), house.numbers()
    filled = {
        f"expected-{number['A-2']}": "2009-11-26",
        f"reason-{number['A-2']}": "absence",
        f"note-{number['A-2']}": "back on Thursday",
        "expected-all": FRIDAY,
        "reason-all": "partner",
    }
    visitor.post("/list", pick=[number["A-2"], number["A-3"]], **filled)
    assert "Recorded" in visitor.text
    assert "A-2, child 92 Sign-off expected by Thu 26 Nov; worker absence back on Thursday" in visitor.text
    assert "A-3, child 93 Sign-off expected by Fri 27 Nov; waiting for partner agency" in visitor.text
    assert house.latest() == {number["A-2"]: (OKAFOR, "2009-11-26"), number["A-3"]: (OKAFOR, FRIDAY)}
    first, _ = house.trail()
    assert first == Entry(
        at=house.hands.at,
        actor=OKAFOR,
        means="page",
        act="reassured",
        assessment=number["A-2"],
        reassurance=1,
    )
    assert house.run()["reassured"] == 2


def test_what_was_recorded_shows_on_the_list(house: House) -> None:
    """It is no longer asked for, and can be renewed."""
    visitor, number = house.inside(OKAFOR), house.numbers()
    visitor.post("/list", pick=number["A-2"], **ASKED)
    visitor.get("/list")
    assert "3 assessments need you" in visitor.text
    assert "Reassured (1)" in visitor.text
    assert "Reassured by you on Mon 23 Nov: expected Fri 27 Nov." in visitor.text
    house.hands.at += timedelta(minutes=5)
    visitor.post("/list", pick=number["A-2"], expected_all="2009-11-26")
    assert house.latest() == {number["A-2"]: (OKAFOR, "2009-11-26")}


def test_siblings_are_said_to_be_together(house: House) -> None:
    """Each is ticked for itself, for each child's assessment is signed off for itself."""
    house.office.extract(*(row("A-1", days=30, child_id=child) for child in ("7", "8", "9")), row("A-2"))
    sync_only(house.installation)
    visitor = house.inside(OKAFOR)
    assert visitor.text.count("Assessed together with 2 siblings on this list.") == 3
    assert len(visitor.picks) == 4


def test_sending_a_form_twice_records_once(house: House) -> None:
    """The same words within the hour are the same answer."""
    visitor, number = house.inside(OKAFOR), house.numbers()
    visitor.post("/list", pick=number["A-2"], **ASKED)
    visitor.get("/list")
    visitor.post("/list", pick=number["A-2"], **ASKED)
    assert house.acts() == [(OKAFOR, "reassured", number["A-2"])]


@pytest.mark.parametrize(
    ("filled", "said"),
    [
        ({}, "Enter the day you expect the sign-off"),
        ({"expected-all": "soon"}, "The day must be a real date"),
        ({"expected-all": "2009-11-22"}, "The day must be today or later"),
        (ASKED | {"reason-all": "flood"}, "Choose one of the reasons in the list"),
        (ASKED | {"note-1": "x" * 201}, "The note must have 200 characters or fewer"),
        (ASKED | {"note-1": "two\nlines"}, "The note must be one line of plain text"),
    ],
)
def test_what_cannot_be_recorded_is_said_at_its_field(
    house: House, filled: dict[str, str], said: str
) -> None:
    """Nothing of the form is recorded, and nothing that was filled in is lost."""
    visitor = house.inside(OKAFOR)
    page = visitor.post("/list", pick=1, **{"note-1": "kept", **filled})
    assert page.status_code == 400
    assert f"A-1, child 91: {said}" in visitor.text
    assert page.text.count('aria-invalid="true"') == 1
    assert 'value="1" aria-describedby="about-1" checked' in page.text
    assert all(f'value="{value}"' in page.text for value in {"note-1": "kept", **filled}.values()
               if value not in ("flood", "two\nlines"))  # fmt: skip
    assert house.acts() == []


@pytest.mark.parametrize(
    ("picks", "said"),
    [([], "Tick at least one assessment"), (["x"], "could not be recognised"), (["9" * 19], "recognised")],
)
def test_nothing_recognisable_ticked_is_said(house: House, picks: list[str], said: str) -> None:
    """A form without a tick, or with one that was tampered with, records nothing."""
    visitor = house.inside(OKAFOR)
    assert visitor.post("/list", pick=picks, **ASKED).status_code == 400
    assert said in visitor.text
    assert house.acts() == []


@pytest.mark.parametrize("whose", ["B-1", "A-5", "nobody's"])
def test_what_is_not_on_the_own_list_is_refused_and_written_down(house: House, whose: str) -> None:
    """
    Another manager's, one that is on track, one that does not exist: then their own is not recorded either.
    """
    visitor, number = house.inside(OKAFOR), house.numbers()
    foreign = number.get(whose, 4711)
    page = visitor.post("/list", pick=[number["A-1"], foreign], **ASKED)
    assert page.status_code == 403
    assert "no longer on your list" in visitor.text
    assert "B-1" not in visitor.text
    assert house.latest() == {}
    assert house.acts() == [(OKAFOR, "refused", number.get(whose))]
    assert f'value="{number["A-1"]}" aria-describedby="about-{number["A-1"]}" checked' in page.text


def test_what_has_gone_to_somebody_else_is_theirs(house: House) -> None:
    """The route of this moment counts, not that of the email."""
    visitor, number = house.inside(OKAFOR), house.numbers()
    house.office.extract(*(row(id_, days=31) for id_ in ("A-1", "A-3", "A-4", "A-5")),
                         row("A-2", days=31, team="South"), row("B-1", days=29, team="South"))  # fmt: skip
    sync_only(house.installation)
    assert visitor.post("/list", pick=number["A-2"], **ASKED).status_code == 403
    other = house.inside(LINDQVIST)
    other.post("/list", pick=number["A-2"], **ASKED)
    assert house.latest() == {number["A-2"]: (LINDQVIST, FRIDAY)}


def test_undo_takes_it_back_and_keeps_the_record(house: House) -> None:
    """The word before it counts again, and both stay in the books."""
    visitor, number = house.inside(OKAFOR), house.numbers()
    visitor.post("/list", pick=number["A-2"], **ASKED)
    house.hands.at += timedelta(minutes=1)
    visitor.get("/list")
    visitor.post("/list", pick=number["A-2"], expected_all="2009-11-25")
    assert visitor.undos == [2, 1]
    visitor.post("/undo", reassurance=2)
    assert "Withdrawn at 09:01" in visitor.text
    assert visitor.undos == [1]
    assert house.latest() == {number["A-2"]: (OKAFOR, FRIDAY)}
    assert [act for _, act, _ in house.acts()] == ["reassured", "reassured", "withdrew"]


def test_undo_ends_with_the_hour(house: House) -> None:
    """From then on a new word is the way, and the old one stands."""
    visitor, number = house.inside(OKAFOR), house.numbers()
    visitor.post("/list", pick=number["A-2"], **ASKED)
    house.hands.at += timedelta(hours=1)
    assert visitor.get("/recorded").text.count("Undo<") == 1
    house.hands.at += timedelta(seconds=1)
    assert visitor.post("/undo", reassurance=1).status_code == 403
    assert "within an hour" in visitor.text
    visitor.get("/recorded")
    assert "Nothing recorded within the last hour" in visitor.text
    assert house.latest() == {number["A-2"]: (OKAFOR, FRIDAY)}


@pytest.mark.parametrize("reassurance", ["1", "2", "x", ""])
def test_nobody_undoes_what_another_recorded(house: House, reassurance: str) -> None:
    """Nor what does not exist."""
    house.inside(OKAFOR).post("/list", pick=house.numbers()["A-2"], **ASKED)
    other = house.inside(LINDQVIST)
    assert other.post("/undo", reassurance=reassurance).status_code == 403
    assert house.latest() == {house.numbers()["A-2"]: (OKAFOR, FRIDAY)}


def test_undoing_twice_is_refused_the_second_time(house: House) -> None:
    """What was taken back is not there to be taken back."""
    visitor = house.inside(OKAFOR)
    visitor.post("/list", pick=house.numbers()["A-2"], **ASKED)
    visitor.post("/undo", reassurance=1)
    assert visitor.post("/undo", reassurance=1).status_code == 403
    assert [act for _, act, _ in house.acts()] == ["reassured", "withdrew", "refused"]


@pytest.mark.parametrize(
    "path", ["/list", "/undo", "/cover", "/cover/end", "/extensions/1", "/extensions/undo"]
)
def test_a_stranger_records_nothing(house: House, path: str) -> None:
    """A form with a good token of its own is nobody's without a link."""
    visitor = house.visitor()
    visitor.get("/link")
    assert visitor.post(path, pick=1, reassurance=1, **ASKED).status_code == 403
    assert house.acts() == []


def test_a_promise_runs_out_by_itself(house: House) -> None:
    """The day after the expected one it is asked for again, and the list says what was expected."""
    visitor, number = house.inside(OKAFOR), house.numbers()
    visitor.post("/list", pick=number["A-3"], expected_all="2009-11-24")
    house.hands.at += timedelta(days=2)
    visitor = house.inside(OKAFOR)
    assert "Promised by Tue 24 Nov, not finished." in visitor.text
    assert house.run()["reassured"] == 0


def test_overdue_stays_overdue_whatever_is_recorded(house: House) -> None:
    """The word is kept, and shown to the manager; it changes no stage."""
    visitor, number = house.inside(OKAFOR), house.numbers()
    visitor.post("/list", pick=number["A-1"], **ASKED)
    visitor.get("/list")
    assert "Overdue (1)" in visitor.text
    assert "You expect it Fri 27 Nov." in visitor.text
    assert house.run()["overdue"] == 1


@pytest.mark.parametrize(
    ("id_", "day", "question"),
    [
        ("A-2", "2009-11-30", "past the due date"),
        ("A-3", "2009-11-28", "at a weekend or a day off"),
        ("A-1", "2009-12-25", "at a weekend or a day off"),
        ("A-4", "2010-02-01", "more than 60 days away"),
    ],
)
def test_a_day_that_can_hardly_be_meant_is_asked_about_once(
    house: House, id_: str, day: str, question: str
) -> None:
    """Sent once more it is recorded; another such day is asked about anew."""
    visitor, number = house.inside(OKAFOR), house.numbers()[id_]
    assert visitor.post("/list", pick=number, expected_all=day).status_code == 400
    assert f"{id_}, child 9{id_[2:]}: This day is {question}" in visitor.text
    assert "Nothing has been saved yet: please check" in visitor.text
    assert visitor.page is not None
    assert f'name="meant-{number}" value="{day}"' in visitor.page.text
    meant = {f"meant-{number}": day}
    assert visitor.post("/list", pick=number, expected_all="2011-01-01", **meant).status_code == 400
    assert house.latest() == {}
    visitor.post("/list", pick=number, expected_all=day, **meant)
    assert house.latest() == {number: (OKAFOR, day)}


def test_each_row_says_where_it_stands(house: House) -> None:
    """In three words, before and after it was answered, and once the promise has passed."""
    visitor, number = house.inside(OKAFOR), house.numbers()
    assert visitor.text.count("not answered") == 4
    visitor.post("/list", pick=[number["A-1"], number["A-2"]], expected_all="2009-11-25")
    visitor.get("/list")
    assert visitor.text.count("not answered") == 2
    assert "expected Wed 25 Nov" in visitor.text
    assert "reassured until Wed 25 Nov" in visitor.text
    house.hands.at += timedelta(days=3)
    assert house.inside(OKAFOR).text.count("promise passed") == 2
