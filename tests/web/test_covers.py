"""Cover on the page: set and ended by the manager, who is above them or an admin, and nobody else."""

import re
from datetime import timedelta

import pytest

from alerter.store.trail import Entry
from tests.web.house import LINDQVIST, OKAFOR, SERVICE_MANAGER, STRANGER, House, Visitor, new_house
from tests.world.council import ADMINS
from tests.world.office import Office

FRIDAY = "2009-12-04"
ENDS = re.compile(r'name="cover" value="(\d+)"')
WORDS = f"{LINDQVIST} for {OKAFOR} from 2009-11-23 until {FRIDAY}"


def cover(visitor: Visitor, **changed: str) -> int:
    """Set cover for North's manager from the page in hand; return the status."""
    filled = {"manager": OKAFOR, "cover": LINDQVIST, "from": "2009-11-23", "until": FRIDAY}
    return visitor.post("/cover", **(filled | changed)).status_code


@pytest.mark.parametrize("who", [OKAFOR, SERVICE_MANAGER, ADMINS])
def test_cover_is_set_and_ended_by_whoever_may(house: House, who: str) -> None:
    """From then on what is the manager's is on the list of who stands in; both acts are in the trail."""
    visitor = house.inside(who)
    visitor.get("/cover")
    assert cover(visitor) == 200
    assert "S. Lindqvist stands in for N. Okafor from Mon 23 Nov until Fri 4 Dec" in visitor.text
    assert house.trail()[-1] == Entry(at=house.hands.at, actor=who, means="page", act="covered", detail=WORDS)
    assert "S. Lindqvist, covering for N. Okafor" in house.inside(LINDQVIST).text
    assert "S. Lindqvist stands in for you; what is yours goes there." in house.inside(OKAFOR).text
    visitor.get("/cover")
    (number,) = ENDS.findall(visitor.page.text if visitor.page else "")
    assert visitor.post("/cover/end", cover=number).status_code == 200
    assert "No cover stands, today or later." in visitor.text
    assert house.trail()[-1].act == "ended_cover"
    assert "4 assessments need you" in house.inside(OKAFOR).text


@pytest.mark.parametrize(
    ("who", "changed"),
    [
        (LINDQVIST, {}),
        (LINDQVIST, {"manager": SERVICE_MANAGER}),
        (SERVICE_MANAGER, {"manager": LINDQVIST}),
        (OKAFOR, {"cover": STRANGER}),
        (ADMINS, {"manager": STRANGER}),
        (STRANGER, {}),
    ],
)
def test_what_is_not_theirs_to_cover_is_not_there(house: House, who: str, changed: dict[str, str]) -> None:
    """Another's cover, or by somebody who is not in the directory: no such page, and the attempt is kept."""
    visitor = house.inside(who)
    visitor.get("/cover")
    assert cover(visitor, **changed) == 404
    assert [(entry.actor, entry.act, entry.detail) for entry in house.trail()] == [
        (who, "refused", "a cover that is not theirs to set")
    ]


def test_one_manager_neither_sees_nor_ends_anothers(house: House) -> None:
    """The page shows each their own; a number made up or another's is not there."""
    own = house.inside(OKAFOR)
    own.get("/cover")
    cover(own)
    other = house.inside(LINDQVIST)
    assert "No cover stands, today or later." in " ".join(other.get("/cover").text.split())
    for number in ("1", "2", "x", ""):
        assert other.post("/cover/end", cover=number).status_code == 404
        other.get("/cover")
    assert [entry.act for entry in house.trail()] == ["covered", *["refused"] * 4]
    assert "stands in for N. Okafor" in " ".join(house.inside(SERVICE_MANAGER).get("/cover").text.split())


def test_who_has_nobody_to_cover_is_told(house: House) -> None:
    """Somebody whom the directory does not name, and no admin."""
    visitor = house.inside(STRANGER)
    assert visitor.get("/cover").status_code == 403
    assert "There is nobody whose cover you can set" in visitor.text


@pytest.mark.parametrize(
    ("changed", "fault"),
    [
        ({"cover": ""}, "Choose who stands in"),
        ({"manager": ""}, "Choose who is away"),
        ({"from": ""}, "Enter the first day"),
        ({"until": "soon"}, "The day must be a real date"),
        ({"from": "2009-12-05"}, "The last day must not lie before the first"),
        ({"from": "2009-11-01", "until": "2009-11-20"}, "The last day must be today or later"),
    ],
)
def test_what_cannot_be_recorded_is_said_at_its_field(
    house: House, changed: dict[str, str], fault: str
) -> None:
    """Nothing is recorded, and what was filled in is kept."""
    visitor = house.inside(SERVICE_MANAGER)
    visitor.get("/cover")
    assert cover(visitor, **changed) == 400
    assert visitor.text.count(fault) == 2
    assert visitor.page is not None
    assert visitor.page.text.count('aria-invalid="true"') == 1
    assert house.acts() == []


def test_the_latest_counts_and_the_directorys_is_ended_there(office: Office) -> None:
    """Word for word it is recorded once; a manager named as their own cover overrules the directory's."""
    with new_house(office) as house:
        visitor = house.inside(SERVICE_MANAGER)
        visitor.get("/cover")
        cover(visitor)
        cover(visitor)
        house.hands.at += timedelta(minutes=1)
        cover(visitor, cover=OKAFOR)
        assert "N. Okafor is there" in visitor.text
        assert [act for _, act, _ in house.acts()] == ["covered", "covered"]
        assert "4 assessments need you" in house.inside(OKAFOR).text


def test_cover_in_welsh(office: Office) -> None:
    """The page, its frame and its faults."""
    with new_house(office, email__language="cy") as house:
        visitor = house.inside(OKAFOR)
        visitor.get("/cover")
        cover(visitor, cover="")
        assert visitor.page is not None
        assert '<html lang="cy">' in visitor.page.text
        words = re.sub(r"(council\.example|Sampleford|performance)", "", visitor.text)
        assert "Dewiswch pwy sy'n cyflenwi" in visitor.text
        assert re.findall(r"\b(?:the|and|day|cover|who|away|save|your|here|from|wrong)\b", words) == []
