"""One row of a digest: its day, its deadline, and what is asked."""

from dataclasses import replace
from datetime import date

import pytest

from alerter.domain.compiling import compile_digests
from alerter.domain.digest import Digest
from alerter.domain.extension import Extension
from alerter.domain.oversight import Scope, age_ranges
from alerter.domain.policy import Policy, Reassurance, Window
from alerter.domain.reasons import Reasons
from alerter.domain.routing import Judged, Route
from alerter.mail.view import view_of
from tests.mail import gallery
from tests.mail.reading import text_of
from tests.world import samples
from tests.world.letters import visible


def row(digest: Digest, assessment_id: str) -> str:
    """Return the first line of the text that begins with *assessment_id*, and what is remarked below it."""
    lines = text_of(digest).splitlines()
    place = next(place for place, line in enumerate(lines) if line.startswith(f"{assessment_id} "))
    remarks = lines[place + 1] if lines[place + 1].startswith("    ") else ""
    return f"{lines[place]}\n{remarks}"


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (38, "day 38 of 35, was due Wed 18 Nov (3 working days over)"),
        (36, "day 36 of 35, was due Fri 20 Nov (1 working day over)"),
        (35, "day 35 of 35, due Mon 23 Nov (today)"),
        (34, "day 34 of 35, due Tue 24 Nov (in 1 working day)"),
        (27, "day 27 of 35, due Thu 3 Dec (in 8 working days)"),
        (20, "day 20 of 35, due Mon 14 Dec (in 15 working days)"),
    ],
)
def test_row_counts_and_dates(days: int, words: str) -> None:
    """A row says the day of the limit, the due date with its weekday, and how far off that is."""
    assert words in row(samples.digest_of([samples.started(days, "A-1", "7")]), "A-1")


def test_due_date_in_another_year_shows_it() -> None:
    """The year is there when it is not that of `as_of`."""
    digest = samples.digest_of([samples.started(24, "A-1", "7", type="single")])
    long = replace(digest.alerts[0], due_on=date(2027, 1, 8))
    assert "due Fri 8 Jan 2027 (" in row(replace(digest, alerts=(long,)), "A-1")


def test_due_before_a_weekend_run_has_no_working_day_left() -> None:
    """A run on a Sunday looks back on a due date of Friday that is not overdue yet."""
    digest = samples.digest_of([samples.started(35, "A-1", "7")])
    text = text_of(digest, as_of=date(2026, 11, 29), next_run=date(2026, 11, 30))
    assert "due Mon 23 Nov (no working day left)" in text


@pytest.mark.parametrize(
    ("days", "by", "expected", "runs", "words"),
    [
        (27, "N.Okafor@council.example", 20, 1, "promised by Fri 20 Nov, not finished"),
        (27, "n.okafor@council.example", 26, 1, "reassured by you on Mon 9 Nov: expected Thu 26 Nov"),
        (27, "cover@council.example", 26, 1, "reassured by cover@council.example on Mon 9 Nov"),
        (
            27,
            "n.okafor@council.example",
            26,
            4,
            "your reassurance of Mon 9 Nov has lapsed: expected Thu 26 Nov",
        ),
        (38, "n.okafor@council.example", 26, 1, "you expect it Thu 26 Nov"),
        (38, "n.okafor@council.example", 20, 1, "promised by Fri 20 Nov, not finished"),
        (38, "c@council.example", 26, 1, "expected Thu 26 Nov (c@council.example)"),
        (27, "c@council.example", 20, 1, "promised by Fri 20 Nov (c@council.example), not finished"),
        (
            27,
            "c@council.example",
            26,
            4,
            "reassurance of Mon 9 Nov has lapsed (c@council.example): expected Thu",
        ),
    ],
)
def test_row_tells_the_reassurance(days: int, by: str, expected: int, runs: int, words: str) -> None:
    """A standing one says by whom and until when; one that did not hold says so."""
    given = Reassurance(
        by=by, given_on=date(2026, 11, 9), expected_on=date(2026, 11, expected), runs_since=runs
    )
    digest = samples.digest_of([samples.started(days, "A-1", "7")], reassurances={"A-1": given})
    assert words in row(digest, "A-1")


@pytest.mark.parametrize(
    ("days", "score", "submitted", "words"),
    [
        (31, None, None, ""),
        (31, 74, None, "returned, 74 of 100 (80 to pass): 4 of 35 days left"),
        (35, 74, None, "returned, 74 of 100 (80 to pass): the last of 35 days"),
        (36, 79, None, "returned, 79 of 100 (80 to pass): none of the 35 days left"),
        (31, 80, None, "audit passed, 80 of 100: only the sign-off is missing"),
        (31, None, date(2026, 11, 20), "waiting for audit since Fri 20 Nov: 4 of 35 days left"),
    ],
)
def test_row_says_what_the_audit_leaves(
    days: int, score: int | None, submitted: date | None, words: str
) -> None:
    """Where it stands with its audit, and what that leaves of the days; nothing where there is no score."""
    digest = samples.digest_of([samples.started(days, "A-1", "7", audit_score=score, submitted_on=submitted)])
    (alert,) = digest.alerts
    gated = replace(alert, clock=replace(alert.clock, audit_pass_mark=80))
    line = row(replace(digest, alerts=(gated,)), "A-1")
    assert (words in line) if words else ("audit" not in line)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "extension to Fri 4 Dec authorised by n.okafor@council.example: court proceedings"),
        ("cy", "estyniad hyd Gwen 4 Rhag a awdurdodwyd gan n.okafor@council.example: court proceedings"),
    ],
)
def test_row_tells_an_extension(language: str, words: str) -> None:
    """Until when, who authorised it and why; it changes neither the stage nor what is asked."""
    digest = samples.digest_of([samples.started(38, "A-1", "7")])
    extension = Extension(
        by=samples.MANAGER.email, until=date(2026, 12, 4), reason="court", recorded_on=date(2026, 11, 2)
    )
    extended = replace(digest, alerts=(replace(digest.alerts[0], extension=extension),))
    facts = gallery.facts(language, reasons=Reasons({"court": "court proceedings"}))
    with_it, without = (samples.writer().digest(each, facts) for each in (extended, digest))
    assert with_it.text.replace(f"    {words}\n", "") == without.text
    assert words in visible(with_it.html)


def test_absence_shows_until_it_is_over() -> None:
    """A worker is away through the date given, today's included."""
    for away, words in [(date(2026, 11, 23), "\n    away until Mon 23 Nov"), (date(2026, 11, 22), None)]:
        line = row(samples.digest_of([samples.started(27, "A-1", "7", worker_away_until=away)]), "A-1")
        assert (words in line) if words else ("away" not in line)


def test_siblings_stand_together_even_when_another_is_older_in_between() -> None:
    """Children of one assessment follow each other, at the place of the oldest."""
    week = [(31, "A-2", "1"), (30, "A-1", "2"), (29, "A-2", "3")]
    lines = text_of(samples.digest_of([samples.started(*each) for each in week])).splitlines()
    places = [place for place, line in enumerate(lines) if line.startswith("A-")]
    assert [lines[place].split("  ")[1] for place in places] == ["child 1", "child 3", "child 2"]
    assert "sibling, same assessment" in lines[places[1] + 1]


def test_a_sibling_repeats_nothing_but_what_every_row_shows() -> None:
    """Right below the first of them; in another group, or where it differs, it says it again."""
    away, score = {"worker_away_until": date(2026, 11, 30)}, {"audit_score": 74}
    week = [
        samples.started(38, "A-1", "1", **away, **score),
        samples.started(38, "A-1", "2", **away, **score),
        samples.started(38, "A-1", "3", audit_score=60),
        samples.started(28, "A-1", "4", **away, **score),
    ]
    lines = [
        line for line in text_of(samples.digest_of(week)).splitlines() if line.startswith(("A-1 ", "    "))
    ]
    assert lines[1::2] == [
        "    away until Mon 30 Nov; audit 74 of 100",
        "    sibling, same assessment",
        "    sibling, same assessment; audit 60 of 100",
        "    away until Mon 30 Nov; sibling, same assessment; audit 74 of 100",
    ]
    assert all("P. Adeyemi  day" in line and "due " in line for line in lines[::2])


@pytest.mark.parametrize("spans", [(7, 10), (9, 10), (10, 15), (20, 35), (25, 35)])
def test_the_page_splits_the_days_past_the_alert_day_as_the_email_does(spans: tuple[int, int]) -> None:
    """One assessment on each of the days: the same days stand together in both."""
    alert_after, working_days = spans
    clock = replace(samples.CORE, alert_after=alert_after, working_days=working_days)
    policy = Policy(samples.calendar(), {"core": clock}, Window(samples.AS_OF, samples.NEXT_RUN))
    alerts = [
        policy.judge(samples.started(days, f"A-{days}", "7"))
        for days in range(alert_after + 1, working_days + 1)
    ]
    (digest,) = compile_digests([Judged(0, alert, Route(samples.MANAGER)) for alert in alerts])
    (section,) = view_of(digest, samples.facts(clocks=(clock,)), None).sections
    *halves, _ = age_ranges(alerts, Scope(is_everything=True))
    days = [f"{half.first} to {half.last}" if half.first != half.last else f"{half.first}" for half in halves]
    expected = [f"Day {said} ({half.count})" for said, half in zip(days, halves, strict=True)]
    assert [group.heading for group in section.groups] == expected[::-1]
