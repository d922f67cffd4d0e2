"""Sends through GOV.UK Notify, and asks it what was delivered."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from random import shuffle
from time import monotonic
from typing import Any, Literal, cast, get_args

from alerter.domain.message import Message
from alerter.errors import MailDeferredError, MailError, MailStoppedError
from alerter.transports.notify_body import markdown_of
from alerter.transports.transport import Outcome, reply_words

BAD_REQUEST, REQUEST_TIMEOUT, TOO_LARGE, TOO_MANY, BROKEN, AWAY = 400, 408, 413, 429, 500, 503
CLIENT_FAULTS = range(400, 500)
SETTINGS = ("template_id", "email_reply_to_id")

DeliveryState = Literal["technical-failure", "permanent-failure", "temporary-failure", "sending", "delivered"]
"""How far a notification got, worst first."""

_STATES: tuple[str, ...] = get_args(DeliveryState)

SERVICE = "https://api.notifications.service.gov.uk"
PLACEHOLDERS = ("((subject))", "((body))")
MISSING = (
    'email.transport = "notify" needs the package notifications-python-client: '
    'run pip install "alerter[notify]".'
)


def outcome_of(error: Any, where: str) -> Outcome:
    """
    Return what became of a message whose request failed as *error*, an `APIError` of the client.

    Notify says of a 500 that it could not process the request; a gateway's 502 or 504 says nothing about
    what is behind it. Texts may change without notice, so only the status counts, and the name of a field.

    Raises:
        MailDeferredError: The request never left, or Notify takes none now.
        MailStoppedError: The key, the template or the reply-to address is refused.
    """
    if error.response is None:
        if _never_left(error.__cause__):
            raise trouble(error, where) from error
        return Outcome("unknown", said(error))
    code = error.status_code
    is_settings = any(name in said(error) for name in SETTINGS)
    if code == TOO_LARGE or (code == BAD_REQUEST and not is_settings):
        return Outcome("refused", said(error))
    if code == AWAY or code in CLIENT_FAULTS:
        raise trouble(error, where) from error
    return Outcome("deferred" if code == BROKEN else "unknown", said(error))


def trouble(error: Any, where: str) -> MailError:
    """
    Return what to tell when nothing can be asked of Notify at *where*: later, or once a setting is mended.
    """
    import requests  # noqa: PLC0415 - comes with the client

    if isinstance(error.__cause__, requests.exceptions.SSLError):
        return MailStoppedError(
            f"{where} has no certificate that can be verified: mend email.notify.base_url, or name the "
            "authority of your proxy in the environment variable REQUESTS_CA_BUNDLE."
        )
    is_passing = error.response is None or error.status_code in (REQUEST_TIMEOUT, TOO_MANY)
    if is_passing or error.status_code not in CLIENT_FAULTS:
        return MailDeferredError(f"{where} does not take mail now: {said(error)}.")
    return MailStoppedError(
        f"{where} refuses the request: {said(error)}. Correct email.notify, then run `alerter check`."
    )


def said(error: Any) -> str:
    """Return the answer in words; of a request without an answer only what kind of failure it was."""
    if error.response is None:
        return f"no answer ({type(error.__cause__).__name__})"
    message = error.message
    if isinstance(message, list):
        message = "; ".join(str(error.get("message", "")) for error in message if isinstance(error, Mapping))
    return reply_words(error.status_code, str(message))


def best_state(answer: Any, reference: str) -> DeliveryState | None:
    """
    Return how far what bears *reference* got, by a list of notifications; None where there is none.

    What was sent twice counts as its better half, and what has not come to an end as `sending`.
    """
    listed = answer.get("notifications") if isinstance(answer, Mapping) else None
    ours = [notification for notification in listed or () if notification.get("reference") == reference]
    states = [
        notification["status"] if notification.get("status") in _STATES else "sending"
        for notification in ours
    ]
    return cast("DeliveryState | None", max(states, key=_STATES.index, default=None))


def _never_left(cause: object) -> bool:
    """Say whether a request failed before a connection was there to carry it."""
    from urllib3 import exceptions  # noqa: PLC0415 - comes with the client

    failure = cause.args[0] if isinstance(cause, Exception) and cause.args else None
    return isinstance(
        getattr(failure, "reason", None),
        (exceptions.NewConnectionError, exceptions.ConnectTimeoutError, exceptions.ProxyError),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyService:
    """
    A service of GOV.UK Notify, and its template: subject `((subject))`, message `((body))`.

    *timeout_seconds* holds for a whole request, from the connection to the last byte of the answer.
    """

    api_key: str = field(repr=False)
    template_id: str
    base_url: str = SERVICE
    email_reply_to_id: str = ""
    timeout_seconds: float = 60


class NotifyTransport:
    """
    Sends each message's text, as stored, through one template of Notify; its reference is the Message-ID.

    Notify takes the same message as often as it is given, so the mark is set just before the request, and
    a request without an answer leaves the outcome unknown. Needs the package notifications-python-client,
    which is loaded with the connection.
    """

    def __init__(self, service: NotifyService) -> None:
        self._service = service
        self._client: Any = None
        self._is_proven = False

    def connect(self) -> str:
        """
        Look the template up, which proves address, key and template, and say where it is.

        Raises:
            MailDeferredError: Notify cannot be reached, or says not now.
            MailStoppedError: The key or the template is refused, or the package is not installed.
        """
        ours = self._service
        if not self._is_proven:
            self._check(self._asked(lambda client: client.get_template(ours.template_id)))
            self._is_proven = True
        return f"{ours.base_url} (GOV.UK Notify, template {ours.template_id})"

    def send(self, message: Message, mark: Callable[[], bool]) -> Outcome:
        """
        Hand one message over, calling *mark* just before.

        Raises:
            MailDeferredError: Notify cannot be reached, or has had too many requests.
            MailStoppedError: The key, the template or the reply-to address is refused.
        """
        self.connect()
        subject, text = _read(message.body)
        body = markdown_of(text)
        if not mark():
            return Outcome("superseded", "another sender took this message over")
        from notifications_python_client.errors import APIError  # noqa: PLC0415 - an extra

        try:
            answer = self._opened().send_email_notification(
                email_address=message.recipient,
                template_id=self._service.template_id,
                personalisation={"subject": subject, "body": body},
                reference=message.message_id,
                email_reply_to_id=self._service.email_reply_to_id or None,
            )
        except APIError as error:
            return outcome_of(error, self._service.base_url)
        id_ = answer.get("id") if isinstance(answer, Mapping) else None
        return Outcome("sent", f"201 accepted as {id_}") if id_ else Outcome("unknown", "no id in the answer")

    def states(self, message_ids: Iterable[str]) -> dict[str, DeliveryState]:
        """
        Return how far each of *message_ids* got; those Notify no longer knows are left out.

        Notify forgets after the service's retention, seven days unless it was changed. A weekly run waits for
        this, so all answers together have the time of one; what is left then has its turn another time.

        Raises:
            MailDeferredError: Notify cannot be reached, or says not now.
            MailStoppedError: The key is refused, or the package is not installed.
        """
        states: dict[str, DeliveryState] = {}
        until = monotonic() + self._service.timeout_seconds
        waiting = list(message_ids)
        shuffle(waiting)
        while waiting and monotonic() < until:
            id_ = waiting.pop()
            if state := best_state(self._listed(id_), id_):
                states[id_] = state
        return states

    def close(self) -> None:
        """Let go of the connection."""
        self._client, self._is_proven = None, False

    def _opened(self) -> Any:
        if self._client is None:
            try:
                from notifications_python_client.notifications import (  # noqa: PLC0415 - an extra
                    NotificationsAPIClient,
                )
            except ImportError as error:
                raise MailStoppedError(MISSING) from error
            from alerter.transports.session import EndingSession  # noqa: PLC0415 - an extra

            make: Any = NotificationsAPIClient
            ours = self._service
            self._client = make(ours.api_key, base_url=ours.base_url)
            self._client.request_session = EndingSession(ours.timeout_seconds)
        return self._client

    def _asked(self, question: Callable[[Any], Any]) -> Any:
        """Return the answer to a *question* that changes nothing."""
        client = self._opened()
        from notifications_python_client.errors import APIError  # noqa: PLC0415 - an extra

        try:
            return question(client)
        except APIError as error:
            raise trouble(error, self._service.base_url) from error

    def _listed(self, message_id: str) -> Any:
        return self._asked(
            lambda client: client.get_all_notifications(template_type="email", reference=message_id)
        )

    def _check(self, template: Any) -> None:
        known = template if isinstance(template, Mapping) else {}
        words = f"{known.get('subject')} {known.get('body')}"
        if known.get("type") != "email" or not all(placeholder in words for placeholder in PLACEHOLDERS):
            raise MailStoppedError(
                f"GOV.UK Notify's template {self._service.template_id} is no email template with the subject "
                "((subject)) and the message ((body)): correct it there, or email.notify.template_id."
            )


def _read(body: bytes) -> tuple[str, str]:
    """Return subject and text part of a message as it is stored."""
    email = BytesParser(policy=policy.SMTP).parsebytes(body)
    part = email.get_body(preferencelist=("plain",))
    text = "" if part is None else str(part.get_content())
    return str(email["Subject"]), text.replace("\r\n", "\n")
