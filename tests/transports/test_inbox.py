"""The mailbox that reports come to, by Graph and by IMAP: read within its time, and left as it is."""

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from grp import getgrgid
from pathlib import Path
from pwd import getpwnam, getpwuid
from tempfile import mkdtemp
from typing import Self

import pytest

from alerter.errors import MailError
from alerter.transports.graph import GraphMailbox
from alerter.transports.inbox import LONGEST_MESSAGE, GraphInbox, ImapInbox, ImapServer
from alerter.transports.oauth import EntraTokens, Registration
from tests.world.authority import new_authority
from tests.world.graph import HANG_UP, MAILBOX, SECRET, GraphDouble, Reply, details_of, token_with
from tests.world.mail_server import free_port

SINCE = datetime(2026, 11, 16, 8, 0, tzinfo=UTC)
FIRST, SECOND = b"Subject: first\r\n\r\nHello\r\n", b"Subject: second\r\n\r\nHello again\r\n"
needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="needs the openssl command")
LOGIN = {"username": "alerts", "password": "made-up"}


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def graph_inbox(double: GraphDouble, *, seconds: float = 5) -> GraphInbox:
    """Return the inbox of a double."""
    pytest.importorskip("msal", reason="needs the extra m365")
    tokens = EntraTokens(Registration(**details_of(double), client_secret=SECRET))
    box = GraphMailbox(mailbox=MAILBOX, token=tokens, base_url=double.url, timeout_seconds=seconds)
    return GraphInbox(box, "Inbox", SINCE)


def test_graph_gives_messages_as_mime_page_by_page() -> None:
    """The list is asked for since a day, newest first; nothing is patched, so nothing is marked as read."""
    with GraphDouble(token=token_with("Mail.Read")) as double:
        double.inbox = {f"AAMk{number}=": b"Subject: %d\r\n\r\n" % number for number in range(7)}
        messages = list(graph_inbox(double).messages())
    assert messages == list(double.inbox.values())
    lists = [request.path for request in double.requests if "mailFolders" in request.path]
    assert len(lists) == 3
    assert (
        "mailFolders/Inbox/messages?%24select=id&%24filter=receivedDateTime%20ge%202026-11-16T08" in lists[0]
    )
    assert {request.method for request in double.requests if "oauth2" not in request.path} == {"GET"}


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (Reply(403, "ErrorAccessDenied"), "403 ErrorAccessDenied .*Mail.Read"),
        (Reply(404, "ErrorItemNotFound"), "404"),
        (Reply(429, "TooManyRequests"), "429"),
        (Reply(HANG_UP), "cannot be reached"),
        (Reply(200, body=b"<html>"), "gives no list"),
        (Reply(200, body=b"[]"), "gives no list"),
        (Reply(200, body=b"{}"), "gives no list"),
        (Reply(200, is_dripping=True), "cannot be reached"),
    ],
)
def test_graph_that_gives_nothing_is_trouble(reply: Reply, says: str) -> None:
    """The permission is named; a list that cannot be read, or does not end, is no empty mailbox."""
    with GraphDouble() as double:
        double.inbox_reply = reply
        with pytest.raises(MailError, match=says):
            list(graph_inbox(double, seconds=1).messages())


def test_graph_has_the_time_of_one_answer_for_all() -> None:
    """A weekly run waits for this: what is left has its turn another time."""
    with GraphDouble(pause=0.2) as double:
        double.inbox = {f"AAMk{number}=": b"Subject: x\r\n\r\n" for number in range(50)}
        begun = time.monotonic()
        messages = list(graph_inbox(double, seconds=1).messages())
    assert 0 < len(messages) < 10
    assert time.monotonic() - begun < 3


def test_a_next_page_elsewhere_is_not_asked_for() -> None:
    """The token goes to Graph alone."""
    page = b'{"value": [], "@odata.nextLink": "https://elsewhere.example/"}'
    with GraphDouble() as double:
        double.inbox_reply = Reply(200, body=page)
        assert list(graph_inbox(double).messages()) == []


class ImapDouble:
    """An IMAP server that says what its script has for a command's name; *heard* holds the commands."""

    def __init__(self, **script: bytes) -> None:
        self._script = {"LOGIN": b"", "EXAMINE": b"* 2 EXISTS\r\n", "SEARCH": b"* SEARCH 1 2\r\n",
                        "FETCH": b"* 1 FETCH (UID 1 BODY[]<0> {5}\r\nHello)\r\n", **script}  # fmt: skip
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self.is_over = threading.Event()
        self.heard: list[str] = []

    @property
    def server(self) -> ImapServer:
        """Return the settings that lead here."""
        port = self._listener.getsockname()[1]
        return ImapServer(host="127.0.0.1", port=port, security="none", **LOGIN, timeout_seconds=1)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self.is_over.set()
        self._listener.close()
        self._thread.join(10)

    def _listen(self) -> None:
        connection, _ = self._listener.accept()
        with connection, connection.makefile("rb") as reader:
            connection.sendall(b"* OK [CAPABILITY IMAP4rev1 AUTH=XOAUTH2] ready\r\n")
            try:
                for line in reader:
                    self._answer(connection, line.decode("ascii").strip())
            except OSError:
                return

    def _answer(self, connection: socket.socket, line: str) -> None:
        self.heard.append(line)
        tag, _, command = line.partition(" ")
        name = command.removeprefix("UID ").partition(" ")[0]
        said = self._script.get(name, b"")
        if said == b"...":
            while not self.is_over.wait(0.05):
                connection.sendall(b"*")
        connection.sendall(said if said.startswith(b"T ") else said + f"{tag} OK done\r\n".encode())


def test_imap_is_examined_and_peeked_at() -> None:
    """EXAMINE opens read-only and BODY.PEEK marks nothing as seen; no command changes anything."""
    with ImapDouble() as double:
        assert list(ImapInbox(double.server, SINCE.date()).messages()) == [b"Hello"] * 2
    words = [line.partition(" ")[2] for line in double.heard]
    assert [word.split()[0] for word in words] == [
        "CAPABILITY", "LOGIN", "EXAMINE", "UID", "UID", "UID",
    ]  # fmt: skip
    assert "UID SEARCH SINCE 16-Nov-2026" in words
    assert f"UID FETCH 2 (BODY.PEEK[]<0.{LONGEST_MESSAGE}>)" in words


@pytest.mark.parametrize(
    ("script", "says"),
    [
        ({"SEARCH": b"..."}, "did not give its messages in 1 s"),
        ({"LOGIN": b"..."}, "did not give its messages in 1 s"),
        ({"FETCH": b"* 1 FETCH (UID 1 BODY[]<0> {999999999}\r\n"}, "more than it was asked for"),
        ({"EXAMINE": b"junk\r\n"}, "cannot be read"),
    ],
)
def test_an_imap_server_that_drips_or_floods_is_left(script: dict[str, bytes], says: str) -> None:
    """All of it has one time, and a message its length."""
    begun = time.monotonic()
    with ImapDouble(**script) as double, pytest.raises(MailError, match=says):
        list(ImapInbox(double.server, SINCE.date()).messages())
    assert time.monotonic() - begun < 5
    assert "made-up" not in says


def test_imap_out_of_reach_is_trouble() -> None:
    """Nobody listens."""
    server = ImapServer(host="127.0.0.1", port=free_port(), security="none", **LOGIN, timeout_seconds=1)
    with pytest.raises(MailError, match="cannot be read"):
        list(ImapInbox(server, SINCE.date()).messages())


@contextmanager
def dovecot(folder: Path) -> Iterator[tuple[Path, ImapServer]]:
    """Run Debian's dovecot for a made-up user, by TLS; give the Maildir and the settings that lead there."""
    authority = new_authority(folder)
    authority.server("DNS:localhost")
    port = free_port()
    user = getpwuid(os.getuid()).pw_name
    # As root it wants users of its own: Debian's for the login, and one without rights for the mail.
    internal, login, owner = ("dovecot", "dovenull", "nobody") if user == "root" else (user, user, user)
    group = getgrgid(getpwnam(owner).pw_gid).gr_name
    run = Path(mkdtemp(prefix="dc."))  # a socket's path must be short
    run.chmod(0o755)
    home = run / "home" / "Maildir"
    for name in ("cur", "new", "tmp"):
        (home / name).mkdir(parents=True)
    if user == "root":
        for path in (home.parent, home, *home.iterdir()):
            shutil.chown(path, owner, group)
    (folder / "dovecot.conf").write_text(f"""
base_dir = {run}
state_dir = {run}
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
default_internal_user = {internal}
default_login_user = {login}
default_internal_group = {getgrgid(getpwnam(internal).pw_gid).gr_name}
ssl = required
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
mail_location = maildir:{home}
first_valid_uid = 0
passdb {{
  driver = static
  args = password=made-up
}}
userdb {{
  driver = static
  args = uid={owner} gid={group} home={run}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = 0
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
""")
    with subprocess.Popen([DOVECOT, "-F", "-c", str(folder / "dovecot.conf")]) as process:  # noqa: S603 - fixed words and tmp_path
        try:
            _await(port)
            yield home, ImapServer(host="localhost", port=port, security="tls", **LOGIN,
                                   ca_file=str(authority.file), timeout_seconds=20)  # fmt: skip
        finally:
            process.terminate()
            process.wait(20)
            shutil.rmtree(run)


DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin") or ""


def _await(port: int) -> None:
    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            threading.Event().wait(0.05)
        else:
            return
    raise AssertionError("dovecot does not listen")


@needs_openssl
@pytest.mark.skipif(not DOVECOT, reason="needs Debian's dovecot-imapd")
def test_a_real_imap_server_gives_its_messages_and_keeps_them_unseen(tmp_path: Path) -> None:
    """Debian's dovecot, by TLS: both messages, the newest first, and no file has the flag of a seen one."""
    with dovecot(tmp_path) as (home, server):
        for number, message in enumerate((FIRST, SECOND)):
            (home / "new" / f"180000000{number}.made-up").write_bytes(message)
        inbox = ImapInbox(server, datetime(2000, 1, 1, tzinfo=UTC).date())
        assert list(inbox.messages()) == [SECOND, FIRST]
        assert list(inbox.messages()) == [SECOND, FIRST]
        names = [path.name for path in home.rglob("180000000*")]
        assert len(names) == 2
        assert not any("S" in name.rpartition(":2,")[2] for name in names if ":2," in name)
        wrong = ImapServer(host="localhost", port=server.port, security="tls", username="alerts",
                           password="other", ca_file=server.ca_file, timeout_seconds=20)  # fmt: skip
        with pytest.raises(MailError, match=r"cannot be read .*AUTHENTICATIONFAILED"):
            list(ImapInbox(wrong, SINCE.date()).messages())
        unknown = ImapServer(host="localhost", port=server.port, security="tls", **LOGIN, timeout_seconds=20)
        with pytest.raises(MailError, match="ca_file"):
            list(ImapInbox(unknown, SINCE.date()).messages())
