"""The process dies: killed at a chosen instruction; the next one loses nothing and doubles nothing."""

import signal

import pytest

from tests.acceptance.caseload import row
from tests.faults.system_calls import (
    THE_DOT,
    Call,
    distance,
    first,
    kill_at_next,
    killed_at,
    plan_writes,
    recorded,
)
from tests.faults.week import FIRST, MANAGERS, WEEK, amend, killed, needs_linux, settled, struck
from tests.world.council import ADMINS, Council
from tests.world.ledger import ledger_of
from tests.world.letters import is_word_of, read
from tests.world.mail_server import BODY, CONNECT, DOT, MailServer
from tests.world.process import until
from tests.world.terminal import alerter

pytestmark = needs_linux
TABLES = ("runs", "alerts", "outbox")


def killed_waiting_for(council: Council, table: str) -> None:
    """
    Start the weekly job on a server where somebody holds *table*, and kill it when it wants to write there.
    """
    with ledger_of(council).opened() as database, database.write() as connection:
        connection.exec_driver_sql(f"LOCK TABLE {table} IN SHARE MODE")
        waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = '{table}'::regclass"
        victim = council.start(*WEEK)
        until(lambda: connection.exec_driver_sql(waiting.format(table=table)).scalar_one() == 1)
        victim.kill()
    assert victim.ended().exit_code == -signal.SIGKILL


@pytest.mark.parametrize("table", TABLES)
def test_fault_001_killed_while_the_plan_is_written(
    request: pytest.FixtureRequest, week: Council, office: MailServer, table: str
) -> None:
    """All of a plan is there or nothing: no run, no message; the next process plans from the beginning."""
    if ledger_of(week).is_file:
        killed_at(week, plan_writes(request.getfixturevalue("calls"))[TABLES.index(table)], *WEEK)
    else:
        killed_waiting_for(week, table)
    assert (ledger_of(week).runs(), ledger_of(week).messages()) == ([], [])
    settled(week, office)


def test_fault_002_killed_between_plan_and_claim(
    week: Council, calls: list[Call], office: MailServer
) -> None:
    """The plan is read and not computed again: what is sent is what was written, to the byte."""
    # To live, a sender takes a lock: of a file, or on a further connection to the server.
    if ledger_of(week).is_file:
        call = first(calls, "flock")
    else:
        call = first(calls, "connect", after=first(calls, "sendto", "INSERT INTO outbox"))
    killed_at(week, call, *WEEK)
    planned = ledger_of(week).messages()
    assert [each.state for each in planned] == ["queued"] * len(MANAGERS)
    settled(week, office)
    assert [parcel.content for parcel in office.arrived[: len(MANAGERS)]] == [each.body for each in planned]


def test_fault_003_killed_after_the_claim(week: Council, office: MailServer) -> None:
    """Before the mark nothing was delivered, so the message of the dead sender is sent at once, and once."""
    for step in (CONNECT, "EHLO", "MAIL", "RCPT"):
        killed(week, office, step, *WEEK)
        assert sorted(ledger_of(week).states().values()) == ["claimed", "queued"]
    settled(week, office)


def test_fault_004_killed_in_the_middle_of_the_body(week: Council, office: MailServer) -> None:
    """The server has seen no dot and keeps nothing; the digest goes out whole, once."""
    week.extract([row(number, manager=FIRST.partition("@")[0]) for number in range(150)])
    assert alerter(week, "sync").exit_code == 0
    office.narrow()
    killed(week, office, BODY, *WEEK)
    assert ledger_of(week).states() == {FIRST: "claimed"}
    settled(week, office)
    (unfinished,) = office.unfinished()
    assert 0 < len(unfinished.content) < len(office.copies(FIRST)[0])


@pytest.mark.parametrize("policy", ["resend", "hold"])
def test_fault_005_killed_between_mark_and_dot(
    week: Council, calls: list[Call], office: MailServer, policy: str
) -> None:
    """
    Nobody can say from outside that nothing was delivered: it is sent again, or held and the admins told.
    """
    amend(week, f'delivery.unknown_outcome = "{policy}"')
    data = first(calls, "sendto", "DATA")
    nth = distance(calls, data, first(calls, "sendto", THE_DOT))
    struck(week, office, "DATA", lambda victim: kill_at_next(week, victim, "sendto", nth), *WEEK)
    assert ledger_of(week).states()[FIRST] == "marked"
    assert len(office.unfinished()) == 1
    if policy == "resend":
        settled(week, office)
        return
    assert alerter(week, "deliver").exit_code == 1
    assert ledger_of(week).states() == dict.fromkeys(MANAGERS, "sent") | {FIRST: "unknown"}
    assert office.tally() == {ADMINS: 1} | dict.fromkeys(MANAGERS[1:], 1)
    summary = read(office.arrived[-1])
    assert any("unknown" in line and is_word_of(FIRST, line) for line in summary.text.splitlines())
    assert alerter(week, "status").exit_code == 1


def test_fault_006_killed_after_the_dot(week: Council, office: MailServer) -> None:
    """The server has kept what nobody heard of: one copy more, the same to the byte, and no third."""
    killed(week, office, DOT, *WEEK)
    assert ledger_of(week).states()[FIRST] == "marked"
    settled(week, office, twice=FIRST)
    settled(week, office, twice=FIRST)


def test_fault_007_killed_after_the_reply(week: Council, office: MailServer) -> None:
    """A reply that is not recorded is unknown, as if there had been none."""
    call = "pwrite64" if ledger_of(week).is_file else "sendto"
    struck(week, office, DOT, lambda victim: kill_at_next(week, victim, call), *WEEK)
    assert ledger_of(week).states()[FIRST] == "marked"
    settled(week, office, twice=FIRST)


def test_fault_008_killed_while_the_reply_is_recorded(
    week: Council, calls: list[Call], office: MailServer
) -> None:
    """
    The record is there in full, and nothing is sent again, or it is not there, and there is one copy more.
    """
    dot = first(calls, "sendto", THE_DOT)
    is_file = ledger_of(week).is_file
    end = first(calls, "fdatasync", after=dot) if is_file else first(calls, "sendto", "COMMIT", after=dot)
    nth = distance(calls, dot, end)
    struck(week, office, DOT, lambda victim: kill_at_next(week, victim, end.name, nth), *WEEK)
    assert ledger_of(week).states()[FIRST] == ("sent" if is_file else "marked")
    settled(week, office, twice="" if is_file else FIRST)


def test_fault_009_killed_five_times_in_recovery(week: Council, office: MailServer) -> None:
    """Taking over is one transaction that begins anew each time; nothing is sent by halves or twice."""
    idle = recorded(week, "deliver", names=("pwrite64", "sendto"))
    looks = [call.nth for call in idle if call.name == "sendto" and call.has("FROM outbox", "IN (")]
    killed(week, office, "RCPT", *WEEK)
    for attempt in range(5):
        # On a server the look at what was left, the UPDATE, the COMMIT; on a file one write after another.
        call = Call("sendto", looks[0] + attempt % 3, "") if looks else Call("pwrite64", 1 + attempt, "")
        killed_at(week, call, "deliver")
        assert sorted(ledger_of(week).states().values()) == ["claimed", "queued"]
    settled(week, office)
