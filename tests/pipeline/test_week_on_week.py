"""Two weeks in the ledger: what the second digest tells of the first, to managers and above them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from alerter.domain.policy import Reassurance
from alerter.store import assessments, events, reassurances
from alerter.store.runs import Run
from alerter.store.schema import alerts, escalations
from tests.world.stored_council import AS_OF, NORTH, NOW, SOUTH, Council, Letter, row, rows_in

WEEK = timedelta(days=7)
NEXT = AS_OF + WEEK
HEAD, DEPUTY = "head@council.example", "deputy@council.example"
FIRST = [
    row("A-1", days=36), row("A-2", days=27), row("A-3", days=27, team="South"), row("A-4", days=22),
    row("A-5", days=30),
]  # fmt: skip
SECOND = [
    FIRST[0], FIRST[1], FIRST[2] | {"team": "North"}, FIRST[3],
    FIRST[4] | {"authorised_on": "2026-11-26"}, row("A-6", days=1),
]  # fmt: skip
DIRECTORY = (replace(NORTH, escalate_to=HEAD), replace(SOUTH, escalate_to=HEAD))


def second_week(council: Council) -> tuple[Run, Run]:
    """Do two weeks: A-3 changes hands, A-5 is signed off, the rest grows older."""
    council.read(FIRST)
    first = council.week()
    council.read(SECOND)
    return first, council.week(NEXT, NOW + WEEK)


def letter_to(letters: Sequence[Letter], address: str) -> str:
    """Return the text of the one digest to an address, what is remarked of a row on the row's line."""
    (text,) = [letter.text for letter in letters if letter.recipient == address]
    return text.replace("\n    ", "  ")


def test_second_digest_tells_of_the_first(either_council: Council) -> None:
    """Weeks running, what is new, what came from elsewhere, and thanks for what was signed off."""
    council = replace(either_council, directory=DIRECTORY)
    first, second = second_week(council)
    assert "Since " not in letter_to(council.letters(run=first), NORTH.manager_email)
    text = letter_to(council.letters(run=second), NORTH.manager_email)
    lines = {line.partition(" ")[0]: line for line in text.splitlines() if line.startswith("A-")}
    assert lines["A-1"].endswith("  second week running")
    assert "what holds it; the service manager is told as well\nA-1" in text
    assert "  second week running; the service manager is told as well; due" in lines["A-2"]
    assert "came from s.lindqvist@council.example" in lines["A-3"]
    assert lines["A-4"].endswith("  new")
    assert "Since Monday 23 November: 1 newly past day 25, 1 came from another manager.\n" in text
    assert "Signed off since Monday 23 November: 1, in time. Thank you.\n" in text


def test_what_climbs_is_kept_and_told(either_council: Council) -> None:
    """The service manager's digest repeats the rows under `Escalated`; the ledger and the history say so."""
    council = replace(either_council, directory=DIRECTORY)
    first, second = second_week(council)
    assert rows_in(council.database, escalations) == 1 + 3
    text = letter_to(council.letters(run=second), HEAD)
    assert text.startswith("This week 3 assessments are escalated to you.\n")
    listed = text.partition("\nEscalated (3): ")[2].splitlines()[1:4]
    assert [line.split("  ")[0] for line in listed] == ["A-1", "A-2", "A-3"]
    assert "new in this list" not in listed[0]
    assert "new in this list" in listed[1]
    assert "Since Monday 23 November: 1 overdue (was 1), 3 past day 25 (was 3)" in text
    with council.database.read() as connection:
        (number,) = assessments.find(connection, "A-1")
        told = [(each.kind, each.what) for each in events.of_assessment(connection, number)]
    assert [kind for kind, _ in told] == ["told", "escalated", "told", "escalated"]
    assert told[1][1] == f"run {first.id}: chased for the first time, to {HEAD} (sent)"
    assert told[3][1] == f"run {second.id}: chased in 2 digests running, to {HEAD} (sent)"


def test_partition_is_of_the_managers_digests(council: Council) -> None:
    """With what climbed told twice, each open assessment was entered once, for its manager."""
    second_week(replace(council, directory=DIRECTORY))
    assert rows_in(council.database, alerts) == 5 + 5


def test_history_shows_both_ends_of_a_cover(council: Council) -> None:
    """The digest of a covered manager goes to the cover and says for whom; so does the history, above too."""
    away = replace(SOUTH, team="East", manager_email=HEAD, cover_email=DEPUTY)
    directory = (replace(DIRECTORY[0], cover_email=SOUTH.manager_email), away)
    covered = replace(council, directory=directory)
    covered.read(FIRST[:1])
    run = covered.week()
    assert "covering for N. Okafor" in letter_to(covered.letters(run=run), SOUTH.manager_email)
    assert "covering for S. Lindqvist, the service manager of 1 team.\n" in letter_to(
        covered.letters(run=run), DEPUTY
    )
    with council.database.read() as connection:
        (number,) = assessments.find(connection, "A-1")
        said = [each.what for each in events.of_assessment(connection, number)]
    assert said[0].endswith(f"to {SOUTH.manager_email} for {NORTH.manager_email} (sent)")
    assert said[1].endswith(f"to {DEPUTY} for {HEAD} (sent)")


def test_a_reassurance_ends_the_weeks_running(council: Council) -> None:
    """
    A week in which the manager's word stood is no week of chasing: what comes back is new, and climbs not.
    """
    council = replace(council, directory=DIRECTORY)
    council.read(FIRST[1:2])
    council.week()
    given = Reassurance(by=NORTH.manager_email, given_on=AS_OF, expected_on=date(2026, 12, 2))
    with council.database.write() as connection:
        (number,) = assessments.find(connection, "A-2")
        reassurances.record(connection, number, given, note="", now=NOW)
    council.week(NEXT, NOW + WEEK)
    third = council.week(NEXT + WEEK, NOW + 2 * WEEK)
    text = letter_to(council.letters(run=third), NORTH.manager_email)
    line = next(line for line in text.splitlines() if line.startswith("A-2"))
    assert "overdue" not in line
    assert "  new; promised" in line
    assert "promised by Wed 2 Dec, not finished" in line
    assert "Promises since Monday 30 November: 0 kept, 1 not kept." in text


def test_teams_record_counts_since_april(council: Council) -> None:
    """What was signed off since the first of April, and nothing of before."""
    done = [
        row(f"A-{place}", started_on="2026-05-05", authorised_on="2026-06-01" if place < 9 else "2026-08-03")
        for place in range(12)
    ]
    old = row("A-90", started_on="2026-03-02", authorised_on="2026-03-31")
    council.read([*done, old, row("A-99")])
    text = letter_to(council.letters(run=council.prepare()), NORTH.manager_email)
    assert "Your team since April: 75% of 12 in time.\n" in text
