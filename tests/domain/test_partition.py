"""The promise: whatever is open is in exactly one digest, listed or counted."""

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta
from itertools import groupby
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.plan import Findings, Plan, Rules, work_out
from alerter.domain.policy import Alert, Reassurance, Stage
from alerter.domain.routing import DirectoryEntry
from alerter.domain.schedule import Schedule
from tests.world.assessments import CLOCKS, DOMAINS, FALLBACK, assessment, calendar_of, entry

TEAMS = st.sampled_from(["", "Duty & Assessment", "duty and assessment", "Court", "Edge"])
WORKERS = st.sampled_from(["", "W01", "w01", "W02"])
EMAILS = st.sampled_from(
    ["", "", "m@council.example", "M@Council.Example", "n@council.example", "o@evil.example", "bad address"]
)
ENTRIES = st.lists(
    st.builds(
        entry, st.integers(2, 99), team=TEAMS, worker=WORKERS, manager_email=EMAILS,
        manager_name=st.sampled_from(["", "N. Ame"]), cover_email=EMAILS,
    ),
    max_size=6,
)  # fmt: skip
ROWS = st.lists(
    st.tuples(
        st.integers(1, 6), st.integers(1, 5), st.integers(-9, 90), TEAMS, WORKERS, EMAILS,
        st.sampled_from(["core", "core", "initial"]),
        st.none() | st.tuples(st.integers(-5, 9), st.integers(0, 5)),
    ),
    max_size=25, unique_by=lambda row: row[:2],
)  # fmt: skip
Row = tuple[int, int, int, str, str, str, str, tuple[int, int] | None]


def plan_of(rows: list[Row], directory: list[DirectoryEntry], as_of: date, weekday: int) -> Plan:
    """Return the run worked out from *rows*, each with its days open and perhaps a reassurance."""
    calendar = calendar_of("england")
    rules = Rules(
        calendar=calendar, clocks=CLOCKS, schedule=Schedule(weekday, calendar), fallback=FALLBACK,
        allowed_domains=DOMAINS,
    )  # fmt: skip
    opened = {
        number: assessment(
            as_of - timedelta(days=days_open), assessment_id=f"A-{id_}", child_id=f"C-{child}", team=team,
            worker=worker, manager_email=email, type=type_,
        )
        for number, (id_, child, days_open, team, worker, email, type_, _) in enumerate(rows)
    }  # fmt: skip
    given_to = {
        number: Reassurance(
            by="m@council.example", given_on=as_of, expected_on=as_of + timedelta(days=row[7][0]),
            runs_since=row[7][1],
        )
        for number, row in enumerate(rows)
        if row[7] is not None
    }  # fmt: skip
    return work_out(rules, Findings(open=opened, reassurances=given_to, directory=directory), as_of)


def key(alert: Alert) -> tuple[str, str]:
    """Return the assessment and the child."""
    return alert.assessment.key


@given(
    rows=ROWS,
    directory=ENTRIES,
    as_of=st.dates(date(2019, 1, 1), date(2030, 12, 1)),
    weekday=st.integers(0, 6),
)
def test_every_open_assessment_is_in_exactly_one_digest(
    rows: list[Row], directory: list[DirectoryEntry], as_of: date, weekday: int
) -> None:
    """
    Over random caseloads, directories and weeks, each is where it was routed, once, and every sum agrees.
    """
    plan = plan_of(rows, directory, as_of, weekday)
    by_address = {digest.recipient.key: digest for digest in plan.digests}
    assert len(by_address) == len(plan.digests)
    listed = {
        address: Counter(key(alert) for alert in digest.alerts) for address, digest in by_address.items()
    }
    counted = Counter({address: digest.on_track for address, digest in by_address.items()})
    for row in plan.judged:
        alert, route = row.alert, row.route
        if alert.stage is Stage.ON_TRACK:
            counted[route.recipient.key] -= 1
        else:
            listed[route.recipient.key][key(alert)] -= 1
    assert not any(counted.values())
    assert not any(times for rows_ in listed.values() for times in rows_.values())
    assert sum(digest.open for digest in plan.digests) == plan.counts["open"] == len(rows)
    for stage in Stage:
        assert plan.counts[stage.value] == sum(digest.counts[stage] for digest in plan.digests)
    astray = {each.key for digest in plan.digests for each in digest.unrouted}
    assert astray == {key(row.alert) for row in plan.judged if row.route.problem}
    assert all(digest.recipient == FALLBACK for digest in plan.digests if digest.unrouted)


@given(rows=ROWS, as_of=st.dates(date(2019, 1, 1), date(2030, 12, 1)))
def test_order_within_a_digest(rows: list[Row], as_of: date) -> None:
    """Stages follow each other worst first, one assessment's children stand together, and the worst leads."""
    plan = plan_of(rows, [], as_of, 0)
    for digest in plan.digests:
        stages = [stage for stage, _ in groupby(digest.alerts, key=lambda alert: alert.stage)]
        assert stages == [stage for stage in Stage if stage in stages]
        for stage in stages:
            families = [list(g) for _, g in groupby(digest.of_stage(stage), key=lambda alert: key(alert)[0])]
            ids = [key(family[0])[0] for family in families]
            assert len(ids) == len(set(ids))
            left = [[alert.clock.working_days - alert.age for alert in family] for family in families]
            assert [family[0] for family in left] == sorted(min(family) for family in left)
            assert all(family == sorted(family) for family in left)


@given(rows=ROWS, directory=ENTRIES, as_of=st.dates(date(2019, 1, 1), date(2030, 12, 1)), random=st.randoms())
def test_order_of_the_rows_changes_no_digest(
    rows: list[Row], directory: list[DirectoryEntry], as_of: date, random: Random
) -> None:
    """The same caseload in another order makes the same digests, but for the order of remarks."""
    shuffled = list(rows)
    random.shuffle(shuffled)
    first, second = (plan_of(each, directory, as_of, 0).digests for each in (rows, shuffled))
    bare_first, bare_second = (
        [replace(each, recipient=FALLBACK, to_mend=(), unrouted=()) for each in digests]
        for digests in (first, second)
    )
    assert bare_first == bare_second
    assert [each.recipient.key for each in first] == [each.recipient.key for each in second]
