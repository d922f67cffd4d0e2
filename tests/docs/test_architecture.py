"""`docs/architecture.md`: true of the code."""

from tests import architecture


def test_the_walk_names_files_and_functions_that_are_there() -> None:
    """Whoever renames one of them renames it in `tests/architecture.py` too."""
    assert architecture.missing_functions() == []


def test_every_room_is_explained() -> None:
    """The contract's rooms and the explained ones are the same."""
    assert {room for floor in architecture.floors() for room in floor} == set(architecture.FLOORS)


def test_the_walk_comes_down_and_never_skips_the_domain() -> None:
    """Every folder of the walk is a room of the contract."""
    rooms = {room for floor in architecture.floors() for room in floor}
    assert {step.file.partition("/")[0] for step in architecture.WALK} <= rooms


def test_the_page_is_as_it_is_drawn() -> None:
    """`make documents` writes it anew."""
    assert architecture.PAGE.read_text(encoding="utf-8") == architecture.page()
