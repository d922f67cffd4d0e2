"""Reads the mailbox that reports of failed deliveries come to, and leaves everything in it as it is."""

import imaplib
import mailbox
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Any, Literal, Protocol
from urllib.parse import quote, urlencode

from alerter.deadline import DeadlineError, Lines, within
from alerter.errors import MailError
from alerter.transports.conversation import TokenSource
from alerter.transports.graph import Answer, GraphMailbox
from alerter.transports.transport import reply_words

LONGEST_MESSAGE = 500_000  # bytes; what a report says stands before the message it returns
MOST_MESSAGES = 500
PAGE = 100
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Inbox(Protocol):
    """A mailbox."""

    def messages(self) -> Iterator[bytes]:
        """
        Give each message, or as much of it as a report needs, the newest first where the mailbox says.

        Raises:
            MailError: The mailbox cannot be read.
        """


@dataclass(frozen=True, slots=True)
class FileInbox:
    """A file, read as an mbox, or a folder, read as a Maildir; one that is not there yet holds nothing."""

    path: Path

    def messages(self) -> Iterator[bytes]:
        """
        Give each message.

        Raises:
            MailError: The mailbox cannot be read.
        """
        try:
            if self.path.exists() or not self.path.parent.is_dir():
                yield from self._opened()
        except (OSError, mailbox.Error) as error:
            reason = (error.strerror if isinstance(error, OSError) else "") or "it is no Maildir or mbox"
            raise MailError(
                f"email.bounces.mailbox: {self.path} cannot be read ({reason}): correct the path or its "
                "permissions."
            ) from error

    def _opened(self) -> Iterator[bytes]:
        path = self.path
        box: mailbox.Maildir | mailbox.mbox
        box = mailbox.Maildir(path, create=False) if path.is_dir() else mailbox.mbox(path, create=False)
        try:
            for key in box.keys():  # noqa: SIM118 - a mailbox iterates over parsed messages, not keys
                try:
                    with box.get_file(key) as file:
                        yield file.read(LONGEST_MESSAGE)
                except (KeyError, FileNotFoundError):
                    continue  # somebody tidies up while we read
        finally:
            box.close()


@dataclass(frozen=True, slots=True)
class GraphInbox:
    """
    A folder of a mailbox of Microsoft 365, read by Graph with the permission Mail.Read, all in one time.

    A message is asked for as MIME (https://learn.microsoft.com/en-us/graph/outlook-get-mime-message), which
    does not mark it as read.
    """

    mailbox: GraphMailbox
    folder: str
    since: datetime

    def messages(self) -> Iterator[bytes]:
        """
        Give each message that came *since* then, the newest first, as far as the time of one answer goes.

        Raises:
            MailError: The mailbox cannot be read.
        """
        until = monotonic() + self.mailbox.timeout_seconds
        for id_ in islice(self._ids(until), MOST_MESSAGES):
            if monotonic() >= until:
                return
            yield self._asked(f"{self._user}/messages/{quote(id_)}/$value", until).content[:LONGEST_MESSAGE]

    @property
    def _user(self) -> str:
        return f"{self.mailbox.base_url}/v1.0/users/{quote(self.mailbox.mailbox)}"

    def _ids(self, until: float) -> Iterator[str]:
        since = f"{self.since:%Y-%m-%dT%H:%M:%SZ}"
        query = {"$select": "id", "$filter": f"receivedDateTime ge {since}",
                 "$orderby": "receivedDateTime desc", "$top": PAGE}  # fmt: skip
        url = f"{self._user}/mailFolders/{quote(self.folder)}/messages?{urlencode(query, quote_via=quote)}"
        while url.startswith(f"{self.mailbox.base_url}/"):  # the token goes nowhere else
            try:
                page = self._asked(url, until).json()
                yield from (str(message["id"]) for message in page["value"])
                url = str(page.get("@odata.nextLink", ""))
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                raise MailError(
                    f"email.bounces: {self.mailbox.base_url} gives no list of messages."
                ) from error

    def _asked(self, url: str, until: float) -> Any:
        token = self.mailbox.token(is_anew=False)
        import requests  # noqa: PLC0415 - comes with msal

        from alerter.transports.session import EndingSession  # noqa: PLC0415 - needs requests

        headers = {"Authorization": f"Bearer {token}"}
        try:
            session = EndingSession(max(until - monotonic(), 1))
            response = session.get(url, headers=headers, allow_redirects=False)
        except requests.exceptions.RequestException as error:
            raise MailError(
                f"email.bounces: {self.mailbox.base_url} cannot be reached ({type(error).__name__})."
            ) from error
        if response.status_code != requests.codes.ok:
            raise MailError(
                f"email.bounces: {self.mailbox.base_url} refuses {self.folder} of {self.mailbox.mailbox}: "
                f"{Answer.of(response).words}. The application in email.graph needs the application "
                "permission Mail.Read on this mailbox."
            )
        return response


@dataclass(frozen=True, slots=True, kw_only=True)
class ImapServer:
    """
    A mailbox on an IMAP server; with a *token* the login is by XOAUTH2, else by password.

    *timeout_seconds* holds for all of it, from the connection to the last message.
    """

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    username: str
    password: str = field(default="", repr=False)
    token: TokenSource | None = field(default=None, repr=False)
    folder: str = "INBOX"
    ca_file: str = ""
    timeout_seconds: float = 60


@dataclass(frozen=True, slots=True)
class ImapInbox:
    """A folder on an IMAP server, opened by EXAMINE and read by BODY.PEEK: no message becomes a seen one."""

    server: ImapServer
    since: date

    def messages(self) -> Iterator[bytes]:
        """
        Give each message that came *since* that day, the newest first.

        Raises:
            MailError: The mailbox cannot be read, or not within its time.
        """
        server = self.server
        where = f"email.bounces: {server.host}:{server.port}"
        token = None if server.token is None else server.token(is_anew=False)
        try:
            yield from within(server.timeout_seconds, lambda lines: self._read(lines, token))
        except DeadlineError:
            raise MailError(f"{where} did not give its messages in {server.timeout_seconds:g} s.") from None
        except ssl.SSLCertVerificationError as error:
            raise MailError(
                f"{where} has no certificate that can be verified: mend it, or name its authority in "
                "email.bounces.ca_file."
            ) from error
        except (imaplib.IMAP4.error, OSError, ValueError) as error:
            words = error.args[0] if error.args and isinstance(error.args[0], bytes) else str(error)
            raise MailError(
                f"{where} cannot be read ({reply_words(0, words)}): correct email.bounces."
            ) from error

    def _read(self, lines: Lines, token: str | None) -> list[bytes]:
        imap = _Imap(self.server, lines)
        try:
            imap.encrypt()
            imap.log_in(token)
            _expect(imap.select(f'"{self.server.folder}"', readonly=True))
            since = f"{self.since.day}-{MONTHS[self.since.month - 1]}-{self.since.year}"
            (found,) = _expect(imap.uid("SEARCH", "SINCE", since))
            newest = list(reversed((found or b"").split()))[:MOST_MESSAGES]
            return [imap.peek(uid.decode("ascii")) for uid in newest]
        finally:
            imap.shutdown()


class _Imap(imaplib.IMAP4):
    """One connection that can be hung up on, encrypted and verified unless the settings say `none`."""

    def __init__(self, server: ImapServer, lines: Lines) -> None:
        self._server, self._lines = server, lines
        is_private = server.security != "none"
        self._tls = ssl.create_default_context(cafile=server.ca_file or None) if is_private else None
        super().__init__(server.host, server.port, timeout=server.timeout_seconds)

    def encrypt(self) -> None:
        """Speak STARTTLS where the settings say so."""
        if self._tls is not None and self._server.security == "starttls":
            self.starttls(self._tls)

    def _create_socket(self, timeout: float | None) -> Any:
        line = self._lines.dial((self._server.host, self._server.port), timeout)
        if self._tls is None or self._server.security != "tls":
            return line
        return self._tls.wrap_socket(line, server_hostname=self._server.host)

    def read(self, size: int) -> bytes:
        """Read so many bytes of one message, no more than were asked for."""
        if size > LONGEST_MESSAGE:
            raise self.abort("the server sends more than it was asked for")
        return super().read(size)

    def log_in(self, token: str | None) -> None:
        """Log in with one attempt, so that a wrong secret never locks the account."""
        if token is None:
            self.login(self._server.username, self._server.password)
            return
        said = [f"user={self._server.username}\x01auth=Bearer {token}\x01\x01".encode()]
        # A refusal comes as a challenge first, which wants an empty answer.
        self.authenticate("XOAUTH2", lambda _challenge: said.pop() if said else b"")

    def peek(self, uid: str) -> bytes:
        """Return the beginning of one message, which stays unseen; empty where it is gone."""
        pieces = _expect(self.uid("FETCH", uid, f"(BODY.PEEK[]<0.{LONGEST_MESSAGE}>)"))
        return next((bytes(piece[1]) for piece in pieces if isinstance(piece, tuple)), b"")


def _expect(answer: tuple[str, Any]) -> Any:
    """Return what came with an OK."""
    kind, pieces = answer
    if kind != "OK":
        raise imaplib.IMAP4.error(reply_words(0, pieces[0] or b"") if pieces else kind)
    return pieces
