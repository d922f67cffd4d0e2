"""Who stands in for a manager: from which day to which, and at the end of which chain."""

from datetime import date, timedelta
from typing import Any

import pytest

from alerter.domain.routing import DirectoryEntry, Recipient, Route, Router
from tests.world.assessments import AS_OF, DOMAINS, FALLBACK, assessment, day, entry

MANAGER, FIRST, SECOND = (f"{name}@council.example" for name in ("manager", "first", "second"))
ONE_DAY = timedelta(days=1)


def court(line: int = 2, **changed: Any) -> DirectoryEntry:
    """Return a line of the team "Court", managed by P. Novak."""
    usual = {"team": "Court", "manager_email": MANAGER, "manager_name": "P. Novak"}
    return entry(line, **{**usual, **changed})


def route_on(on: date, *entries: DirectoryEntry, team: str = "Court", manager_email: str = "") -> Route:
    """Return where a directory of *entries* sends a row of *team* on a day."""
    return Router(entries, FALLBACK, DOMAINS, on).route(assessment(team=team, manager_email=manager_email))


@pytest.mark.parametrize(
    ("begin", "end", "on", "is_covered"),
    [
        ("Mon 2026-11-23", "Fri 2026-12-04", "Sun 2026-11-22", False),
        ("Mon 2026-11-23", "Fri 2026-12-04", "Mon 2026-11-23", True),
        ("Mon 2026-11-23", "Fri 2026-12-04", "Fri 2026-12-04", True),
        ("Mon 2026-11-23", "Fri 2026-12-04", "Sat 2026-12-05", False),
        ("Mon 2026-11-23", "Mon 2026-11-23", "Mon 2026-11-23", True),
        ("Mon 2026-11-23", None, "Sun 2026-11-22", False),
        ("Mon 2026-11-23", None, "Mon 2029-01-01", True),
        (None, "Fri 2026-12-04", "Mon 2009-01-05", True),
        (None, "Fri 2026-12-04", "Sat 2026-12-05", False),
        (None, None, "Sat 2026-12-05", True),
    ],
)
def test_cover_is_from_and_until_inclusive(
    begin: str | None, end: str | None, on: str, *, is_covered: bool
) -> None:  # fmt: skip
    """The cover stands in on the first day and on the last; a date that is missing leaves that side open."""
    line = court(cover_email=FIRST, cover_from=begin and day(begin), cover_until=end and day(end))
    covered = Route(Recipient(FIRST), covering_for="P. Novak", covered_email=MANAGER)
    assert route_on(day(on), line) == (covered if is_covered else Route(Recipient(MANAGER, "P. Novak")))


def test_without_a_name_the_address_is_covered_for() -> None:
    """The digest says whom the recipient covers for, by address where the directory has no name."""
    line = court(manager_name="", cover_email=FIRST)
    assert route_on(AS_OF, line) == Route(Recipient(FIRST), covering_for=MANAGER, covered_email=MANAGER)


def test_one_manager_covered_by_several_in_turn() -> None:
    """Two lines that differ only in their cover are two absences of one manager."""
    until = AS_OF + timedelta(days=6)
    lines = (
        court(2, cover_email=FIRST, cover_from=AS_OF, cover_until=until),
        court(3, cover_email=SECOND, cover_from=until + ONE_DAY, cover_until=until + timedelta(days=7)),
        court(4),
    )
    found = [route_on(on, *lines).recipient.email for on in (AS_OF - ONE_DAY, AS_OF, until, until + ONE_DAY)]
    assert found == [MANAGER, FIRST, FIRST, SECOND]
    assert route_on(until + timedelta(days=8), *lines).recipient.email == MANAGER


def test_two_covers_on_one_day_are_ambiguous() -> None:
    """Neither is guessed, and the lines are named; one cover twice is one."""
    twice = (court(2, cover_email=FIRST), court(3, cover_email=SECOND), court(4))
    assert route_on(AS_OF, *twice) == Route(
        FALLBACK, "ambiguous_manager", "more than one person covers on the same day (directory lines 2, 3)"
    )
    same = (court(2, cover_email=FIRST), court(3, cover_email=FIRST.upper()))
    assert route_on(AS_OF, *same).recipient == Recipient(FIRST)


def test_cover_of_a_cover() -> None:
    """
    Where the cover is away too, whoever covers the cover has the digest, for the manager at the beginning.
    """
    chain = (
        court(2, cover_email=FIRST),
        entry(3, team="Duty", manager_email=FIRST.title(), manager_name="F. Irst", cover_email=SECOND),
        entry(
            4,
            team="Edge",
            manager_email=SECOND,
            manager_name="S. Econd",
            cover_email=MANAGER,
            cover_until=AS_OF - ONE_DAY,
        ),
    )
    assert route_on(AS_OF, *chain) == Route(
        Recipient(SECOND, "S. Econd"), covering_for="P. Novak", covered_email=MANAGER
    )
    assert route_on(AS_OF, chain[0], *chain[2:]) == Route(
        Recipient(FIRST), covering_for="P. Novak", covered_email=MANAGER
    )


def test_covers_in_a_circle_are_nobody() -> None:
    """When everybody covers for somebody who is away, the fallback has it, on the circle or leading to it."""
    circle = (
        court(2, cover_email=FIRST),
        entry(3, team="Duty", manager_email=FIRST, cover_email=SECOND.upper()),
        entry(4, team="Edge", manager_email=SECOND, cover_email=FIRST),
    )
    nobody = Route(FALLBACK, "no_manager", "the covers go round in a circle (directory line 4)")
    assert route_on(AS_OF, *circle) == nobody
    back = (court(2, cover_email=FIRST), entry(3, team="Duty", manager_email=FIRST, cover_email=MANAGER))
    assert route_on(AS_OF, *back).problem == route_on(AS_OF, *back, team="Duty").problem == "no_manager"


def test_manager_who_covers_for_themselves_is_not_away() -> None:
    """A line that names the manager as their own cover changes nothing."""
    line = court(2, cover_email=MANAGER.title())
    assert route_on(AS_OF, line) == Route(Recipient(MANAGER, "P. Novak"))


def test_vacant_post_may_be_covered() -> None:
    """A line without a manager's address but with a cover today is the cover's; tomorrow it is nobody's."""
    line = court(manager_email="", manager_name="", cover_email=FIRST, cover_until=AS_OF)
    assert route_on(AS_OF, line) == Route(Recipient(FIRST))
    assert route_on(AS_OF + ONE_DAY, line).problem == "no_manager"


def test_cover_follows_a_manager_named_in_the_row() -> None:
    """The row's own address is covered as the directory says, first of all in the row's own place."""
    lines = (
        entry(2, team="Duty", manager_email=MANAGER, cover_email=SECOND),
        court(3, cover_email=FIRST),
        entry(4, team="Edge", manager_email=SECOND),
    )
    assert route_on(AS_OF, *lines, manager_email=MANAGER.title()).recipient.email == FIRST
    assert route_on(AS_OF, *lines, team="Duty", manager_email=MANAGER).recipient.email == SECOND
    assert route_on(AS_OF, *lines, team="Edge", manager_email=MANAGER).problem == "ambiguous_manager"
    assert route_on(AS_OF, lines[1], team="Edge", manager_email=MANAGER).recipient.email == FIRST
    assert route_on(AS_OF, *lines, manager_email=FIRST) == Route(Recipient(FIRST))


@pytest.mark.parametrize(
    ("cover", "problem", "what"),
    [
        ("first", "bad_address", "is not one plain email address"),
        ("f@evil.example", "domain_not_allowed", "is at evil.example, which is not in allowed_domains"),
    ],
)
def test_cover_who_cannot_be_written_to(cover: str, problem: str, what: str) -> None:
    """The fallback has it, and the exception names the cover's line."""
    found = route_on(AS_OF, court(7, cover_email=cover))
    assert found == Route(FALLBACK, problem, f"the cover's address (directory line 7) {what}")


def test_fallback_is_never_covered() -> None:
    """Nobody stands in for the fallback; where they manage a team and are away, the cover has that team."""
    away = court(2, manager_email=FALLBACK.email, manager_name="S. Manager", cover_email=FIRST)
    assert route_on(AS_OF, away, team="Nowhere").recipient == FALLBACK
    assert route_on(AS_OF, away).recipient == Recipient(FIRST)
