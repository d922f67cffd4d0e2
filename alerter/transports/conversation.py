"""`smtplib` with verified TLS, and with replies that are limited in size and time."""

import base64
import smtplib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Literal, Protocol

from alerter.deadline import DeadlineError, within
from alerter.domain.address import own_name
from alerter.errors import MailStoppedError

LONGEST_LINE = 8192
MOST_LINES = 100
FIRST_CODE, LAST_CODE = 200, 599
PIECE = 4096
FULL_STEPS = 3  # so many steps of one conversation may each take all of their time
LEAST_SECONDS = 0.001  # a socket with no time at all would not wait, but fail otherwise
NAME_SECONDS = 5  # for a name server that is asked what this machine is called
READY, CHALLENGE, NOT_RECOGNIZED, NOT_IMPLEMENTED = 220, 334, 500, 502
HUNG_UP = "the server hung up"
OK, CLASS = 2, 100  # a reply's first digit, and what it counts


class UnsentError(smtplib.SMTPServerDisconnected):
    """Nothing was sent, because the connection was no longer good for it."""


class OutOfStepError(UnsentError):
    """The server said something before it was asked, so no later reply can be told from an earlier one."""


class TokenSource(Protocol):
    """Gives access tokens for XOAUTH2."""

    def __call__(self, *, is_anew: bool) -> str:
        """
        Return the token at hand if it is still good, else, or with *is_anew*, a new one.

        Raises:
            MailDeferredError: None is to be had now.
            MailStoppedError: None is to be had until someone changes a setting.
        """


@dataclass(frozen=True, slots=True, kw_only=True)
class SmtpServer:
    """
    The mail server, and how to speak to it.

    *sender* is the envelope's return path. *ca_file* replaces the system's certificate authorities.
    With a *token* the login is by XOAUTH2, else by password if there is a *username*.
    *timeout_seconds* holds for every step but the reply to the final dot, which RFC 5321 4.5.3.2.6 gives
    ten minutes. *helo_name* is what this machine calls itself; without one, its full name or its address.
    """

    host: str
    port: int
    sender: str
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    token: TokenSource | None = field(default=None, repr=False)
    timeout_seconds: float = 60
    dot_timeout_seconds: float = 600
    ca_file: str = ""
    helo_name: str = ""


class Conversation(smtplib.SMTP):
    """
    One connection. Inherits to bound the replies, which every command of `smtplib` reads.

    With *tls* the socket is encrypted from the first byte. A reply has its time in all, however many bytes
    it comes in, and so has everything up to the next `allow`. Nothing is sent while there is something
    unread: a reply that came before its command, or before the final dot, is no reply to it.
    """

    def __init__(self, server: SmtpServer, tls: ssl.SSLContext | None) -> None:
        self._tls = tls
        self._name = server.host
        self._read = b""
        self.allow(server.timeout_seconds, FULL_STEPS)
        super().__init__(
            server.host,
            server.port,
            local_hostname=server.helo_name,
            timeout=server.timeout_seconds,
        )
        if not server.helo_name and self.sock is not None:
            self.local_hostname = own_name(_full_name(), self.sock.getsockname()[0])

    def allow(self, seconds: float, steps: int = 1) -> None:
        """
        Give each step from now on *seconds*, and all of them together as much as *steps* of that length.
        """
        self._step = seconds
        self._until = monotonic() + seconds * steps
        if self.sock is not None:
            self.sock.settimeout(seconds)

    def greet(self, *, is_helo_enough: bool = False) -> None:
        """
        Say EHLO; where the server does not know it, HELO, if what follows needs nothing but mail.

        Raises:
            smtplib.SMTPHeloError: The server refuses.
        """
        code, text = self.ehlo()
        if is_helo_enough and code in (NOT_RECOGNIZED, NOT_IMPLEMENTED):
            code, text = self.helo()
        if code // CLASS != OK:
            raise smtplib.SMTPHeloError(code, text)

    def encrypt(self, context: ssl.SSLContext) -> None:
        """
        Speak STARTTLS, unless the server says anything in the clear beyond its go-ahead (RFC 3207).

        Raises:
            OutOfStepError: It does.
            smtplib.SMTPResponseException: The server does not want to.
            ssl.SSLError: No encryption that verifies.
        """
        code, text = self.docmd("STARTTLS")
        if code != READY:
            raise smtplib.SMTPResponseException(code, text)
        self.require_step()
        if self.sock is not None:
            self.sock = context.wrap_socket(self.sock, server_hostname=self._name)
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features, self.does_esmtp = {}, False

    def send(self, s: Any) -> None:
        """
        Send *s*, if everything the server has said was read.

        Raises:
            UnsentError: Something is unread, or the server has gone. The connection is closed.
            smtplib.SMTPServerDisconnected: The connection is lost.
        """
        self.require_step()
        super().send(s)

    def require_step(self) -> None:
        """
        Make sure that nothing is unread, here, in TLS or in the socket, and that the server has not gone.

        Raises:
            OutOfStepError: Something is unread. The connection is closed.
            UnsentError: The server has gone.
        """
        if self.sock is not None and (fault := self._read or self._unread()) is not None:
            self.close()
            if not fault:
                raise UnsentError(HUNG_UP)
            line = fault.partition(b"\n")[0].decode("ascii", "replace")
            raise OutOfStepError(f"the server spoke before it was asked: {line}")

    def _unread(self) -> bytes | None:
        """
        Return what has come and was not read, empty at the end of the connection, None where nothing has.
        """
        if self.sock is None:
            return None
        waits = self.sock.gettimeout()
        try:
            self.sock.settimeout(0)
            return self.sock.recv(PIECE)
        except (BlockingIOError, ssl.SSLWantReadError):
            return None
        except OSError:
            return b""
        finally:
            self.sock.settimeout(waits)

    @property
    def is_pipelined(self) -> bool:
        """Say whether the server takes several commands at once (RFC 2920)."""
        return self.has_extn("pipelining")

    def ask(self, *commands: str) -> Iterator[tuple[int, bytes]]:
        """
        Yield the reply to each of *commands*, all of which go out at once where the server takes them so.

        Else each goes out when the reply to it is asked for, and a refusal can keep the rest back.

        Raises:
            smtplib.SMTPServerDisconnected: As `getreply`.
        """
        if not self.is_pipelined:
            for command in commands:
                yield self.docmd(command)
            return
        if any(end in command for command in commands for end in "\r\n"):
            raise ValueError("a command is one line")
        self.send("".join(f"{command}\r\n" for command in commands))
        for _ in commands:
            yield self.getreply()

    def getreply(self) -> tuple[int, bytes]:
        """
        Read one reply of at most 100 lines of 8192 bytes, all of one code (RFC 5321 4.2.1).

        Raises:
            smtplib.SMTPServerDisconnected: No whole reply came in time, the server hung up, or
                what came is no SMTP reply. The connection is closed.
        """
        until = monotonic() + self._step
        lines: list[bytes] = []
        code = b""
        while len(lines) < MOST_LINES:
            line = self._line(until)
            if not _is_reply(line) or code not in (b"", line[:3]):
                break
            code = line[:3]
            lines.append(line[4:].strip(b" \t\r\n"))
            if line[3:4] != b"-":
                self._wait(monotonic() + self._step)
                return int(code), b"\n".join(lines)
        self.close()
        raise smtplib.SMTPServerDisconnected("the server's answer is no SMTP reply")

    def contradicts(self, code: int) -> bool:
        """Say whether something came along with the last reply, *code*, that is not of the same class."""
        self._read += self._unread() or b""
        more = self._read.strip()
        return bool(more) and not more.startswith(str(code // CLASS).encode())

    def close(self) -> None:
        """Hang up."""
        self._read = b""
        super().close()

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = socket.create_connection((host, port), timeout)
        # The dot follows the body at once: it must not wait for the body to be acknowledged (40 ms each).
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return plain if self._tls is None else self._tls.wrap_socket(plain, server_hostname=host)

    def _line(self, until: float) -> bytes:
        while b"\n" not in self._read and len(self._read) < LONGEST_LINE:
            self._read += self._piece(until)
        end = self._read.find(b"\n", 0, LONGEST_LINE) + 1 or LONGEST_LINE
        line, self._read = self._read[:end], self._read[end:]
        return line

    def _piece(self, until: float) -> bytes:
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("not connected")
        try:
            self._wait(until)
            piece = self.sock.recv(PIECE)
        except OSError as error:
            self.close()
            said = "no reply in time" if isinstance(error, TimeoutError) else "connection lost"
            raise smtplib.SMTPServerDisconnected(said) from error
        if not piece:
            self.close()
            raise smtplib.SMTPServerDisconnected(HUNG_UP)
        return piece

    def _wait(self, until: float) -> None:
        """Let the socket wait until *until*, and no longer than is allowed in all."""
        if self.sock is not None:
            self.sock.settimeout(max(min(until, self._until) - monotonic(), LEAST_SECONDS))


def _is_reply(line: bytes) -> bool:
    return (
        line.endswith(b"\n")
        and line[:3].isdigit()
        and FIRST_CODE <= int(line[:3]) <= LAST_CODE
        and line[3:4] in (b" ", b"-", b"\r", b"\n")
    )


def _full_name() -> str:
    """Return what this machine is called, as far as it or a name server says so in time."""
    name = socket.gethostname()
    if "." in name:
        return name
    try:
        return within(NAME_SECONDS, lambda _lines: socket.getfqdn(name))
    except DeadlineError:
        return name


def log_in(smtp: Conversation, server: SmtpServer, *, is_anew: bool = False) -> None:
    """
    Log in with one attempt, so that a wrong secret never locks the account; without a secret do nothing.

    With *is_anew* a new token is fetched, whatever is at hand.

    Raises:
        MailStoppedError: The server does not offer XOAUTH2, or no token is to be had.
        MailDeferredError: A token cannot be had now.
        smtplib.SMTPResponseException: The server refuses the login.
    """
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    if server.token is not None:
        if "XOAUTH2" not in offered:
            raise MailStoppedError(
                f"{server.host}:{server.port} does not offer a login by XOAUTH2: correct email.smtp, or set "
                'email.smtp.auth to "password".'
            )
        _by_token(smtp, server.username, server.token(is_anew=is_anew))
    elif server.username:
        _by_password(smtp, server.username, server.password, offered)


def expect_ok(code: int, text: bytes) -> None:
    """
    Go on after a 2xx reply only.

    Raises:
        smtplib.SMTPResponseException: The reply is another one.
    """
    if code // CLASS != OK:
        raise smtplib.SMTPResponseException(code, text)


def _by_token(smtp: Conversation, username: str, token: str) -> None:
    """Speak XOAUTH2; an error comes as a challenge first, which wants an empty answer before the refusal."""
    secret = _base64(f"user={username}\x01auth=Bearer {token}\x01\x01")
    code, text = smtp.docmd("AUTH", f"XOAUTH2 {secret}")
    if code == CHALLENGE:
        code, text = smtp.docmd("")
    expect_ok(code, text)


def _by_password(smtp: Conversation, username: str, password: str, offered: list[str]) -> None:
    """Speak PLAIN (RFC 4616) where offered, else LOGIN; both in UTF-8."""
    if "PLAIN" in offered:
        secret = _base64(f"\0{username}\0{password}")
        expect_ok(*smtp.docmd("AUTH", f"PLAIN {secret}"))
        return
    for command in ("AUTH LOGIN", _base64(username)):
        code, text = smtp.docmd(command)
        if code != CHALLENGE:
            raise smtplib.SMTPResponseException(code, text)
    expect_ok(*smtp.docmd(_base64(password)))


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
