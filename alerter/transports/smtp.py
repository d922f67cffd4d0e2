"""
Sending by SMTP, one message at a time, with a fence before the final dot.

    connect -> verified TLS -> AUTH -> MAIL -> one RCPT -> DATA -> body -> MARK -> . -> reply

MAIL, RCPT and DATA go out together where the server takes them so; the body waits for all three replies.
Up to the mark nothing was delivered, whatever breaks; from the dot on only a reply tells. A reply that came
before the dot is none to it: the connection is looked at before the mark and once more before the dot, and
where anything is unread the message is deferred. What is under way in the network when the dot leaves cannot
be told from its reply; of two replies at once that differ, neither is believed.
"""

import re
import smtplib
import ssl
from collections.abc import Callable, Iterator

from alerter.domain.message import Message
from alerter.errors import MailDeferredError, MailStoppedError
from alerter.transports.conversation import (
    FULL_STEPS,
    NOT_IMPLEMENTED,
    NOT_RECOGNIZED,
    Conversation,
    OutOfStepError,
    SmtpServer,
    UnsentError,
    log_in,
)
from alerter.transports.transport import Outcome, State, reply_words

GO_AHEAD, CLOSING, LOGIN_REFUSED = 354, 421, 535
OK, TRANSIENT, PERMANENT = 2, 4, 5  # the first digit of a reply
CLASSES: dict[int, State] = {OK: "sent", TRANSIENT: "deferred", PERMANENT: "refused"}
CRLF = b"\r\n"
QUIT_SECONDS = 5
# Many servers refuse a name only at RCPT, and say so; somebody's address may hold the word as well.
_NAME_REFUSED = re.compile(rb"(?<![@.])\b(?:helo|ehlo)\b(?!@)", re.IGNORECASE)
_LINE_ENDS = re.compile(rb"\r\n|\r|\n")


class _LostError(Exception):
    """The connection went, or the server closes it, before anything could be delivered."""


class SmtpTransport:
    """
    Sends through one mail server on one connection, reopened when it was lost.

    Never in the clear unless the settings say `none`: STARTTLS that is not offered, and a
    certificate that does not verify, stop the run. One login per connection, and a second one with a new
    token where the first token is refused.
    """

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._smtp: Conversation | None = None

    def connect(self) -> str:
        """
        Open the connection if it is not open: greeting, TLS, login.

        Raises:
            MailDeferredError: The server cannot be reached, or says not now.
            MailStoppedError: No verified TLS, or the server or the login is refused.
        """
        where = f"{self._server.host}:{self._server.port}"
        if self._smtp is None:
            try:
                self._smtp = self._opened()
            except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
                raise MailDeferredError(f"{where} hung up while TLS was negotiated; trying later.") from error
            except ssl.SSLError as error:
                raise MailStoppedError(_tls_advice(where, error)) from error
            except smtplib.SMTPResponseException as error:
                raise _run_level(where, error.smtp_code, error.smtp_error) from error
            except (OSError, UnicodeError) as error:
                raise MailDeferredError(
                    f"{where} cannot be reached: {reply_words(0, str(error))}."
                ) from error
        return f"{where} ({self._server.security})"

    def send(self, message: Message, mark: Callable[[], bool]) -> Outcome:
        """
        Deliver one message to its one recipient, calling *mark* just before the final dot.

        A connection that was open already and turns out lost is opened once more. An exception
        from *mark* passes through, and nothing was delivered.

        Raises:
            MailDeferredError: The server cannot be reached, or says not now to everyone.
            MailStoppedError: No verified TLS, or the login or the sender is refused.
        """
        was_open = self._smtp is not None
        self.connect()
        try:
            return self._sent(message, mark)
        except _LostError as lost:
            self._drop()
            return self.send(message, mark) if was_open else Outcome("deferred", str(lost))

    def close(self) -> None:
        """Say QUIT and hang up; whatever the server answers changes nothing."""
        smtp, self._smtp = self._smtp, None
        if smtp is None:
            return
        try:
            smtp.allow(QUIT_SECONDS)
            smtp.docmd("QUIT")
        except (OSError, smtplib.SMTPException):
            pass  # an outcome is known or unknown long before
        finally:
            smtp.close()

    def _opened(self) -> Conversation:
        """
        Open a connection; where the token at hand is refused, another one with a new token, and no more.
        """
        try:
            return self._logged_in(is_anew=False)
        except smtplib.SMTPResponseException as refusal:
            if refusal.smtp_code != LOGIN_REFUSED or self._server.token is None:
                raise
            try:
                return self._logged_in(is_anew=True)
            except OSError:
                raise refusal from None

    def _logged_in(self, *, is_anew: bool) -> Conversation:
        context = _verifying(self._server.ca_file) if self._server.security != "none" else None
        smtp = Conversation(self._server, context if self._server.security == "tls" else None)
        try:
            self._greet(smtp)
            if self._server.security == "starttls" and context is not None:
                self._start_tls(smtp, context)
            log_in(smtp, self._server, is_anew=is_anew)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _greet(self, smtp: Conversation) -> None:
        ours = self._server
        is_open = ours.security == "none" and not ours.username and ours.token is None
        try:
            smtp.greet(is_helo_enough=is_open)
        except smtplib.SMTPHeloError as error:
            if error.smtp_code // 100 != PERMANENT:
                raise
            raise MailStoppedError(_greeting_advice(ours, smtp.local_hostname, error)) from error

    def _start_tls(self, smtp: Conversation, context: ssl.SSLContext) -> None:
        if not smtp.has_extn("starttls"):
            raise MailStoppedError(
                f"{self._server.host}:{self._server.port} does not offer STARTTLS, so nothing was sent: "
                "mend the server, or set email.smtp.security to what it offers."
            )
        smtp.encrypt(context)
        self._greet(smtp)

    def _sent(self, message: Message, mark: Callable[[], bool]) -> Outcome:
        smtp = self._live()
        smtp.allow(self._server.timeout_seconds, FULL_STEPS)
        try:
            if refusal := self._envelope(smtp, message.recipient):
                return refusal
            smtp.send(_stuffed(message.body))
            smtp.require_step()
        except smtplib.SMTPServerDisconnected as error:
            raise _LostError(reply_words(0, str(error))) from error
        try:
            is_ours = mark()
        except BaseException:
            self._drop()
            raise
        if not is_ours:
            self._drop()
            return Outcome("superseded", "another sender took this message over")
        return self._dotted(smtp)

    def _envelope(self, smtp: Conversation, recipient: str) -> Outcome | None:
        """Speak MAIL, RCPT and DATA; the outcome when the server does not go along, else None."""
        replies = smtp.ask(
            f"MAIL FROM:{smtplib.quoteaddr(self._server.sender)}",
            f"RCPT TO:{smtplib.quoteaddr(recipient)}",
            "DATA",
        )
        code, text = next(replies)
        if code // 100 == PERMANENT and not _NAME_REFUSED.search(text):
            self._drop()
            raise MailStoppedError(
                f"{self._server.host} refuses the sender {self._server.sender}: {reply_words(code, text)}. "
                "Correct email.sender, or let the account send as it."
            )
        if code // 100 == OK:
            code, text = next(replies)
        if code // 100 == OK:
            code, text = next(replies)
            if code == GO_AHEAD:
                return None
        if code // 100 == PERMANENT and _NAME_REFUSED.search(text):
            self._drop()
            raise MailStoppedError(_name_advice(self._server.host, smtp.local_hostname, code, text))
        state = CLASSES.get(code // 100)
        reply = reply_words(code, text)
        if code == CLOSING or state in (None, "sent"):  # closing, or out of step
            raise _LostError(reply)
        self._reset(smtp, replies)
        return Outcome(state, reply)

    def _reset(self, smtp: Conversation, replies: Iterator[tuple[int, bytes]]) -> None:
        """
        Begin a new conversation on the same connection, or hang up where that cannot be.

        A server that goes on to take the message of nobody waits for a dot, and must not get one. Where
        anything is unread, no refusal can be told from what was said before it.
        """
        try:
            unread = [code for code, _ in replies] if smtp.is_pipelined else []
            code, _ = (GO_AHEAD, b"") if GO_AHEAD in unread else smtp.docmd("RSET")
        except OutOfStepError as error:
            raise _LostError(reply_words(0, str(error))) from error
        except smtplib.SMTPServerDisconnected:
            code = CLOSING
        if code // 100 != OK:
            self._drop()

    def _dotted(self, smtp: Conversation) -> Outcome:
        smtp.allow(self._server.dot_timeout_seconds)
        try:
            smtp.send(b"." + CRLF)
            code, text = smtp.getreply()
        except UnsentError as error:  # marked, and no dot was sent: certainly not delivered
            self._drop()
            return Outcome("deferred", reply_words(0, str(error)))
        except smtplib.SMTPServerDisconnected as error:
            self._drop()
            return Outcome("unknown", reply_words(0, str(error)))
        state = "unknown" if smtp.contradicts(code) else CLASSES.get(code // 100, "unknown")
        if state == "unknown" or code == CLOSING:
            self._drop()
        return Outcome(state, reply_words(code, text))

    def _live(self) -> Conversation:
        if self._smtp is None:
            raise _LostError("not connected")
        return self._smtp

    def _drop(self) -> None:
        """Hang up without a word."""
        smtp, self._smtp = self._smtp, None
        if smtp is not None:
            smtp.close()


def _verifying(ca_file: str) -> ssl.SSLContext:
    """Return a context that checks certificate and host name, and speaks TLS 1.2 or newer."""
    try:
        context = ssl.create_default_context(cafile=ca_file or None)
    except (OSError, ValueError) as error:
        raise MailStoppedError(
            f"email.smtp.ca_file {ca_file!r} is no readable PEM file of certificates."
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _run_level(where: str, code: int, text: bytes | str) -> MailDeferredError | MailStoppedError:
    reply = reply_words(code, text)
    if code // 100 == PERMANENT:
        return MailStoppedError(
            f"{where} refuses the connection or the login: {reply}. "
            "Correct email.smtp, then run `alerter check`."
        )
    return MailDeferredError(f"{where} does not take mail now: {reply}.")


def _greeting_advice(server: SmtpServer, name: str, error: smtplib.SMTPHeloError) -> str:
    where = f"{server.host}:{server.port}"
    if error.smtp_code not in (NOT_RECOGNIZED, NOT_IMPLEMENTED):
        return _name_advice(where, name, error.smtp_code, error.smtp_error)
    return (
        f"{where} does not know EHLO ({reply_words(error.smtp_code, error.smtp_error)}), without which there "
        "is neither TLS nor a login, so nothing was sent: mend the server, or correct email.smtp."
    )


def _name_advice(where: str, name: str, code: int, text: bytes | str) -> str:
    return (
        f"{where} refuses the name {name} that this machine gives in EHLO: {reply_words(code, text)}. "
        "Set email.smtp.helo_name to a name the server takes, then run `alerter check`."
    )


def _tls_advice(where: str, error: ssl.SSLError) -> str:
    why = error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else error.reason
    return (
        f"{where} has no encryption that can be verified ({reply_words(0, why or str(error))}), "
        "so nothing was sent: mend its certificate, or name its authority in email.smtp.ca_file."
    )


def _stuffed(body: bytes) -> bytes:
    """
    Return *body* as DATA wants it, without the final dot (RFC 5321 4.5.2).

    CRLF line ends, a dot doubled where it begins a line, a line end at the end.
    """
    is_clean = body.count(CRLF) == body.count(b"\r") == body.count(b"\n")  # as we build it
    whole = body if is_clean else _LINE_ENDS.sub(CRLF, body)
    lines = (CRLF + whole).replace(CRLF + b".", CRLF + b"..")[len(CRLF) :]
    return lines if lines.endswith(CRLF) else lines + CRLF
