"""The panel's figures, on small councils that can be counted by hand."""

from dataclasses import replace
from datetime import date

from alerter.domain.calendar import ONE_DAY
from alerter.domain.extension import Extension
from alerter.domain.policy import Clock, Reassurance, Stage
from alerter.domain.timeliness import Timeliness
from alerter.statistics.key_points import key_points
from alerter.statistics.panel import Headroom
from alerter.statistics.suppression import ALL, LATE
from alerter.statistics.tables import NO_REASON, NO_TEAM, OPEN, OTHER, OTHER_REASONS
from tests.statistics.panels import APRIL, AS_OF, TARGETED, history, month, open_ones, report, signed
from tests.world.assessments import CORE, aged, assessment, day


def test_months_quarters_and_years_are_lines() -> None:
    """Twelve months back at least, whole quarters only, and last year where it was seen from its start."""
    found = report(history())
    assert [each.name for each in found.lines.months][:2] == ["2025-11", "2025-12"]
    assert found.lines.months[-1].last == AS_OF
    assert [each.name for each in found.lines.quarters] == [
        "2025/26 Q4", "2026/27 Q1", "2026/27 Q2", "2026/27 Q3",
    ]  # fmt: skip
    assert [each.name for each in found.lines.years] == ["2025/26", "2026/27"]
    assert found.to_date == Timeliness(70, 60)
    assert found.figures.timeliness("month", "2026-10") is None  # five late, as in November


def test_large_enough_numbers_are_shown() -> None:
    """With nothing hidden the year to date, its months and last year are there."""
    found = report(history(), below=0)
    assert found.to_date == Timeliness(70, 60)
    assert found.figures.percent("month", "2026-10") == 90
    assert found.figures.percent("year", "2025/26") == 70
    assert found.figures.counts["quarter", "2026/27 Q3", ALL] == 70


def test_a_report_may_begin_on_any_day() -> None:
    """Its own total counts from that day on; the months stay whole."""
    found = report(history(), first=day("Sat 2026-10-17"), below=0)
    assert found.figures.counts["period", ALL] == 20
    assert found.figures.counts["month", "2026-10", ALL] == 50


def test_a_year_that_was_not_seen_whole_has_no_line() -> None:
    """An extract that begins in December tells nothing of the year before."""
    assert [each.name for each in report(history()[50:], below=0).lines.years] == ["2026/27"]


def test_teams_reasons_and_bands_add_up_to_the_period() -> None:
    """Each list covers everything authorised in the period, named or not."""
    rows = [
        *month("Fri 2026-10-16", 12, 0, team="North", reason="complex"),
        *month("Fri 2026-11-13", 8, 7, reason="other"),
        *month("Fri 2026-11-20", 9, 0, team="North"),
    ]
    found = report(rows)
    figures = found.figures
    assert found.lists.teams == (NO_TEAM, "North")
    assert found.lists.reasons == (NO_REASON, OTHER_REASONS, "Other very complex needs")
    assert figures.timeliness("team", "North") == Timeliness(21, 21)
    assert figures.timeliness("reason", "Other very complex needs") == Timeliness(12, 12)
    assert sum(figures.counts["band", name] for name in ("21-30", "31-35", "36-40")) == 36
    assert report(month("Fri 2026-10-16", 9, 0)).lists.reasons == ()


def test_a_limit_at_the_end_of_a_band_ties_the_bands_to_the_outcomes() -> None:
    """With 45 days, what is late can be added up from the bands, so a small number is hidden in both."""
    clock = Clock(type="core", label="Single assessment", working_days=45, alert_after=35)
    rows = [signed(day("Fri 2026-10-16"), days, n) for n, days in enumerate([30] * 20 + [43] * 20 + [49] * 3)]
    figures = report(rows, clock=clock).figures
    assert figures.shown("band", "46-50") is None
    assert figures.shown("period", LATE) is None
    assert figures.timeliness("period") is None


def test_bands_add_up_to_no_outcome_where_two_limits_were_in_force() -> None:
    """What was in time under the one limit may lie beyond the other."""
    newest = replace(TARGETED, working_days=45, effective_from=day("Fri 2026-09-11"), earlier=TARGETED)
    rows = [signed(day("Fri 2026-10-16"), days, place) for place, days in enumerate([40] * 9 + [5] * 9)]
    figures = report(rows, clock=newest).figures
    assert (figures.counts["period", LATE], figures.counts["band", "31-40"]) == (9, 9)
    assert figures.shown("band", "41-45") == 0


def test_why_it_was_late_is_what_managers_said() -> None:
    """By frequency; what was said seldom, in words of somebody's own, is one of the others."""
    rows = month("Fri 2026-10-16", 20, 20)
    said = ["sickness"] * 7 + ["court"] * 6 + ["A long story"] + [" "]
    given = {
        20 + place: Reassurance(by="a@council.example", given_on=APRIL, expected_on=APRIL, reason=reason)
        for place, reason in enumerate(said)
    }
    stray = {999: Reassurance(by="a@council.example", given_on=APRIL, expected_on=APRIL, reason="sickness")}
    found = report(rows, reassurances=given | stray)
    assert found.lists.why_late == ("sickness", "court", NO_REASON, OTHER_REASONS)
    counts = [found.figures.counts["why", reason] for reason in found.lists.why_late]
    assert counts == [7, 6, 6, 1]
    assert any(
        "most often for what was signed off late: sickness (7 of 20)" in each for each in key_points(found)
    )


def test_late_ones_extended_before_the_limit_are_counted_apart() -> None:
    """By reason, and late all the same; one given after the due date, or of one in time, does not count."""
    rows = month("Fri 2026-10-16", 20, 20)
    due = day("Fri 2026-10-09")

    def extended(place: int, on: date) -> Extension:
        return Extension(by="a@council.example", until=AS_OF, reason="absence", recorded_on=on)

    given = {20 + place: extended(place, due) for place in range(8)}
    given |= {28 + place: extended(place, due + ONE_DAY) for place in range(6)} | {0: extended(0, due)}
    panel = report(rows, extensions=given | {999: extended(0, due)})
    assert panel.lists.why_extended == ("worker absence",)
    assert panel.figures.counts["extended", "worker absence"] == panel.figures.counts["extended", ALL] == 8
    assert panel.figures.counts["period", LATE] == 20
    few = report(rows, extensions={20: extended(0, due)})
    assert few.figures.words("extended", ALL) == "c"


def test_what_is_open_stands_by_team_and_stage() -> None:
    """Totals of both; whoever is away today holds so many."""
    away = {"worker_away_until": AS_OF, "worker": "P. Adeyemi"}
    rows = [
        *(aged(40, assessment_id=f"a{n}", team="North", **away) for n in range(8)),
        *(aged(28, assessment_id=f"b{n}", team="South") for n in range(7)),
        *(aged(3, assessment_id=f"c{n}") for n in range(6)),
        aged(28, assessment_id="back", team="South", worker_away_until=day("Sun 2026-11-22")),
        assessment(AS_OF, type="initial", assessment_id="another type"),
    ]
    found = report(rows)
    assert found.lists.open_teams == (NO_TEAM, "North", "South")
    assert found.figures.shown(OPEN, ALL) == 22
    assert found.figures.shown(OPEN, "North", Stage.OVERDUE.value) == 8
    assert found.figures.shown(OPEN, Stage.PAST_ALERT.value) == 8
    assert [found.figures.counts["away", what] for what in (ALL, LATE, "workers")] == [8, 8, 1]


def test_target_arithmetic_is_of_the_year_to_date() -> None:
    """What may still be late by 31 March, at the pace of the years shown; none without target or figures."""
    found = report([*month("Wed 2025-04-09", 60, 0), *month("Fri 2026-10-16", 40, 20), *open_ones()])
    assert isinstance(found.headroom, Headroom)
    assert found.headroom.so_far == Timeliness(60, 40)
    assert found.headroom.since == day("Tue 2025-04-01")
    assert 22 <= found.headroom.further <= 30  # 120 in some 415 days, 90 days to come
    assert found.year_ends is not None
    assert found.year_ends.best == Timeliness(76, 47)
    assert report(month("Fri 2026-10-16", 40, 20), clock=CORE).headroom is None
    hidden = report(month("Fri 2026-10-16", 40, 3))
    assert (hidden.headroom, hidden.year_ends) == (None, None)


def test_a_report_is_made_to_the_last_day_that_is_known() -> None:
    """Where the bank holidays end before the financial year does, what is to come ends with them."""
    found = report([], as_of=day("Mon 2035-12-31"))
    assert found.headroom is not None
    assert found.headroom.further == 0


def test_audits_are_those_of_what_was_signed_off() -> None:
    """Scores of open or earlier assessments do not count; no mark, or no score, is no audit."""
    rows = [*month("Fri 2026-10-16", 20, 0), *month("Tue 2026-03-10", 3, 0), *open_ones()]
    scores = dict.fromkeys(range(len(rows)), 74) | dict.fromkeys(range(8), 85) | {999: 90}
    found = report(rows, first_scores=scores)
    assert found.audits is not None
    assert (found.audits.audited, found.audits.passed) == (20, 8)
    assert found.figures.shown("score", "70-79") == 12
    assert "40.00 % of 20 assessments passed the quality audit the first time (80 of 100 or more)." in (
        key_points(found)
    )
    assert report(rows, first_scores=scores, clock=CORE).audits is None
    assert report(rows).audits is None
    odd = report(rows, first_scores=scores, clock=replace(TARGETED, audit_pass_mark=75))
    assert odd.audits is not None


def test_both_counts_stand_side_by_side() -> None:
    """From the referral, nine are late that are in time from the start; seven have no date of referral."""
    october = month("Fri 2026-10-16", 40, 10)
    referred = [replace(row, referred_on=day("Mon 2026-01-05")) for row in october[:9]]
    referred += [replace(row, referred_on=row.started_on) for row in october[9:43]]
    found = report([*referred, *october[43:]], clock=replace(TARGETED, also_from="referred_on"), below=0)
    assert found.figures.timeliness("month", "2026-10") == Timeliness(50, 40)
    assert found.figures.timeliness(OTHER, "month", "2026-10") == Timeliness(43, 31)
    assert found.figures.timeliness(OTHER, "quarter", "2026/27 Q3") == Timeliness(43, 31)
    assert found.figures.counts["not", OTHER, "period", ALL] == 7


def test_a_difference_between_both_counts_is_no_small_number() -> None:
    """Where three are late by the referral alone, the second count is hidden, and the rule's is not."""
    october = month("Fri 2026-10-16", 40, 10)
    referred = [
        replace(row, referred_on=day("Mon 2026-01-05") if place < 3 else row.started_on)
        for place, row in enumerate(october)
    ]
    found = report(referred, clock=replace(TARGETED, also_from="referred_on"))
    assert found.figures.timeliness("month", "2026-10") == Timeliness(50, 40)
    assert found.figures.timeliness(OTHER, "month", "2026-10") is None
