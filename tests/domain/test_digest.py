"""Digests: who has what in them, in which order, and the proof that they add up."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from alerter.domain.compiling import check_partition, compile_digests
from alerter.domain.data_exceptions import DataException
from alerter.domain.digest import Digest, stage_counts, unrouted
from alerter.domain.moved import Moved
from alerter.domain.policy import Alert, Policy, Reassurance, Stage
from alerter.domain.routing import Judged, Recipient, Route
from alerter.errors import PartitionError
from tests.world.assessments import AS_OF, CORE, FALLBACK, WEEK, aged, calendar_of, judged

NORTH = Route(Recipient("north@council.example", "N. Orth"))
SOUTH = Route(Recipient("south@council.example"))
GIVEN = Reassurance(by="north@council.example", given_on=AS_OF, expected_on=AS_OF + timedelta(days=3))


def alert_of(days: int, assessment_id: str, child_id: str = "71", **changed: Any) -> Alert:
    """Return an alert whose count is *days*."""
    return judged(aged(days, assessment_id=assessment_id, child_id=child_id, **changed))


def reassured(days: int, assessment_id: str) -> Alert:
    """Return an alert for which a reassurance stands."""
    return judged(aged(days, assessment_id=assessment_id), reassurance=GIVEN)


def keys(alerts: tuple[Alert, ...]) -> list[tuple[str, str]]:
    """Return the assessment and child of each, in their order."""
    return [alert.assessment.key for alert in alerts]


def moved_dates(assessment_id: str, child_id: str = "71") -> Moved:
    """Return a made-up change of dates."""
    days: dict[str, date] = dict.fromkeys(("alert_from", "due_from", "alert_to", "due_to"), AS_OF)
    return Moved(assessment_id=assessment_id, child_id=child_id, alert_day=25, **days)


def test_one_digest_per_recipient_whatever_the_case() -> None:
    """Two addresses that differ only in case are one recipient, under the first name that is known."""
    shouting = Route(Recipient("NORTH@council.example"))
    found = compile_digests(
        [
            Judged(0, alert_of(27, "A-1"), SOUTH),
            Judged(0, alert_of(28, "A-2"), shouting),
            Judged(0, alert_of(3, "A-3"), NORTH),
        ]
    )
    assert [digest.recipient for digest in found] == [NORTH.recipient, SOUTH.recipient]
    assert [(keys(digest.alerts), digest.on_track) for digest in found] == [
        ([("A-2", "71")], 1),
        ([("A-1", "71")], 0),
    ]
    nameless = compile_digests(
        [Judged(0, alert_of(28, "A-2"), shouting), Judged(0, alert_of(3, "A-3"), shouting)]
    )
    assert [digest.recipient for digest in nameless] == [shouting.recipient]


def test_nothing_open_is_no_digest() -> None:
    """Who owns nothing is told nothing, whatever exceptions there are."""
    assert compile_digests([], [DataException("vanished", "A-1", "71", "gone")], [moved_dates("A-1")]) == []


def test_worst_first() -> None:
    """Stages go from overdue to approaching, and within one, from the longest open to the shortest."""
    alerts = [
        alert_of(21, "A-1"), reassured(34, "A-2"), alert_of(26, "A-3"), alert_of(40, "A-4"),
        alert_of(24, "A-5"), alert_of(36, "A-6"), reassured(35, "A-7"), alert_of(35, "A-8"),
        alert_of(26, "A-0"), alert_of(2, "A-9"),
    ]  # fmt: skip
    (digest,) = compile_digests([Judged(0, alert, NORTH) for alert in alerts])
    assert [id_ for id_, _ in keys(digest.alerts)] == [
        "A-4", "A-6", "A-8", "A-0", "A-3", "A-7", "A-2", "A-5", "A-1",
    ]  # fmt: skip
    assert keys(digest.of_stage(Stage.REASSURED)) == [("A-7", "71"), ("A-2", "71")]
    assert digest.of_stage(Stage.ON_TRACK) == ()


def test_clocks_of_different_length_go_by_what_is_left() -> None:
    """Day 15 of 10 is five days over and comes before day 37 of 35; day 9 of 10 comes before day 30 of 35."""
    alerts = [
        alert_of(37, "A-1"), alert_of(15, "A-2", type="initial"),
        alert_of(30, "A-3"), alert_of(9, "A-4", type="initial"),
    ]  # fmt: skip
    (digest,) = compile_digests([Judged(0, alert, NORTH) for alert in alerts])
    assert [id_ for id_, _ in keys(digest.alerts)] == ["A-2", "A-1", "A-4", "A-3"]


def test_siblings_stand_together() -> None:
    """One assessment's children of one stage stand where the worst does, though others lie between in age."""
    alerts = [
        alert_of(26, "A-2", "80"), alert_of(29, "A-1", "72"), alert_of(27, "A-3", "90"),
        alert_of(28, "A-2", "82"), alert_of(28, "A-2", "81"), alert_of(38, "A-2", "83"),
        alert_of(29, "A-1", "71"), alert_of(28, "A-0", "99"),
    ]  # fmt: skip
    (digest,) = compile_digests([Judged(0, alert, NORTH) for alert in alerts])
    assert keys(digest.alerts) == [
        ("A-2", "83"),
        ("A-1", "71"), ("A-1", "72"),
        ("A-0", "99"),
        ("A-2", "81"), ("A-2", "82"), ("A-2", "80"),
        ("A-3", "90"),
    ]  # fmt: skip


def test_what_looks_like_one_family_stands_together() -> None:
    """The same worker, referral and start under ids of their own: next to each other where equally old."""
    seen = {"worker": "W-1", "referred_on": AS_OF - timedelta(days=60)}
    alerts = [
        alert_of(28, "A-1", "1", **seen), alert_of(28, "A-2", "2", worker="W-2"),
        alert_of(28, "A-3", "3", **seen), alert_of(28, "A-4", "4", worker="W-1"),
        alert_of(27, "A-0", "5", **seen),
    ]  # fmt: skip
    (digest,) = compile_digests([Judged(0, alert, NORTH) for alert in alerts])
    assert [id_ for id_, _ in keys(digest.alerts)] == ["A-1", "A-3", "A-2", "A-4", "A-0"]


def test_counts_add_up() -> None:
    """
    The stages add up to what is open, and what asks for the manager leaves out what is reassured or on track.
    """
    alerts = [alert_of(36, "A-1"), alert_of(26, "A-2"), reassured(26, "A-3"), alert_of(21, "A-4")]
    alerts += [alert_of(2, "A-5"), alert_of(3, "A-6")]
    (digest,) = compile_digests([Judged(0, alert, NORTH) for alert in alerts])
    counts = {"overdue": 1, "past_alert": 1, "reassured": 1, "approaching": 1, "on_track": 2}
    assert digest.counts == stage_counts(alerts) == counts
    assert list(digest.counts) == list(Stage)
    assert (digest.open, digest.asks) == (6, 3)


def test_teams_and_those_covered_for() -> None:
    """
    A digest names its teams and whom its recipient covers for, each once and in order; blanks are left out.
    """
    covering = replace(NORTH, covering_for="P. Novak")
    (digest,) = compile_digests(
        [
            Judged(0, alert_of(3, "A-1", team="Duty"), covering),
            Judged(0, alert_of(3, "A-2", team="Court"), replace(NORTH, covering_for="B. Ecker")),
            Judged(0, alert_of(3, "A-3", team=""), NORTH),
            Judged(0, alert_of(3, "A-4", team="Duty"), covering),
        ]
    )
    assert (digest.teams, digest.covering_for) == (("Court", "Duty"), ("B. Ecker", "P. Novak"))


def test_exceptions_and_moved_dates_go_with_their_assessment() -> None:
    """Each recipient reads of their own alone: a sibling's stay with the sibling."""
    faults = [
        DataException("duplicate_open", "A-1", "71", "first"),
        DataException("start_in_future", "A-1", "71", "second"),
        DataException("duplicate_open", "A-1", "72", "sibling"),
        DataException("vanished", "A-9", "71", "nobody's"),
    ]
    shifts = [moved_dates("A-1"), moved_dates("A-1", "72"), moved_dates("A-9")]
    north, south = compile_digests(
        [
            Judged(0, alert_of(27, "A-1"), NORTH),
            Judged(0, alert_of(2, "A-1", "72"), SOUTH),
            Judged(0, alert_of(2, "A-2"), SOUTH),
        ],
        faults,
        shifts,
    )
    assert (north.to_mend, north.moved) == (tuple(faults[:2]), (shifts[0],))
    assert (south.to_mend, south.moved) == ((faults[2],), (shifts[1],))


def test_checkpoints_are_those_on_track() -> None:
    """What reaches a checkpoint is named while it is on track; what is listed already is not named twice."""
    policy = Policy(calendar_of(), {"core": replace(CORE, checkpoints=(10, 30))}, WEEK)
    alerts = [policy.judge(aged(days, assessment_id=f"A-{days}")) for days in (4, 8, 27)]
    (digest,) = compile_digests([Judged(0, alert, NORTH) for alert in alerts])
    assert alerts[2].checkpoint is not None
    assert digest.checkpoints == (alerts[1],)


def test_unrouted_are_the_fallbacks() -> None:
    """What nobody else was found for is in the fallback's digest, listed or counted, with the reason."""
    nobody = Route(FALLBACK, "no_manager", "team 'Court' is not in the directory")
    rows = [
        Judged(0, alert_of(27, "A-1"), nobody),
        Judged(0, alert_of(2, "A-2"), nobody),
        Judged(0, alert_of(28, "A-3"), Route(FALLBACK)),
    ]
    (digest,) = compile_digests(rows)
    reasons = [DataException("no_manager", id_, "71", nobody.detail) for id_ in ("A-1", "A-2")]
    assert unrouted(rows) == list(digest.unrouted) == reasons
    assert (len(digest.alerts), digest.on_track) == (2, 1)


def test_all_clear_is_nothing_but_a_count() -> None:
    """Anything there is to say, a checkpoint or a moved date too, makes a digest more than an all-clear."""
    clear = Digest(recipient=NORTH.recipient, alerts=(), on_track=3)
    assert clear.is_all_clear
    alert, fault = alert_of(27, "A-1"), DataException("vanished", "A-1", "71", "gone")
    more: list[dict[str, Any]] = [
        {"alerts": (alert,)}, {"to_mend": (fault,)}, {"unrouted": (fault,)}, {"checkpoints": (alert,)},
        {"moved": (moved_dates("A-1"),)},
    ]  # fmt: skip
    assert not any(replace(clear, **each).is_all_clear for each in more)


JUDGED = [
    Judged(0, alert_of(36, "A-1"), NORTH),
    Judged(0, alert_of(27, "A-2"), NORTH),
    Judged(0, alert_of(27, "A-2", "72"), SOUTH),
    Judged(0, alert_of(2, "A-3"), SOUTH),
    Judged(0, alert_of(3, "A-4"), NORTH),
]
ALERTS = [row.alert for row in JUDGED]
OPEN = keys(tuple(ALERTS))
FOREIGN = alert_of(36, "A-99")


def test_digests_that_add_up() -> None:
    """What was compiled from all that is open passes, and so does nothing from nothing."""
    check_partition(OPEN, ALERTS, compile_digests(JUDGED))
    check_partition([], [], [])


def tampered(**changed: Any) -> list[Digest]:
    """Return the two digests with the first one *changed*."""
    first, second = compile_digests(JUDGED)
    return [replace(first, **changed), second]


FIRST, SECOND = compile_digests(JUDGED)
ASTRAY = {
    "a listed row is missing": tampered(alerts=FIRST.alerts[1:]),
    "a listed row is only counted": tampered(alerts=FIRST.alerts[1:], on_track=FIRST.on_track + 1),
    "a counted row is missing": tampered(on_track=0),
    "a counted row is counted twice": tampered(on_track=2),
    "a row is twice in one digest": tampered(alerts=(*FIRST.alerts, FIRST.alerts[0])),
    "a row is in two digests": tampered(alerts=(*FIRST.alerts, *SECOND.alerts)),
    "a row is twice and another missing": tampered(alerts=(FIRST.alerts[1], SECOND.alerts[0])),
    "a row is not open": tampered(alerts=(*FIRST.alerts, FOREIGN)),
    "a row is not open and another missing": tampered(alerts=(FOREIGN, FIRST.alerts[1])),
    "a row has another stage": tampered(
        alerts=(replace(FIRST.alerts[0], stage=Stage.PAST_ALERT), FIRST.alerts[1])
    ),
    "a digest is missing": [FIRST],
    "a digest is there twice": [FIRST, SECOND, SECOND],
    "an all-clear is there twice": [FIRST, SECOND, replace(SECOND, alerts=())],
    "no digest": [],
}


@pytest.mark.parametrize("what", ASTRAY)
def test_digests_that_do_not_add_up(what: str) -> None:
    """One row missing, doubled, foreign or misplaced stops the run."""
    with pytest.raises(PartitionError, match="the digests do not add up: 5 open, 5 judged, "):
        check_partition(OPEN, ALERTS, ASTRAY[what])


@pytest.mark.parametrize(
    ("open_keys", "alerts"),
    [
        (OPEN[:-1], ALERTS),
        (OPEN, ALERTS[:-1]),
        ([*OPEN, ("A-5", "71")], ALERTS),
        (OPEN[:-1] + OPEN[-2:-1], ALERTS),
        (OPEN, [*ALERTS[:-1], ALERTS[-2]]),
        (OPEN[:-1] + OPEN[-2:-1], [*ALERTS[:-1], ALERTS[-2]]),
        ([*OPEN[:-1], ("A-5", "71")], ALERTS),
    ],
)
def test_what_is_open_and_was_not_judged_once(open_keys: list[tuple[str, str]], alerts: list[Alert]) -> None:
    """Sums that agree prove nothing while what was judged is not exactly what is open."""
    with pytest.raises(PartitionError):
        check_partition(open_keys, alerts, compile_digests(JUDGED))


def test_complaint_gives_the_sums_and_names_nobody() -> None:
    """The sentence says what does not add up, with no id in it."""
    with pytest.raises(PartitionError) as caught:
        check_partition(OPEN, ALERTS, ASTRAY["a row is twice and another missing"])
    assert str(caught.value) == (
        "the digests do not add up: 5 open, 5 judged, 5 in digests, 1 listed twice, 0 not open. "
        "Nothing was sent; please report this."
    )
