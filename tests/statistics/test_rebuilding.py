"""What a paper hides cannot be worked out from all that it prints; `ALERTER_SOAK=1` tries 1,000 councils."""

from dataclasses import replace
from datetime import date, timedelta
from random import Random

import pytest

from alerter.domain.assessment import Assessment
from alerter.reports.blocks import Imprint, Paper, Table
from alerter.reports.paper import paper_of
from alerter.statistics.panel import Panel
from alerter.statistics.tables import Quartiles
from tests.statistics.panels import AS_OF, TARGETED, month, report, signed
from tests.statistics.reader import worked_out
from tests.world.assessments import aged, calendar_of
from tests.world.size import size

FIRSTS = (date(2026, 4, 1), date(2026, 4, 1), date(2026, 6, 17), date(2025, 11, 20))


def paper(panel: Panel) -> Paper:
    """Return the paper on one type."""
    imprint = Imprint(
        council="Sampleford", as_of=panel.period.last, calendar=calendar_of(), settings="5038bee322ea",
        source_name="", extracted_at=None, source_rows=0, source_rejected=0, suppress_below=6,
    )  # fmt: skip
    return paper_of(imprint, [panel])


def leaky(panel: Panel) -> Panel:
    """Return the figures with small numbers hidden, and nothing besides them."""
    small = {cell for cell, count in panel.figures.counts.items() if 0 < count < 6}
    return replace(panel, figures=replace(panel.figures, hidden=frozenset(small)))


def council(random: Random) -> tuple[list[Assessment], date]:
    """Return a council of up to some thirty sign-offs a month, most of them small, and its last day."""
    as_of = AS_OF + timedelta(days=random.randrange(-20, 8))
    most, teams = random.choice([2, 4, 8, 15, 30]), random.randint(1, 5)
    rows: list[Assessment] = []
    late_share = random.random() * random.random()
    for back in range(random.choice([5, 9, 14, 22])):
        for number in range(random.randint(0, most)):
            on = as_of - timedelta(days=30 * back + random.randrange(30))
            days = random.randint(36, 70) if random.random() < late_share else random.randint(0, 35)
            rows.append(
                signed(
                    on, days, number, child_id=f"{len(rows)}", team=f"Team {random.randrange(teams)}",
                    reason=random.choice(["", "complex"]),
                )
            )  # fmt: skip
    for number in range(random.randint(0, most)):
        away = {"worker_away_until": as_of, "worker": f"W{number % 2}"} if random.random() < 0.3 else {}
        age, team = random.choice([3, 12, 23, 28, 40]), f"Team {random.randrange(teams)}"
        rows.append(aged(age, assessment_id=f"open{number}", child_id=f"open{number}", team=team, **away))
    return rows, as_of


def panel_of(random: Random) -> tuple[Panel, date]:
    """Return the figures of one such council, with audits or without, and the first day of its report."""
    rows, as_of = council(random)
    first = random.choice(FIRSTS)
    scores = {place: random.choice([55, 74, 81, 93]) for place in range(len(rows)) if random.random() < 0.8}
    scores = scores if random.random() < 0.5 else {}
    rows = [
        row if row.authorised_on is None or row.authorised_on <= as_of else replace(row, authorised_on=None)
        for row in rows
    ]
    clock = TARGETED
    if random.random() < 0.4:
        clock = replace(TARGETED, also_from="referred_on")
        rows = referred(rows, random)
    return report(rows, first=first, clock=clock, as_of=as_of, first_scores=scores), first


def referred(rows: list[Assessment], random: Random) -> list[Assessment]:
    """Return *rows*, most of them referred on the day they started or some days before."""
    known, longest = random.choice([0.5, 0.9, 0.97, 1]), random.choice([1, 4, 15])
    return [
        replace(row, referred_on=row.clock_on - timedelta(days=random.randrange(longest)))
        if random.random() < known
        else row
        for row in rows
    ]


@pytest.mark.no_cover
@pytest.mark.parametrize("seed", range(size(short=10, full=1000) // 10))
def test_nothing_hidden_can_be_worked_out(seed: int) -> None:
    """A reader who solves all sums, shares and medians together finds two values for each hidden number."""
    random = Random(seed)  # noqa: S311 - councils that can be made again
    for number in range(10):
        panel, first = panel_of(random)
        found = worked_out(paper(panel), first, panel.period.last)
        assert found == set(), f"council {number} of seed {seed}"


def test_reader_finds_what_is_not_hidden_well() -> None:
    """Small numbers that are hidden alone are worked out from the sums, so the reader above can find one."""
    panel, first = panel_of(Random(0))  # noqa: S311 - the same each time
    assert any(worked_out(paper(leaky(panel)), first, panel.period.last))


def test_reader_finds_what_the_other_count_gives_away() -> None:
    """Without the sums of the count from the other date, a small number in it is worked out."""
    rows = month("Fri 2026-10-16", 40, 10)
    rows = [replace(row, referred_on=row.clock_on) if place > 2 else row for place, row in enumerate(rows)]
    panel = report(rows, clock=replace(TARGETED, also_from="referred_on"))
    assert worked_out(paper(panel), date(2026, 4, 1), AS_OF) == set()
    assert ("not", "other") in worked_out(paper(leaky(panel)), date(2026, 4, 1), AS_OF)


def test_forecast_of_a_hidden_month_is_left_out() -> None:
    """Near its end it is what was signed off so far; the months after it stay."""
    early = [*month("Tue 2025-04-15", 35, 15), *month("Thu 2025-12-11", 35, 15)]
    hidden = report([*early, *month("Fri 2026-11-13", 24, 2)])
    assert hidden.outlook is not None
    assert [ahead.month.name for ahead, _, _ in hidden.outlook.months] == ["2026-12", "2027-01", "2027-02"]
    glance = next(block for block in paper(hidden).blocks if isinstance(block, Table))
    assert glance.rows[-1] == ("Expected for this month", "too few to be shown")
    shown = report([*early, *month("Fri 2026-11-13", 24, 8)])
    assert shown.outlook is not None
    assert shown.outlook.months[0][0].month.name == "2026-11"


@pytest.mark.parametrize(("shorter", "durations"), [(6, Quartiles(15, 15, 15)), (21, None)])
def test_median_at_the_edge_of_a_hidden_band_is_left_out(shorter: int, durations: Quartiles | None) -> None:
    """It would say how many lie in the band at least, or at most; well within a large one it says nothing."""
    ages = [5] * shorter + [15] * (41 - shorter) + [25] * 3
    panel = report([signed(AS_OF - timedelta(days=5), age, place) for place, age in enumerate(ages)])
    assert panel.figures.shown("band", "21-30") is None
    assert panel.durations == durations
