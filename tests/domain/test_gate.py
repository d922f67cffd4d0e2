"""The gate: what each limit lets through, what it holds, and what it says."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.assessment import Rejected
from alerter.domain.gate import Baseline, Content, Gates, Reading, Reopened, reasons_to_hold
from alerter.errors import CalendarRangeError
from tests.world.assessments import AS_OF, calendar_of, day

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
ONE_DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
GATES = Gates()
OPEN = {"Duty": 10, "Court": 8, "": 2}
READING = Reading(sha256="new", extracted_at=NOW, newest_start=AS_OF, content=Content(teams=OPEN))
BEFORE = Baseline(sha256="old", open_by_team=[OPEN])
FIRST = Baseline()
OFF = Gates(
    max_age_hours=0,
    max_shrink_percent=0,
    max_quiet_days=0,
    max_growth_percent=0,
    max_rejected_percent=0,
    max_reopened_percent=0,
    hold_unchanged=False,
)


def whole(reading: Reading, gates: Gates = GATES, baseline: Baseline = FIRST) -> list[str]:
    """Return why the run for 23 November 2026 would be held."""
    return reasons_to_hold(gates, reading, baseline, calendar=calendar_of(), as_of=AS_OF, now=NOW)


def reasons(reading: Reading, gates: Gates = GATES, baseline: Baseline = FIRST) -> list[str]:
    """Return the same without where to look."""
    return [reason.partition(": ")[0] for reason in whole(reading, gates, baseline)]


def of(content: Content, baseline: Baseline = FIRST, **limits: int) -> list[str]:
    """Return why *content* would be held after *baseline*, by no gate but those that have *limits*."""
    return whole(replace(READING, content=content), replace(OFF, **limits), baseline)


def shrunk(before: Mapping[str, int], now: Mapping[str, int], percent: int = 50) -> list[str]:
    """Return why an extract with *now* open would be held after one with *before*."""
    held = of(Content(teams=now), Baseline(open_by_team=[before]), max_shrink_percent=percent)
    return [reason.partition(": ")[0] for reason in held]


def test_limits_unless_the_council_says_otherwise() -> None:
    """Three days, half, thirty working days, double, a fifth, a tenth, and never the same bytes twice."""
    told = Gates(
        max_age_hours=72,
        max_shrink_percent=50,
        max_quiet_days=30,
        max_growth_percent=100,
        max_rejected_percent=20,
        max_reopened_percent=10,
        hold_unchanged=True,
    )
    assert told == GATES


def test_sound_extract_is_not_held() -> None:
    """
    Fresh, busy, changed and as large as before, it passes; the first one has nothing to be compared with.
    """
    assert reasons(READING) == reasons(READING, baseline=BEFORE) == []


@pytest.mark.parametrize(
    ("age", "held"),
    [
        (timedelta(hours=72), []),
        (timedelta(hours=72) + SECOND, ["the extract is 73 hours old (max_age_hours is 72)"]),
        (timedelta(hours=73), ["the extract is 73 hours old (max_age_hours is 72)"]),
        (timedelta(days=30), ["the extract is 720 hours old (max_age_hours is 72)"]),
        (-timedelta(hours=1), []),
    ],
)
def test_old_extract_is_held(age: timedelta, held: list[str]) -> None:
    """72 hours old it passes, a second later it does not; a file from the future is not old."""
    reading = replace(READING, extracted_at=NOW - age)
    assert reasons(reading) == held
    assert reasons(reading, replace(GATES, max_age_hours=0)) == []


@pytest.mark.parametrize(
    ("newest", "held"),
    [
        ("Mon 2026-10-12", []),
        ("Sun 2026-10-11", ["nothing has started for 31 working days (max_quiet_days is 30)"]),
        ("Fri 2026-10-09", ["nothing has started for 31 working days (max_quiet_days is 30)"]),
    ],
)
def test_quiet_extract_is_held(newest: str, held: list[str]) -> None:
    """With the newest start 30 working days back it passes, with 31 it does not; weekends are not counted."""
    reading = replace(READING, newest_start=day(newest))
    assert reasons(reading) == held
    assert reasons(reading, replace(GATES, max_quiet_days=0)) == []


def test_no_start_at_all_is_not_quiet() -> None:
    """Where nothing has started yet there is no day to count from."""
    assert reasons(replace(READING, newest_start=None)) == []


def test_start_beyond_the_years_known_is_no_guess() -> None:
    """A newest start that cannot be counted from stops."""
    with pytest.raises(CalendarRangeError):
        reasons(replace(READING, newest_start=day("Fri 1989-12-29")))


def test_nothing_open_is_held() -> None:
    """An extract without any open assessment is held, and no limit turns that off."""
    assert reasons(replace(READING, content=Content(teams={})), OFF) == ["the extract has no open assessment"]


def test_unchanged_extract_is_held() -> None:
    """The same bytes as at the last run are held, unless the council allows them."""
    same = replace(BEFORE, sha256=READING.sha256)
    assert reasons(READING, baseline=same) == ["the extract is byte for byte the last run's (hold_unchanged)"]
    assert reasons(READING, replace(GATES, hold_unchanged=False), same) == []


@pytest.mark.parametrize(
    ("before", "now", "percent", "held"),
    [
        (100, 50, 50, []),
        (100, 49, 50, ["open assessments fell from 100 to 49 (max_shrink_percent is 50)"]),
        (3, 1, 50, ["open assessments fell from 3 to 1 (max_shrink_percent is 50)"]),
        (2, 1, 50, []),
        (100, 99, 1, []),
        (100, 98, 1, ["open assessments fell from 100 to 98 (max_shrink_percent is 1)"]),
        (100, 1, 100, []),
        (100, 1, 0, []),
        (100, 300, 50, []),
        (0, 100, 50, []),
    ],
)
def test_shrinking_over_all(before: int, now: int, percent: int, held: list[str]) -> None:
    """
    Falling by the limit passes, by more does not; 100 and 0 let all pass. Rows without a team are no team.
    """
    assert shrunk({"": before}, {"": now}, percent) == held


@pytest.mark.parametrize(
    ("before", "now", "percent", "held"),
    [
        (5, 2, 50, ["team 'Court' fell from 5 open assessments to 2 (max_shrink_percent is 50)"]),
        (4, 0, 50, []),
        (10, 5, 50, []),
        (10, 4, 50, ["team 'Court' fell from 10 open assessments to 4 (max_shrink_percent is 50)"]),
        (10, 0, 99, ["team 'Court' fell from 10 open assessments to 0 (max_shrink_percent is 99)"]),
        (10, 0, 100, []),
        (10, 0, 0, []),
    ],
)
def test_shrinking_in_a_team(before: int, now: int, percent: int, held: list[str]) -> None:
    """A team of five or more may not fall by more than the limit, though over all nothing is missed."""
    left = {"Court": now, "Duty": 200} if now else {"Duty": 200}
    assert shrunk({"Court": before, "Duty": 200}, left, percent) == held


def test_teams_that_fell_are_named_in_order() -> None:
    """Each has its sentence, whatever order the extract has them in."""
    held = shrunk({"North": 9, "East": 6, "": 200}, {"": 200})
    assert held == [
        "team 'East' fell from 6 open assessments to 0 (max_shrink_percent is 50)",
        "team 'North' fell from 9 open assessments to 0 (max_shrink_percent is 50)",
    ]


def test_new_spelling_is_no_empty_team() -> None:
    """A team is compared by what the directory would take for its name, its several spellings added up."""
    before = {"Duty & Assessment": 6, "duty and assessment": 4}
    assert shrunk(before, {"DUTY AND\u00a0ASSESSMENT": 3, "Duty & Assessment": 2}) == []
    assert shrunk(before, {"Duty and Assessment": 4, "": 6}) == [
        "team 'duty and assessment' fell from 10 open assessments to 4 (max_shrink_percent is 50)"
    ]


@pytest.mark.parametrize(
    ("before", "now", "percent", "held"),
    [
        (65, 600, 100, "open assessments grew from 65 to 600 (max_growth_percent is 100)"),
        (20, 40, 100, ""),
        (20, 41, 100, "open assessments grew from 20 to 41 (max_growth_percent is 100)"),
        (10, 29, 100, ""),
        (10, 30, 100, "open assessments grew from 10 to 30 (max_growth_percent is 100)"),
        (0, 19, 100, ""),
        (0, 20, 100, "open assessments grew from 0 to 20 (max_growth_percent is 100)"),
        (100, 151, 50, "open assessments grew from 100 to 151 (max_growth_percent is 50)"),
        (100, 400, 300, ""),
        (65, 600, 0, ""),
    ],
)
def test_growing(before: int, now: int, percent: int, held: str) -> None:
    """Growing by the limit passes, or by fewer than twenty; a team that grows is no reason of its own."""
    said = of(
        Content(teams={"Duty": now}), Baseline(open_by_team=[{"Court": before}]), max_growth_percent=percent
    )
    assert [reason.partition(": ")[0] for reason in said] == ([held] if held else [])


def test_the_larger_of_two_figures_counts() -> None:
    """Neither what the last run had nor what the store held hides a fall, over all or in a team."""
    figures = [{"Duty": 30, "Court": 10}, {"duty": 5, "Court": 40}]
    assert [reason.partition(" (")[0] for reason in of(
        Content(teams={"Duty": 14, "Court": 8}), Baseline(open_by_team=figures), max_shrink_percent=50
    )] == [
        "open assessments fell from 45 to 22",
        "team 'Court' fell from 40 open assessments to 8",
        "team 'duty' fell from 30 open assessments to 14",
    ]  # fmt: skip
    grown = Content(teams={"Duty": 90})
    assert of(grown, Baseline(open_by_team=figures), max_growth_percent=100) == []
    assert of(grown, Baseline(open_by_team=figures[:1]), max_growth_percent=100) != []


@pytest.mark.parametrize(
    ("rejected", "rows", "percent", "is_held"),
    [
        (19, 19, 20, False),
        (20, 100, 20, False),
        (21, 100, 20, True),
        (20, 99, 20, True),
        (600, 600, 0, False),
    ],
)
def test_rejected_share(rejected: int, rows: int, percent: int, *, is_held: bool) -> None:
    """The limit itself passes, and fewer than twenty rows."""
    lines = [Rejected(line, "has no child_id") for line in range(2, rejected + 2)]
    said = of(Content(teams=OPEN, rows=rows, rejected=lines), max_rejected_percent=percent)
    held = (
        f"{rejected} of {rows} rows could not be read (max_rejected_percent is 20): "
        f"{rejected} of {rows} rows: has no child_id"
    )
    assert said == ([held] if is_held else [])


def test_rejected_share_names_the_reasons_by_their_rows() -> None:
    """The three most frequent, and how many more there are."""
    lines = [Rejected(line, reason) for line, reason in enumerate("DDAAABBBBCCCCCEEEEEEEEEEE", start=2)]
    (said,) = of(Content(teams=OPEN, rows=30, rejected=lines), max_rejected_percent=20)
    assert said.partition(": ")[2] == (
        "11 of 30 rows: E; 5 of 30 rows: C; 4 of 30 rows: B; 2 more reasons in `alerter check`"
    )


@pytest.mark.parametrize(
    ("open_again", "ended", "percent", "is_held"),
    [(9, 9, 10, False), (10, 100, 10, False), (11, 100, 10, True), (10, 99, 10, True), (535, 560, 0, False)],
)
def test_reopened_share(open_again: int, ended: int, percent: int, *, is_held: bool) -> None:
    """The limit itself passes, and fewer than ten."""
    content = Content(teams=OPEN, reopened=Reopened(ended=ended, open_again=open_again))
    said = [reason.partition(": ")[0] for reason in of(content, max_reopened_percent=percent)]
    held = f"{open_again} of {ended} assessments that had ended are open again (max_reopened_percent is 10)"
    assert said == ([held] if is_held else [])


@pytest.mark.parametrize(
    ("unsigned", "doubted", "where"),
    [
        (535, 0, 'check that the column authorised_on ("Signed") is still filled'),
        (0, 535, 'check whether the columns started_on and authorised_on ("Signed") are swapped'),
        (
            100,
            100,
            'check that the columns authorised_on ("Signed"), cancelled_on and closed_on are still filled',
        ),
    ],
)
def test_reopened_says_where_to_look(unsigned: int, doubted: int, where: str) -> None:
    """By what most of them have lost: the sign-off, its being believable, or either or neither."""
    reopened = Reopened(ended=560, open_again=535, unsigned=unsigned, doubted=doubted)
    reading = replace(READING, content=Content(teams=OPEN, reopened=reopened))
    (said,) = whole(reading, replace(OFF, max_reopened_percent=10, headings={"authorised_on": "Signed"}))
    assert said.partition(": ")[2] == where


def test_what_is_in_the_store_is_judged_by_its_time_alone() -> None:
    """
    A reading seen again was judged when it was applied, or accepted: its age and sameness are judged anew.
    """
    seen = Reading(
        sha256="old", extracted_at=NOW - 9 * ONE_DAY, newest_start=day("Thu 2026-08-06"), content=None
    )
    assert [reason.partition(" (")[0] for reason in reasons(seen, baseline=BEFORE)] == [
        "the extract is 216 hours old",
        "nothing has started for 76 working days",
        "the extract is byte for byte the last run's",
    ]


def test_every_gate_speaks() -> None:
    """All reasons are given at once, each with its setting; with every gate off there is none."""
    content = Content(
        teams={"Duty": 1},
        rows=100,
        rejected=[Rejected(line, "has no child_id") for line in range(50)],
        reopened=Reopened(ended=100, open_again=50),
    )
    reading = Reading(
        sha256="old", extracted_at=NOW - 9 * ONE_DAY, newest_start=day("Thu 2026-08-06"), content=content
    )
    said = [reason.rpartition(" (")[2] for reason in reasons(reading, baseline=BEFORE)]
    settings = [setting.partition(" is ")[0].rstrip(")") for setting in said]
    assert settings == [
        "max_age_hours", "max_quiet_days", "hold_unchanged", "max_rejected_percent", "max_reopened_percent",
        "max_shrink_percent", "max_shrink_percent", "max_shrink_percent",
    ]  # fmt: skip
    assert reasons(reading, OFF, BEFORE) == []


TEAMS = st.dictionaries(st.sampled_from(["", "A", "B", "C"]), st.integers(0, 12))


@given(before=TEAMS, now=TEAMS, percent=st.integers(0, 100))
def test_wider_limit_holds_no_more(before: dict[str, int], now: dict[str, int], percent: int) -> None:
    """What passes one limit passes every wider one, and an extract never shrank against itself."""
    wider = shrunk(before, now, 100)
    assert len(wider) <= len(shrunk(before, now, percent or 1)) or not percent
    assert [reason for reason in shrunk(before, before, percent) if "fell" in reason] == []


@given(
    last=TEAMS,
    store=TEAMS,
    now=st.dictionaries(st.sampled_from(["", "A", "B", "C"]), st.integers(0, 40)),
    percent=st.integers(1, 100),
)
def test_gates_close_as_fractions_say(
    last: dict[str, int], store: dict[str, int], now: dict[str, int], percent: int
) -> None:
    """Worked out with fractions, growing and shrinking hold what is more than the limit, and nothing else."""
    part, are = Fraction(percent, 100), sum(now.values())
    were = max(sum(last.values()), sum(store.values()))
    falls = [(were, are)] + [
        (larger, now.get(team, 0))
        for team in "ABC"
        if (larger := max(last.get(team, 0), store.get(team, 0))) >= 5
    ]
    fell = sum(1 for most, least in falls if most and 1 - Fraction(least, most) > part)
    grew = are - were >= 20 and (not were or Fraction(are, were) - 1 > part)
    said = of(
        Content(teams=now),
        Baseline(open_by_team=[last, store]),
        max_growth_percent=percent,
        max_shrink_percent=percent,
    )
    assert sum("max_shrink_percent" in reason for reason in said) == fell
    assert sum("max_growth_percent" in reason for reason in said) == grew
