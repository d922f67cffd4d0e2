"""What an answer of GOV.UK Notify means: for one message, for all of them, and for what was sent before."""

from collections.abc import Mapping
from typing import Any, Literal, cast, get_args

from alerter.errors import MailDeferredError, MailError, MailStoppedError
from alerter.mail.transport import Outcome, reply_words

BAD_REQUEST, REQUEST_TIMEOUT, TOO_LARGE, TOO_MANY, BROKEN, AWAY = 400, 408, 413, 429, 500, 503
CLIENT_FAULTS = range(400, 500)
SETTINGS = ("template_id", "email_reply_to_id")

DeliveryState = Literal["technical-failure", "permanent-failure", "temporary-failure", "sending", "delivered"]
"""How far a notification got, worst first."""

_STATES: tuple[str, ...] = get_args(DeliveryState)


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
    """
    Return the answer in words; of a request without an answer only what kind of failure it was.
    """
    if error.response is None:
        return f"no answer ({type(error.__cause__).__name__})"
    message = error.message
    if isinstance(message, list):
        message = "; ".join(str(each.get("message", "")) for each in message if isinstance(each, Mapping))
    return reply_words(error.status_code, str(message))


def best_state(answer: Any, reference: str) -> DeliveryState | None:
    """
    Return how far what bears *reference* got, by a list of notifications; None where there is none.

    What was sent twice counts as its better half, and what has not come to an end as `sending`.
    """
    listed = answer.get("notifications") if isinstance(answer, Mapping) else None
    ours = [each for each in listed or () if each.get("reference") == reference]
    states = [each["status"] if each.get("status") in _STATES else "sending" for each in ours]
    return cast("DeliveryState | None", max(states, key=_STATES.index, default=None))


def _never_left(cause: object) -> bool:
    """
    Say whether a request failed before a connection was there to carry it.
    """
    from urllib3 import exceptions  # noqa: PLC0415 - comes with the client

    failure = cause.args[0] if isinstance(cause, Exception) and cause.args else None
    return isinstance(
        getattr(failure, "reason", None),
        (exceptions.NewConnectionError, exceptions.ConnectTimeoutError, exceptions.ProxyError),
    )
