"""C1, the process dies: killed at a chosen instruction; the next one loses nothing and doubles nothing."""

import pytest

from tests.acceptance.council import Council
from tests.faults.ledger import ledger_of
from tests.faults.system_calls import Call, first, killed_at
from tests.faults.victim import killed
from tests.faults.watched_office import CONNECT, WatchedOffice
from tests.faults.week import MANAGERS, WEEK, settled


def plan_writes(calls: list[Call]) -> dict[str, Call]:
    """
    Return writes of the transaction that plans a run: its first, one in the middle, and the last there is.
    """
    if any(call.name == "flock" for call in calls):
        until = calls.index(first(calls, "flock"))
        commit = [call for call in calls[:until] if call.name == "fdatasync"][-1]
        writes = [call for call in calls[: calls.index(commit)] if call.name == "pwrite64"]
        return {"first": writes[0], "middle": writes[len(writes) // 2], "last": writes[-1]}
    planned = first(calls, "sendto", "INSERT INTO runs")
    told = first(calls, "sendto", "INSERT INTO outbox", after=planned)
    return {"first": planned, "middle": told, "last": first(calls, "sendto", "COMMIT", after=told)}


@pytest.mark.parametrize("which", ["first", "middle", "last"])
def test_fault_001_killed_while_the_plan_is_written(
    week: Council, calls: list[Call], office: WatchedOffice, which: str
) -> None:
    """
    All of a plan is there or nothing: no run, no message; the next process plans from the beginning.
    """
    killed_at(week, plan_writes(calls)[which], *WEEK)
    assert (ledger_of(week).runs(), ledger_of(week).messages()) == ([], [])
    settled(week, office)


def test_fault_002_killed_between_plan_and_claim(
    week: Council, calls: list[Call], office: WatchedOffice
) -> None:
    """
    The plan is read and not computed again: what is sent is what was written, to the byte.
    """
    locks = [call for call in calls if call.name == "flock" or call.has("pg_advisory_lock(")]
    killed_at(week, locks[0], *WEEK)
    planned = ledger_of(week).messages()
    assert [each.state for each in planned] == ["queued"] * len(MANAGERS)
    settled(week, office)
    assert [parcel.content for parcel in office.kept[: len(MANAGERS)]] == [each.body for each in planned]


def test_fault_003_killed_after_the_claim(week: Council, office: WatchedOffice) -> None:
    """
    Before the mark nothing was delivered, so the message of the dead sender is sent at once, and once.
    """
    for step in (CONNECT, "EHLO", "MAIL", "RCPT"):
        killed(week, office, step, *WEEK)
        assert sorted(ledger_of(week).states().values()) == ["claimed", "queued"]
    settled(week, office)
