"""
Sending through Microsoft Graph, one message at a time, with a fence before the request's last byte.

    token -> connect -> request, all but its last byte -> MARK -> last byte -> answer

`sendMail` takes the message's own bytes in base64 and answers 202, which says that the request was accepted
and no more (https://learn.microsoft.com/en-us/graph/api/user-sendmail). Nothing else is asked of Graph: by
Message-ID it cannot be asked whether it has a message, for that would need the permission to read the
mailbox, and whether Exchange keeps a Message-ID is not documented. docs/operations.md has what is known.
"""

import base64
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import quote

from alerter.domain.message import Message
from alerter.errors import MailDeferredError, MailError, MailStoppedError, MailThrottledError
from alerter.transports.conversation import TokenSource
from alerter.transports.transport import Outcome, reply_words

SERVICE = "https://graph.microsoft.com"
SCOPE = "/.default"
PERMISSION = "Mail.Send"
ACCEPTED, UNAUTHORISED, FORBIDDEN, TIMED_OUT, TOO_LARGE, TOO_MANY, AWAY = 202, 401, 403, 408, 413, 429, 503
REDIRECTIONS, CLIENT_FAULTS = range(300, 400), range(400, 500)
LONGEST_WAIT = timedelta(days=1)
# What ends a run, and what mends it: nobody's message is at fault.
STOPS = {
    UNAUTHORISED: f"The application in email.graph needs the application permission {PERMISSION}",
    FORBIDDEN: f"Give the application the application permission {PERMISSION} on this mailbox",
}
ELSEWHERE = "Correct email.graph.base_url"
NO_MAILBOX = "Correct email.graph.mailbox"
NO_MAILBOX_CODES = (
    "ErrorInvalidUser", "MailboxNotEnabledForRESTAPI", "MailboxNotSupportedForRESTAPI", "ResourceNotFound",
)  # fmt: skip
_EARLY = re.compile(rb"HTTP/1\.\d (?P<status>\d{3})[ \r]")
_EARLY_WAIT = re.compile(rb"^retry-after:[ \t]*(?P<wait>[^\r\n]*)\r$", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True, slots=True, kw_only=True)
class GraphMailbox:
    """
    The *mailbox* that sends, and where Graph is.

    *timeout_seconds* holds for a whole request up to its last byte, and again for the answer.
    """

    mailbox: str
    token: TokenSource = field(repr=False)
    base_url: str = SERVICE
    timeout_seconds: float = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """
    What Graph says to a request: its *status*, the error's *code*, and both in words.

    *retry_after* and *dated* are the headers that say until when to wait, and when that was said.
    """

    status: int
    retry_after: str = ""
    dated: str = ""
    code: str = ""
    words: str = ""

    @classmethod
    def of(cls, response: Any) -> "Answer":
        """Read an answer; of an error (https://learn.microsoft.com/en-us/graph/errors) code and message."""
        status: int = response.status_code
        try:
            error = json.loads(response.content)["error"]
            code, message = str(error.get("code", "")), str(error.get("message", ""))
        except (ValueError, LookupError, TypeError, AttributeError):
            code = message = ""
        words = reply_words(status, f"{code} {message}")
        headers = response.headers
        return cls(status, headers.get("Retry-After", ""), headers.get("Date", ""), code, words)

    @classmethod
    def early(cls, piece: bytes) -> "Answer | None":
        """Read what came before the request was whole; None where that is no answer."""
        if (status := _EARLY.match(piece)) is None:
            return None
        wait = _EARLY_WAIT.search(piece)
        words = f"{status['status'].decode()} before the request was whole"
        retry_after = wait["wait"].decode("ascii", "replace") if wait else ""
        return cls(int(status["status"]), retry_after, words=words)

    @property
    def wait(self) -> timedelta:
        """
        Return for how long Graph wants to be left alone: seconds, or a date (RFC 9110 10.2.3).

        >>> Answer(429, "120").wait
        datetime.timedelta(seconds=120)
        >>> Answer(503, "Mon, 23 Nov 2026 08:01:00 GMT", "Mon, 23 Nov 2026 08:00:00 GMT").wait
        datetime.timedelta(seconds=60)
        """
        try:
            seconds = float(self.retry_after)
        except ValueError:
            seconds = _seconds_between(self.dated, self.retry_after)
        return timedelta(seconds=min(max(seconds, 0), LONGEST_WAIT.total_seconds()))


class GraphTransport:
    """
    Sends each message's bytes, as stored, from one mailbox; one token serves a whole run.

    Needs the package msal, and requests, which comes with it; both are loaded with the connection.
    """

    def __init__(self, mailbox: GraphMailbox) -> None:
        self._ours = mailbox

    def connect(self) -> str:
        """
        Ask for a token unless one is at hand, and say where messages go, and what the token lets us do.

        Raises:
            MailDeferredError: Entra cannot be reached, or says not now.
            MailStoppedError: Entra refuses the application, or a package is not installed.
        """
        ours = self._ours
        token = ours.token(is_anew=False)
        return f"{ours.base_url} (Microsoft Graph, mailbox {ours.mailbox}); {roles_of(token)}"

    def send(self, message: Message, mark: Callable[[], bool]) -> Outcome:
        """
        Hand one message over, calling *mark* just before the request's last byte.

        Raises:
            MailDeferredError: Graph or Entra cannot be reached, and nothing was sent.
            MailThrottledError: Graph has had too many requests, or is overloaded.
            MailStoppedError: The application, its permission or the mailbox is refused.
        """
        token = self._ours.token(is_anew=False)
        import requests  # noqa: PLC0415 - comes with msal

        from alerter.transports.session import (  # noqa: PLC0415 - needs requests
            AnsweredEarlyError,
            EndingSession,
            FencedBody,
            HeldBackError,
        )

        ours = self._ours
        body = FencedBody(base64.b64encode(message.body))
        url = f"{ours.base_url}/v1.0/users/{quote(ours.mailbox)}/sendMail"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "text/plain"}
        try:
            response = EndingSession(ours.timeout_seconds).post_fenced(url, body, mark, headers=headers)
        except HeldBackError:
            return Outcome("superseded", "another sender took this message over")
        except AnsweredEarlyError as error:
            return self._early(Answer.early(error.piece), str(error))
        except requests.exceptions.RequestException as error:
            if body.is_whole:
                return Outcome("unknown", f"no answer ({type(error).__name__})")
            raise unsent(error, ours.base_url) from error
        return self._outcome(Answer.of(response))

    def close(self) -> None:
        """Do nothing: each request has a connection of its own."""

    def _outcome(self, answer: Answer) -> Outcome:
        """Return what an answer to a whole request means; 202 alone says that the message was taken."""
        if answer.status == ACCEPTED:
            return Outcome("sent", answer.words)
        if fault := self._fault(answer):
            raise fault
        if answer.status in CLIENT_FAULTS:
            return Outcome("refused", answer.words)
        return Outcome("unknown", answer.words)

    def _early(self, answer: Answer | None, words: str) -> Outcome:
        """Return what came before the last byte means: the message was not taken, whatever it says."""
        if answer is not None and (fault := self._fault(answer)):
            raise fault
        if answer is not None and answer.status == TOO_LARGE:
            return Outcome("refused", answer.words)
        said = words if answer is None else answer.words
        raise MailDeferredError(f"{self._ours.base_url} did not take the request: {said}; trying later.")

    def _fault(self, answer: Answer) -> MailError | None:
        """Return what keeps every message from going, if anything in *answer* does."""
        where = self._ours.base_url
        if answer.status == TOO_MANY or (answer.status == AWAY and answer.retry_after):
            return MailThrottledError(f"{where} takes no mail for now: {answer.words}.", answer.wait)
        if answer.status == TIMED_OUT:
            return MailDeferredError(f"{where} did not get the whole request: {answer.words}.")
        advice = STOPS.get(answer.status) or (NO_MAILBOX if answer.code in NO_MAILBOX_CODES else "")
        if answer.status in REDIRECTIONS:
            advice = ELSEWHERE
        if not advice:
            return None
        said = f"{where} refuses to send from {self._ours.mailbox}: {answer.words}."
        return MailStoppedError(f"{said} {advice}, then run `alerter check --send-test`.")


def _seconds_between(earlier: str, later: str) -> float:
    """Return the time between two dates as headers have them; none where either cannot be read."""
    try:
        return (parsedate_to_datetime(later) - parsedate_to_datetime(earlier)).total_seconds()
    except (ValueError, TypeError):
        return 0


def unsent(error: Exception, where: str) -> MailError:
    """Return what to say of a request that did not reach *where*: later, or once a setting is mended."""
    import requests  # noqa: PLC0415 - comes with msal

    if isinstance(error, requests.exceptions.SSLError):
        return MailStoppedError(
            f"{where} has no certificate that can be verified: mend email.graph.base_url, or name the "
            "authority of your proxy in the environment variable REQUESTS_CA_BUNDLE."
        )
    # The kind alone: an error's text can hold addresses.
    return MailDeferredError(f"{where} cannot be reached ({type(error).__name__}); trying later.")


def roles_of(token: str) -> str:
    """
    Return what a token says about its permissions: the claim `roles` of an application's token.

    What Exchange itself grants (RBAC for Applications) stands in no token, so its absence proves nothing:
    https://learn.microsoft.com/en-us/exchange/permissions-exo/application-rbac
    """
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        roles = claims.get("roles", []) if isinstance(claims, Mapping) else None
    except (ValueError, IndexError):
        roles = None
    if not isinstance(roles, list):
        return "Entra gave a token"
    if PERMISSION in roles:
        return f"Entra gave a token with {PERMISSION}"
    return (
        f"Entra gave a token without {PERMISSION}: it is missing unless Exchange grants it; try --send-test"
    )
