"""Timeliness, against what DfE published: table C2 of Characteristics of children in need."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import pytest

from alerter.domain.assessment import Assessment
from alerter.domain.policy import Clock, is_in_time
from alerter.domain.timeliness import (
    Timeliness,
    counted_from,
    percent_words,
    sign_offs,
    timeliness,
    timeliness_by,
)
from alerter.statistics.tables import BANDS, bands_of, durations_by_band, quartiles
from tests.sources.reading import SAMPLES, needs_samples
from tests.world.assessments import CLOCKS, CORE, assessment, calendar_of, day

TABLE = SAMPLES / "dfe-statistics" / "c2_children_in_need_assessments_duration_2014_to_2024.csv"
COLUMNS = (
    "Same_day", "1-10_days", "11-20_days", "21-30_days", "31-40_days",
    "41-45_days", "46-50_days", "51-60_days", "61+_days",
)  # fmt: skip
QUARTILES = ("25th_Percentile_days", "Median_days", "75th_Percentile_days")
LONGEST = (0, 10, 20, 30, 40, 45, 50, 60, 75)
"""A duration of each band: its longest, so that the limit is met to the day."""
SINGLE = Clock(type="single", label="Single assessment", working_days=45, alert_after=35)
START = day("Fri 2023-09-15")
HARROW_2024 = ((8, 82, 275, 351, 757, 339, 232, 345, 383), 2772, "65.37")
ENGLAND_2025 = (
    (11_680, 75_590, 112_180, 102_260, 131_380, 122_730, 37_640, 27_860, 27_500), 648_830, "85.66",
)  # fmt: skip


def made(counts: Sequence[int], unit: int = 1) -> Iterator[Assessment]:
    """Yield as many assessments of each band as *counts* says, one for every *unit* of them."""
    calendar = calendar_of()
    for days, count in zip(LONGEST, counts, strict=True):
        ended_on = calendar.nth_day(START, days)
        for number in range(count // unit):
            yield assessment(
                START, type="single", assessment_id=f"{days}-{number}", authorised_on=ended_on, closed_on=None
            )


def rebuilt(counts: Sequence[int], total: int, unit: int = 1) -> Timeliness:
    """
    Return the figure of a published row; what rounding left out of its bands is late, as DfE's total has it.
    """
    *shorter, longest = counts
    rows = made((*shorter, longest + total - sum(counts)), unit)
    return timeliness(sign_offs(calendar_of(), {"single": SINGLE}, rows, date(2024, 3, 31)))


def published() -> Iterator[Mapping[str, str]]:
    """Yield the rows of DfE's table in which nothing is suppressed."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if all(row[column].isdigit() for column in (*COLUMNS, *QUARTILES, "Assessments_completed")):
                yield row


@pytest.mark.no_cover
@pytest.mark.parametrize(("row", "unit"), [(HARROW_2024, 1), (ENGLAND_2025, 10)], ids=["Harrow", "England"])
def test_published_percentages_are_rebuilt(row: tuple[tuple[int, ...], int, str], unit: int) -> None:
    """
    Harrow's year to March 2024 comes to 65.37 %, England's to March 2025 to 85.66 %.

    England's counts are published in tens, so one assessment stands for ten.
    """
    counts, total, percent = row
    figure = rebuilt(counts, total, unit)
    assert figure.authorised * unit == total
    assert figure.in_time * unit == sum(counts[:6])
    assert percent_words(figure.percent) == percent


@pytest.mark.no_cover
@needs_samples
def test_every_published_row_is_rebuilt() -> None:
    """
    For each row the count of its bands up to 45 days over its total; one in forty is made of assessments.
    """
    within = [
        timeliness(sign_offs(calendar_of(), {"single": SINGLE}, made(one), START.replace(year=2025)))
        for one in (tuple(int(at == place) for at in range(9)) for place in range(9))
    ]
    for place, row in enumerate(published()):
        counts, total = [int(row[column]) for column in COLUMNS], int(row["Assessments_completed"])
        in_time = sum(count * each.in_time for count, each in zip(counts, within, strict=True))
        said = f"{100 * sum(counts[:6]) / total:.2f}"
        assert percent_words(Timeliness(total, in_time).percent) == said
        if place % 40 == 0 and row["geographic_level"] == "Local authority":
            assert percent_words(rebuilt(counts, total).percent) == said, row["la_name"]


def band_of(days: int) -> str:
    """Return the band of DfE's that a duration falls in."""
    return next(name for name, last in BANDS if days <= last)


@pytest.mark.no_cover
@needs_samples
def test_published_quartiles_lie_in_our_bands() -> None:
    """
    For every council and year each quartile falls in the band that DfE's falls in.

    Four of them only do because two assessments are averaged where the share is a whole number of them.
    """
    for row in published():
        if row["geographic_level"] == "Local authority":
            counts = [int(row[column]) for column in COLUMNS]
            ours = quartiles(days for days, count in zip(LONGEST, counts, strict=True) for _ in range(count))
            assert ours is not None
            theirs = [band_of(int(row[column])) for column in QUARTILES]
            assert [band_of(days) for days in (ours.first, ours.median, ours.third)] == theirs, row["la_name"]


def test_bands_are_dfes() -> None:
    """The nine bands of the table, each with the longest duration it holds."""
    assert [last for _, last in BANDS[:-1]] == list(LONGEST[:-1])
    assert list(durations_by_band(LONGEST, BANDS).values()) == [1] * 9
    assert durations_by_band([], BANDS)["61+"] == 0


def test_the_band_that_holds_the_limit_is_split_there() -> None:
    """At its last day none is; the last band has no end, and one day alone is named alone."""
    assert bands_of(45) == BANDS
    assert [name for name, _ in bands_of(70)][-2:] == ["61-70", "71+"]
    assert [name for name, _ in bands_of(39)][4:6] == ["31-39", "40"]


def test_quartiles_are_whole_days() -> None:
    """None come of nothing; of two, each quartile is one of them or half way, rounded up."""
    assert quartiles([]) is None
    found = quartiles([10, 13])
    assert found is not None
    assert (found.first, found.median, found.third) == (10, 12, 13)


@pytest.mark.parametrize(
    ("authorised_on", "is_counted"),
    [
        ("Thu 2026-10-01", False),  # before the start: not believed
        ("Fri 2026-10-02", True),
        ("Mon 2026-11-23", True),
        ("Tue 2026-11-24", False),  # tomorrow
    ],
)
def test_only_a_believed_sign_off_counts(authorised_on: str, *, is_counted: bool) -> None:
    """One before the start or after the day of the report is none."""
    each = assessment(day("Fri 2026-10-02"), authorised_on=day(authorised_on))
    found = sign_offs(calendar_of(), CLOCKS, [each], day("Mon 2026-11-23"))
    assert bool(found) is is_counted


def test_a_weekend_counts_as_the_friday_before() -> None:
    """Authorised on Friday, Saturday or Monday after a start on 29 May 2009: age 35, 35 and 36."""
    ends = [day(text) for text in ("Fri 2009-07-17", "Sat 2009-07-18", "Mon 2009-07-20")]
    rows = [assessment(day("Fri 2009-05-29"), assessment_id=str(on), authorised_on=on) for on in ends]
    found = sign_offs(calendar_of(), CLOCKS, rows, day("Mon 2009-07-20"))
    assert [(each.age, each.is_in_time) for each in found] == [(35, True), (35, True), (36, False)]
    assert [is_in_time(calendar_of(), CORE, each) for each in rows] == [True, True, False]


def test_a_type_that_is_configured_no_longer_has_no_figure() -> None:
    """There is no limit to measure it by."""
    each = assessment(day("Fri 2026-10-02"), type="gone", authorised_on=day("Mon 2026-10-05"))
    assert sign_offs(calendar_of(), CLOCKS, [each], day("Mon 2026-11-23")) == []


def test_what_started_before_keeps_its_limit() -> None:
    """Each is measured by the rule in force when it started."""
    earlier = Clock(type="core", label="Core assessment", working_days=10, alert_after=5)
    changed = Clock(
        type="core",
        label="Core assessment",
        working_days=35,
        alert_after=25,
        effective_from=day("Thu 2026-10-01"),
        earlier=earlier,
    )
    starts = [day("Wed 2026-09-30"), day("Thu 2026-10-01")]
    rows = [
        assessment(on, assessment_id=str(on), authorised_on=calendar_of().nth_day(on, 11)) for on in starts
    ]
    found = sign_offs(calendar_of(), {"core": changed}, rows, day("Mon 2026-11-23"))
    assert [each.is_in_time for each in found] == [False, True]
    by_limit = timeliness_by(found, lambda each: each.clock.working_days)
    assert by_limit == {10: Timeliness(1, 0), 35: Timeliness(1, 1)}


def test_nothing_authorised_is_neither_good_nor_bad() -> None:
    """There is no percentage of nothing."""
    assert timeliness([]).percent is None
    assert Timeliness(3, 1).late == 2


@pytest.mark.parametrize(
    ("referred", "ages"),
    [("Fri 2026-10-02", [36]), ("Mon 2026-10-05", [35]), ("Tue 2026-11-24", []), (None, [])],
)
def test_ages_from_the_other_date(referred: str | None, ages: list[int]) -> None:
    """The same count from another day; what has none, or one after the sign-off, is not counted from it."""
    row = assessment(
        day("Mon 2026-10-05"),
        authorised_on=day("Mon 2026-11-23"),
        referred_on=None if referred is None else day(referred),
    )
    signed = sign_offs(calendar_of(), CLOCKS, [row], day("Mon 2026-11-23"))
    assert [sign_off.age for sign_off in signed] == [35]
    assert [sign_off.age for sign_off in counted_from(calendar_of(), "referred_on", signed)] == ages
