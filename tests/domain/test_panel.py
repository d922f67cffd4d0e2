"""The panel's figures and sentences, on small councils that can be counted by hand."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from alerter.domain.assessment import Assessment
from alerter.domain.figures import ALL, LATE
from alerter.domain.forecast import FEWEST_FINISHED
from alerter.domain.key_points import back_test_sentence, key_points, noun
from alerter.domain.panel import Facts, Panel, panel
from alerter.domain.panel_lines import NO_REASON, NO_TEAM, OPEN, OTHER_REASONS
from alerter.domain.policy import Clock, Reassurance, Stage
from alerter.domain.target import Headroom
from alerter.domain.timeliness import Timeliness
from alerter.domain.year_line import year_line, year_lines
from tests.domain.made_up import CORE, aged, assessment, calendar_of, day, judged

AS_OF = day("Mon 2026-11-23")
APRIL = day("Wed 2026-04-01")
TARGETED = replace(CORE, target_percent=81, audit_pass_mark=80)


def signed(on: date, days: int, number: int, **facts: Any) -> Assessment:
    """
    Return an assessment signed off *on* a working day, so many days old.
    """
    start = calendar_of().latest_start(on, days)
    return assessment(start, assessment_id=f"{on}-{days}-{number}", authorised_on=on, **facts)


def month(text: str, in_time: int, late: int, **facts: Any) -> list[Assessment]:
    """
    Return a month's sign-offs, all on one day.
    """
    rows = [signed(day(text), 30, number, **facts) for number in range(in_time)]
    return rows + [signed(day(text), 40, number, **facts) for number in range(late)]


def report(
    rows: list[Assessment], first: date = APRIL, clock: Clock = TARGETED, below: int = 6, **facts: Any
) -> Panel:
    """
    Return the panel of these assessments on Monday 23 November 2026.
    """
    numbered = dict(enumerate(rows))
    usual: dict[str, Any] = {
        "calendar": calendar_of(),
        "as_of": AS_OF,
        "assessments": numbered,
        "alerts": [judged(each) for each in rows if each.is_open(AS_OF) and each.type == "core"],
        "reassurances": {},
        "first_scores": {},
        "are_first_scores": True,
        "reasons": {"complex": "Other very complex needs"},
        "suppress_below": below,
    }
    return panel(Facts(**usual | facts), clock, first)


def history() -> list[Assessment]:
    """
    Return some twenty months: last year 70 %, October 90 %, November so far 75 %.
    """
    return [
        *month("Tue 2025-04-15", 35, 15),
        *month("Thu 2025-12-11", 35, 15),
        *month("Fri 2026-10-16", 45, 5),
        *month("Fri 2026-11-13", 15, 5),
    ]


def test_months_quarters_and_years_are_lines() -> None:
    """
    Twelve months back at least, whole quarters only, and last year where it was seen from its start.
    """
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
    """
    With nothing hidden the year to date, its months and last year are there.
    """
    found = report(history(), below=0)
    assert found.to_date == Timeliness(70, 60)
    assert found.figures.percent("month", "2026-10") == 90
    assert found.figures.percent("year", "2025/26") == 70
    assert found.figures.counts["quarter", "2026/27 Q3", ALL] == 70


def test_a_report_may_begin_on_any_day() -> None:
    """
    Its own total counts from that day on; the months stay whole.
    """
    found = report(history(), first=day("Sat 2026-10-17"), below=0)
    assert found.figures.counts["period", ALL] == 20
    assert found.figures.counts["month", "2026-10", ALL] == 50


def test_a_year_that_was_not_seen_whole_has_no_line() -> None:
    """
    An extract that begins in December tells nothing of the year before.
    """
    assert [each.name for each in report(history()[50:], below=0).lines.years] == ["2026/27"]


def test_teams_reasons_and_bands_add_up_to_the_period() -> None:
    """
    Each list covers everything authorised in the period, named or not.
    """
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
    assert sum(figures.counts["band", name] for name in ("21-30", "31-40")) == 36
    assert report(month("Fri 2026-10-16", 9, 0)).lists.reasons == ()


def test_a_limit_at_the_end_of_a_band_ties_the_bands_to_the_outcomes() -> None:
    """
    With 45 days, what is late can be added up from the bands, so a small number is hidden in both.
    """
    clock = Clock(type="core", label="Single assessment", working_days=45, alert_after=35)
    rows = [signed(day("Fri 2026-10-16"), days, n) for n, days in enumerate([30] * 20 + [43] * 20 + [49] * 3)]
    figures = report(rows, clock=clock).figures
    assert figures.shown("band", "46-50") is None
    assert figures.shown("period", LATE) is None
    assert figures.timeliness("period") is None


def test_why_it_was_late_is_what_managers_said() -> None:
    """
    By frequency; what was said seldom, in words of somebody's own, is one of the others.
    """
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


def test_what_is_open_stands_by_team_and_stage() -> None:
    """
    Totals of both; whoever is away today holds so many.
    """
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
    """
    What may still be late until 31 March, at the pace of the last year; none without a target or in the dark.
    """
    found = report([*month("Thu 2025-12-11", 60, 0), *month("Fri 2026-10-16", 40, 20), *open_ones()])
    assert isinstance(found.headroom, Headroom)
    assert found.headroom.so_far == Timeliness(60, 40)
    assert 40 <= found.headroom.further <= 50  # 120 in some 240 days, 90 days to come
    assert found.year_ends is not None
    assert found.year_ends.best == Timeliness(76, 47)
    assert report(month("Fri 2026-10-16", 40, 20), clock=CORE).headroom is None
    hidden = report(month("Fri 2026-10-16", 40, 3))
    assert (hidden.headroom, hidden.year_ends) == (None, None)


def test_a_report_is_made_to_the_last_day_that_is_known() -> None:
    """
    Where the bank holidays end before the financial year does, what is to come ends with them.
    """
    found = report([], as_of=day("Mon 2035-12-31"))
    assert found.headroom is not None
    assert found.headroom.further == 0


def open_ones() -> list[Assessment]:
    """
    Return nine that are overdue and seven past day 25.
    """
    late = [aged(40, assessment_id=f"late{n}") for n in range(9)]
    return [*late, *(aged(28, assessment_id=f"past{n}") for n in range(7))]


def test_audits_are_those_of_what_was_signed_off() -> None:
    """
    Scores of open or earlier assessments do not count; no mark, or no score, is no audit.
    """
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


@pytest.mark.parametrize(
    "facts", [{"are_first_scores": False}, {"first_scores": dict.fromkeys(range(20), 85) | {0: 74}}]
)
def test_no_pass_rate_that_is_not_known_or_not_to_be_shown(facts: dict[str, Any]) -> None:
    """
    A case system alone tells only last scores, and one that was returned is too few.
    """
    rows = month("Fri 2026-10-16", 20, 0)
    found = report(rows, **{"first_scores": dict.fromkeys(range(20), 85)} | facts)
    assert not any("quality audit" in sentence for sentence in key_points(found))


def test_sentences_of_a_good_year() -> None:
    """
    The year, last year, the last whole month and the lowest, what is open, the target, and no forecast.
    """
    rows = [
        *month("Tue 2025-04-15", 35, 15),
        *month("Wed 2026-09-16", 16, 8),
        *month("Fri 2026-10-16", 70, 6),
        *open_ones(),
    ]
    said = key_points(report(rows))
    assert said[:4] == [
        (
            "In time were 86 of the 100 core assessments authorised since 1 April 2026: 86.00 %; "
            "the target of 81 % is met, by 5.00 points."
        ),
        "2025/26 came to 70.00 %: the target was missed.",
        "October 2026 came to 92.11 %, 25.44 points above September 2026.",
        "The lowest month since September 2026 was September 2026, with 66.67 %.",
    ]
    assert said[4].startswith("9 are overdue of the 16 that are open now.")
    assert said[5].endswith(
        "the year comes to 80.17 % if each of the latter is in time, and to 74.14 % if none is."
    )
    assert "may be late and the year still come to 81 %." in said[6]
    assert len(said) == 8 or said[-1].startswith("Expected")


def test_sentences_of_a_year_beyond_mending() -> None:
    """
    A target that cannot be met says so, and how many in a row would be needed.
    """
    said = key_points(report(month("Fri 2026-11-20", 10, 300)))
    assert "The target of 81 % is out of reach this year, even if all that follow are in time." in said
    assert any(each.startswith("To be at 81 % again at once, the next ") for each in said)


def test_sentences_where_nothing_can_be_told() -> None:
    """
    An empty store has neither figures nor a forecast, and no percentage is made of nothing.
    """
    said = key_points(report([]))
    assert said[0] == "No core assessment was authorised since 1 April 2026."
    assert said[-1].startswith(f"A forecast needs at least {FEWEST_FINISHED} finished assessments")
    assert back_test_sentence(report([])) == ""
    small = [*month("Tue 2025-04-15", 35, 3), *month("Fri 2026-10-16", 40, 3), aged(40)]
    hidden = key_points(report(small))
    assert not any(sentence.startswith("2025/26 came to") for sentence in hidden)
    assert hidden[0] == "What was authorised since 1 April 2026 is too few to be shown."
    assert any("What is open and overdue is too few to be shown" in each for each in hidden)


def test_sentences_without_a_target() -> None:
    """
    Only what was, and no verdict on it.
    """
    rows = [*month("Tue 2025-04-15", 35, 15), *month("Fri 2026-10-16", 50, 10)]
    said = key_points(report(rows, clock=CORE))
    assert said[0].endswith("authorised since 1 April 2026: 83.33 %.")
    assert said[1] == "2025/26 came to 70.00 %."


def test_the_forecast_is_told_with_its_test() -> None:
    """
    Four months with their ranges; how the range held, and by how much a guess would have missed.
    """
    rows = [
        each
        for at in ("Fri 2025-08-15", "Mon 2025-09-15", "Wed 2025-10-15", "Fri 2025-11-14", "Mon 2025-12-15")
        for each in month(at, 30, 10)
    ]
    found = report(rows)
    assert any(
        each.startswith("Expected, with the range that should hold four times in five: November ")
        for each in key_points(found)
    )
    said = back_test_sentence(found)
    assert said.startswith("Put to the test on 3 past months, the range held ")
    assert "would have missed by" in said
    assert found.outlook is not None
    tested = found.outlook.back_test
    bare = replace(tested, trials=tuple(replace(trial, naive=None) for trial in tested.trials))
    sentence = back_test_sentence(replace(found, outlook=replace(found.outlook, back_test=bare)))
    assert sentence.endswith("of the time (80 % was promised).")


@pytest.mark.parametrize(("label", "said"), [("Core assessment", "core assessment"), ("ICPC", "ICPC")])
def test_a_type_is_named_as_in_a_sentence(label: str, said: str) -> None:
    """
    A word loses its capital, letters that stand for words keep theirs.
    """
    assert noun(report([], clock=replace(TARGETED, label=label))) == said


def test_the_year_in_one_sentence() -> None:
    """
    Each type that has something to tell; what is overdue is told even if nothing was authorised.
    """
    rows = [*month("Fri 2026-10-16", 3, 1), *month("Tue 2026-03-10", 9, 0), aged(40)]
    alerts = [judged(aged(40)), judged(aged(28))]
    clocks = {"core": TARGETED, "initial": replace(CORE, type="initial", label="Initial assessment")}
    (said,) = year_lines(calendar_of(), clocks, rows, alerts, AS_OF)
    assert said == (
        "Core assessment since 1 April 2026: 3 of 4 in time, 75.00 % (target 81 %); open and overdue: 1."
    )
    (overdue,) = year_lines(calendar_of(), clocks, [], alerts, AS_OF)
    assert overdue == "Core assessment since 1 April 2026: none authorised; open and overdue: 1."
    assert year_line(CORE, Timeliness(4, 3), 0, APRIL).endswith(
        "3 of 4 in time, 75.00 %; open and overdue: 0."
    )
