"""The delivery rows of the fault matrix through Microsoft Graph; each row's first test is by SMTP."""

from collections.abc import Iterator

import pytest

pytest.importorskip("msal", reason="needs the extra m365")

from alerter.pipeline import weekly
from tests.faults.week import FIRST, WEEK, made_ready, needs_linux, settled, struck
from tests.world.council import ADMINS, Council
from tests.world.graph import (
    ANSWERED,
    CONNECTED,
    HANG_UP,
    HEAD,
    LAST,
    MIDDLE,
    SECRET,
    TOKEN,
    WHOLE,
    GraphDouble,
    Reply,
)
from tests.world.ledger import ledger_of
from tests.world.process import Process
from tests.world.service import MANAGERS as BOTH
from tests.world.service import Service


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def graph() -> Iterator[GraphDouble]:
    """Run a double of Microsoft Graph."""
    with GraphDouble() as double:
        yield double


@pytest.fixture
def by_graph(monday: Service, graph: GraphDouble) -> Service:
    """Return a service that waits for its Monday, and sends through Graph."""
    monday.configure(**graph.settings)
    return monday


def everybody_has_one(graph: GraphDouble) -> bool:
    """Say whether each manager's digest was kept once."""
    return [graph.tally()[manager] for manager in BOTH] == [1, 1]


@pytest.mark.parametrize(
    "reply", [Reply(HANG_UP, step=HEAD), Reply(HANG_UP, step=MIDDLE), Reply(202, step=HEAD)]
)
def test_more_of_015_and_103_before_the_last_byte(
    by_graph: Service, graph: GraphDouble, reply: Reply
) -> None:
    """Hung up on, or answered, before the request was whole: owed, signalled as failed, and sent later."""
    graph.script([reply, reply, Reply()])
    by_graph.at("08:00")
    assert set(by_graph.states()) <= {"deferred", "queued", "sent"}
    by_graph.at("12:00", "12:01", "12:10")
    assert by_graph.states() == ["sent", "sent"]
    # An answer still under way when the last byte leaves passes for the answer to it, here as over SMTP.
    assert everybody_has_one(graph) or reply.status == 202


@pytest.mark.parametrize("status", [401, 403])
def test_more_of_020_and_022_no_permission(by_graph: Service, graph: GraphDouble, status: int) -> None:
    """One request, one token: the run stops, names the permission, and goes on when that is mended."""
    graph.script([Reply(status, "ErrorAccessDenied")])
    by_graph.at("08:00")
    assert (len(graph.seen), len(graph.asked), graph.arrived) == (1, 1, [])
    assert set(by_graph.states()) <= {"deferred", "queued"}
    assert "Mail.Send" in by_graph.messages()[0]["reply"]
    assert by_graph.heard() == ["start", "fail"]
    graph.script([Reply()])
    by_graph.at("12:00", "12:01")
    assert everybody_has_one(graph)
    assert by_graph.heard()[-1] == "success"


@pytest.mark.parametrize("status", [429, 503])
def test_more_of_026_and_028_throttled(by_graph: Service, graph: GraphDouble, status: int) -> None:
    """All wait as long as Graph says, whatever their own back-off; `deliver` by a person tries at once."""
    graph.script([Reply(status, "TooManyRequests", {"Retry-After": "1800"}), Reply()])
    by_graph.at("08:00", "08:01", "08:05", "08:20", "08:29")
    assert (len(graph.seen), graph.arrived) == (1, [])
    assert set(by_graph.states()) <= {"deferred", "queued"}
    by_graph.at("08:30", "08:31")
    assert everybody_has_one(graph)


def test_more_of_123_deliver_after_a_limit(by_graph: Service, graph: GraphDouble) -> None:
    """What waits for Graph is owed, and a person's command tries it now."""
    graph.script([Reply(429, "TooManyRequests", {"Retry-After": "86400"}), Reply()])
    by_graph.at("08:00")
    result = weekly.deliver(by_graph.start().installation)
    assert (set(result.delivered.outcomes), result.owed) == ({"sent"}, 0)


@pytest.mark.parametrize("status", [400, 413])
def test_more_of_029_refused(by_graph: Service, graph: GraphDouble, status: int) -> None:
    """This manager's message alone is refused, never sent again, and the admins read it."""
    graph.reply(BOTH[0], Reply(status, "ErrorMimeContentInvalid"))
    by_graph.at("08:00", "08:01", "12:00")
    assert by_graph.states() == ["refused", "sent"]
    assert graph.tally() == {BOTH[1]: 1, ADMINS: 1}
    assert f"{status} ErrorMimeContentInvalid" in by_graph.messages()[0]["reply"]


@pytest.mark.parametrize("is_kept", [False, True])
@pytest.mark.parametrize("reply", [Reply(HANG_UP), Reply(500), Reply(202, cut=12)])
def test_more_of_030_031_and_036_no_believable_answer(
    by_graph: Service, graph: GraphDouble, reply: Reply, *, is_kept: bool
) -> None:
    """Unknown, and sent again a minute later with the same bytes; a copy more only if Graph had kept it."""
    graph.reply(BOTH[0], Reply(reply.status, cut=reply.cut, is_kept=is_kept))
    by_graph.at("08:00", "08:01")
    copies = graph.copies(BOTH[0])
    assert (len(copies), len(set(copies))) == (1 + is_kept, 1)
    assert by_graph.states() == ["sent", "sent"]


@pytest.mark.parametrize(("policy", "most"), [("resend", 5), ("hold", 1)])
def test_more_of_033_no_answer_ever(by_graph: Service, graph: GraphDouble, policy: str, most: int) -> None:
    """Five sendings of the same bytes at most, then a person is asked; with `hold` one."""
    by_graph.configure(**graph.settings, delivery__unknown_outcome=policy)
    graph.reply(BOTH[0], *[Reply(HANG_UP, is_kept=True)] * 9)
    by_graph.at("08:00", *(f"{hour:02}:{minute:02}" for hour in (8, 9) for minute in range(1, 60, 2)))
    assert (len(graph.copies(BOTH[0])), len(set(graph.copies(BOTH[0])))) == (most, 1)
    assert by_graph.states() == ["unknown", "sent"]


def test_no_secret_and_no_token_is_written_down(by_graph: Service, graph: GraphDouble) -> None:
    """Neither in a table, a log or a file, whatever Graph answers."""
    graph.script([Reply(500), Reply(403, "ErrorAccessDenied"), Reply()])
    by_graph.at("08:00", "08:01", "12:00", "12:01")
    written = {path.name: path.read_bytes() for path in by_graph.folder.rglob("*") if path.is_file()}
    assert SECRET.encode() in written.pop("config.toml")
    for secret in (SECRET, graph.token):
        assert not any(secret.encode() in content for content in written.values())
        assert secret not in by_graph.log.getvalue()


@pytest.fixture
def posted(either_council: Council, graph: GraphDouble) -> Council:
    """Return a council, on each kind of database, whose weekly job goes through Graph."""
    url = ledger_of(either_council).url
    changes = {} if url.startswith("sqlite") else {"database__url": url}
    either_council.configure(**graph.settings, **changes)
    return made_ready(either_council)


@needs_linux
@pytest.mark.parametrize(
    ("step", "state", "copies"),
    [
        (TOKEN, "claimed", 1),
        (CONNECTED, "claimed", 1),
        (HEAD, "", 2),
        (WHOLE, "marked", 2),
        (ANSWERED, "", 2),
    ],
)
def test_more_of_003_to_007_killed(
    posted: Council, graph: GraphDouble, step: str, state: str, copies: int
) -> None:
    """Killed at each step of a request: nothing is lost, and a second copy is only of what was marked."""
    struck(posted, graph, step, Process.kill, *WEEK)
    graph.wait_for_all()
    found = ledger_of(posted).states()[FIRST]
    assert found == state or (not state and found in ("claimed", "marked", "sent"))
    twice = FIRST if graph.tally()[FIRST] and found == "marked" else ""
    assert twice == "" or copies == 2
    settled(posted, graph, twice=twice)


@needs_linux
def test_more_of_005_killed_between_mark_and_last_byte(posted: Council, graph: GraphDouble) -> None:
    """Whether the last byte left nobody can know from outside: sent again, kept twice only if it had."""
    struck(posted, graph, LAST, Process.kill, *WEEK)
    graph.wait_for_all()
    assert ledger_of(posted).states()[FIRST] in ("claimed", "marked")
    settled(posted, graph, twice=FIRST if graph.tally()[FIRST] else "")
