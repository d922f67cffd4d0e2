"""Extensions on the page: by who answers for the assessment, shown on its row, undone within the hour."""

import re
from datetime import timedelta

import pytest

from tests.web.house import LINDQVIST, OKAFOR, SERVICE_MANAGER, House, Visitor, new_house
from tests.world.council import ADMINS
from tests.world.office import Office

FRIDAY = "2009-12-04"
SHOWN = re.compile(r"/extensions/(\d+)\"")


def extend(visitor: Visitor, number: int, **changed: str) -> int:
    """Extend one assessment until Friday in a week; return the status."""
    filled = {"until": FRIDAY, "reason": "partner", "note": "agreed"}
    return visitor.post(f"/extensions/{number}", **(filled | changed)).status_code


@pytest.mark.parametrize("who", [OKAFOR, SERVICE_MANAGER])
def test_extension_is_recorded_shown_and_undone(house: House, who: str) -> None:
    """By the manager or the service manager; the row stays where it was, and says who authorised it."""
    visitor, number = house.inside(who), house.numbers()["A-2"]
    assert visitor.get(f"/extensions/{number}").status_code == 200
    assert extend(visitor, number) == 200
    assert "A-2, child 92 Extended until Fri 4 Dec; waiting for partner agency agreed Undo" in visitor.text
    row = f"Extension to Fri 4 Dec authorised by {who}: waiting for partner agency."
    assert row in house.inside(OKAFOR).text
    assert "Past day 25" in house.inside(OKAFOR).text
    visitor.get("/recorded")
    visitor.post("/extensions/undo", extension=1)
    assert "Withdrawn at 09:00" in visitor.text
    assert [(actor, act) for actor, act, _ in house.acts()] == [(who, "extended"), (who, "withdrew")]
    assert row not in house.inside(OKAFOR).text


def test_only_what_is_past_its_alert_day_can_be_extended(house: House) -> None:
    """A-4 reaches it within the week, A-5 is on track; a service manager finds theirs on one page."""
    number = house.numbers()
    wanted = {number[id_] for id_ in ("A-1", "A-2", "A-3")}
    for who, path in ((OKAFOR, "/list"), (SERVICE_MANAGER, "/extensions"), (OKAFOR, "/extensions")):
        page = house.inside(who).get(path)
        assert {int(shown) for shown in SHOWN.findall(page.text)} == wanted
    assert extend(house.inside(OKAFOR), number["A-4"]) == 404
    nothing = house.inside(ADMINS)
    nothing.get("/extensions")
    assert "Nothing past its alert day is yours to extend." in nothing.text


def test_where_the_service_manager_alone_may_the_manager_cannot(office: Office) -> None:
    """As `[extensions] by` says: neither link nor page, and an attempt is written down."""
    with new_house(office, extensions__by="service_manager") as house:
        number = house.numbers()["A-1"]
        visitor = house.inside(OKAFOR)
        assert not SHOWN.findall(visitor.get("/list").text)
        assert visitor.get(f"/extensions/{number}").status_code == 404
        visitor.get("/list")
        assert extend(visitor, number) == 404
        head = house.inside(SERVICE_MANAGER)
        head.get("/extensions")
        assert extend(head, number) == 200
        acts = [(OKAFOR, "refused", number), (SERVICE_MANAGER, "extended", number)]
        assert house.acts() == acts


@pytest.mark.parametrize("whose", ["A-1", "nobody's"])
def test_anothers_is_not_there(house: House, whose: str) -> None:
    """Neither shown nor recorded, nor undone by anybody else."""
    number = house.numbers()
    other, wanted = house.inside(LINDQVIST), number.get(whose, 4711)
    assert other.get(f"/extensions/{wanted}").status_code == 404
    other.get("/list")
    assert extend(other, wanted) == 404
    assert house.acts() == [(LINDQVIST, "refused", number.get(whose))]
    own = house.inside(OKAFOR)
    extend(own, number["A-1"])
    for undone in ("1", "x", "7"):
        other.get("/list")
        assert other.post("/extensions/undo", extension=undone).status_code == 403


def test_undo_ends_with_the_hour_and_the_same_twice_is_one(house: House) -> None:
    """After that it stands."""
    visitor, number = house.inside(OKAFOR), house.numbers()["A-1"]
    extend(visitor, number)
    visitor.get("/list")
    extend(visitor, number)
    house.hands.at += timedelta(hours=1, seconds=1)
    visitor.get("/list")
    assert visitor.post("/extensions/undo", extension=1).status_code == 403
    assert [act for _, act, _ in house.acts()] == ["extended", "refused"]


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"until": ""}, "Enter the day until when it may take"),
        ({"until": "soon"}, "The day must be a real date"),
        ({"until": "2009-11-27"}, "The day must lie beyond the due date"),
        ({"reason": ""}, "Choose why it goes beyond the limit"),
        ({"reason": "flood"}, "Choose one of the reasons in the list"),
        ({"note": "x" * 201}, "The note must have 200 characters or fewer"),
    ],
)
def test_what_cannot_be_recorded_is_said_at_its_field(
    house: House, changed: dict[str, str], fault: str
) -> None:
    """A-2 is due on Friday 27 November."""
    visitor = house.inside(OKAFOR)
    assert extend(visitor, house.numbers()["A-2"], **changed) == 400
    assert visitor.text.count(fault) == 2
    assert house.acts() == []


def test_a_day_that_has_passed_extends_nothing(house: House) -> None:
    """A-1 was due before today; the day must not have passed either."""
    visitor = house.inside(OKAFOR)
    assert extend(visitor, house.numbers()["A-1"], until="2009-11-20") == 400
    assert "The day must be today or later" in visitor.text
