"""The process dies: while it reports, over and over, asleep, told to stop, and with a schema half new."""

import signal
from contextlib import closing
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from alerter.domain.delivery import MOST_DEATHS
from alerter.installation import clock
from alerter.installation.installation import Installation
from alerter.pipeline.deliver import LEASE, Channel, deliver
from alerter.store.schema import REVISION
from tests.faults.system_calls import recorded, struck_at
from tests.faults.week import FIRST, MANAGERS, WEEK, amend, killed, needs_linux, settled
from tests.world.council import ADMINS, Council
from tests.world.ledger import ledger_of
from tests.world.letters import is_word_of, read
from tests.world.mail_server import DOT, MailServer
from tests.world.process import Process
from tests.world.terminal import alerter
from tests.world.web import Watcher

pytestmark = needs_linux
OLDER = "0001"


@pytest.mark.parametrize("where", ["RCPT", DOT, "heartbeat"])
def test_fault_010_killed_while_reporting(
    week: Council, office: MailServer, watcher: Watcher, where: str
) -> None:
    """The admins' summary goes by the same rules as a digest; a heartbeat may be heard twice."""
    amend(week, f'schedule.heartbeat_url = "{watcher.url}"')
    if where == "heartbeat":
        victim = week.start(*WEEK)
        watcher.on_heard = lambda: None if watcher.heard[-1].endswith("/start") else victim.kill()
        assert victim.ended().exit_code == -signal.SIGKILL
        watcher.on_heard = lambda: None
    else:
        killed(week, office, where, *WEEK, to=ADMINS)
    settled(week, office)
    assert watcher.heard[-1] == "/ping/abc"
    summaries = office.copies(ADMINS)
    assert (len(summaries), len(set(summaries))) == (2 if where == DOT else 1, 1)


def test_fault_011_killed_again_and_again_over_one_message(on_file: Council, office: MailServer) -> None:
    """
    By SIGKILL, as from a system out of memory: after five deaths it is given up, and the admins are told.
    """
    for _ in range(MOST_DEATHS):
        killed(on_file, office, "RCPT", *WEEK, to=FIRST)
    assert alerter(on_file, *WEEK).exit_code == 1
    assert ledger_of(on_file).states() == dict.fromkeys(MANAGERS, "sent") | {FIRST: "undelivered"}
    assert office.tally() == {ADMINS: 1} | dict.fromkeys(MANAGERS[1:], 1)
    summary = read(office.arrived[-1])
    assert any(is_word_of(FIRST, line) for line in summary.text.splitlines())
    assert alerter(on_file, "status").exit_code == 1


def test_fault_012_told_to_stop_in_a_conversation(on_file: Council, office: MailServer) -> None:
    """
    SIGTERM: the message in hand is finished, the others wait, nothing is left in nobody's hand, exit code 0.
    """
    long_ago = clock.now(ZoneInfo("Europe/London")).date() - timedelta(weeks=5)
    assert alerter(on_file, "run", "--as-of", long_ago).exit_code == 0
    office.take()
    victim = on_file.start("serve", "--log", "json")
    office.at("RCPT", lambda: victim.send(signal.SIGTERM), to=FIRST)
    said = victim.ended()
    assert (said.exit_code, '"stopped"' in said.err) == (0, True)
    assert office.tally() == {FIRST: 1}
    assert ledger_of(on_file).states() == dict.fromkeys(MANAGERS, "queued") | {FIRST: "sent"}
    assert alerter(on_file, "deliver").exit_code == 0
    assert office.tally() == dict.fromkeys([*MANAGERS, ADMINS], 1)


def test_fault_013_stopped_for_longer_than_the_lease(week: Council, office: MailServer) -> None:
    """
    Somebody else has sent its message meanwhile: woken, it gets no mark, sends no dot, and settles nothing.
    """
    victim = week.start(*WEEK)
    office.at("DATA", lambda: sent_meanwhile(week, victim))
    said = victim.ended()
    assert said.exit_code == 0, said
    assert [parcel.recipient for parcel in office.unfinished()] == [FIRST]
    settled(week, office)


def sent_meanwhile(council: Council, victim: Process) -> None:
    """Stop a sender, let another send all that there is when its lease has run out, and wake it."""
    victim.stop()
    of = Installation.open(council.folder / "config.toml", {})
    transport = of.transport()
    with closing(of.database), closing(transport):
        deliver(
            Channel(
                database=of.database,
                transport=transport,
                unknown_outcome="resend",
                pace=lambda: None,
                clock=lambda: of.now() + LEASE + timedelta(seconds=1),
            )
        )
    victim.send(signal.SIGCONT)


def test_fault_014_killed_during_a_migration(week: Council, office: MailServer) -> None:
    """
    Of an older schema with a week's data: each death leaves it old or new, and the next start loses nothing.
    """
    settled(week, office)
    before = [(each.recipient, each.state, each.message_id, each.body) for each in ledger_of(week).messages()]
    ledger_of(week).age(OLDER)
    calls = recorded(week, "migrate", names=("pwrite64", "fdatasync", "sendto"))
    ledger_of(week).age(OLDER)
    is_file = ledger_of(week).is_file
    changes = [call for call in calls if call.name == "pwrite64" or call.has("TABLE") or call.has("COMMIT")]
    for call in (changes[len(changes) // 3], changes[len(changes) // 2], changes[-1]):
        struck_at(week, call, "migrate")
        assert ledger_of(week).revision() in (OLDER, REVISION)
        if not is_file and ledger_of(week).revision() == OLDER:
            assert "run `alerter migrate`" in alerter(week, "status").err
    assert alerter(week, "migrate").exit_code == 0
    assert ledger_of(week).revision() == REVISION
    after = [(each.recipient, each.state, each.message_id, each.body) for each in ledger_of(week).messages()]
    assert after == before
    settled(week, office)
