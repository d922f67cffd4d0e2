"""Fetches access tokens from Microsoft Entra by the OAuth 2.0 client-credentials flow."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from alerter.errors import MailDeferredError, MailStoppedError
from alerter.transports.transport import reply_words

TIMEOUT_SECONDS = 30  # for a whole request
# OAuth 2.0 (RFC 6749 4.1.2.1) has these two for a server that is busy or broken.
PASSING = ("temporarily_unavailable", "server_error")


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """An application as Entra knows it, what it asks for, and from which *authority*."""

    authority: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str


class EntraTokens:
    """
    Gives tokens for one application, each used until it is nearly over.

    A request to Entra has *seconds* in all. Needs the package msal, which is loaded with the first token.
    """

    def __init__(self, registration: Registration, seconds: float = TIMEOUT_SECONDS) -> None:
        self._registration = registration
        self._seconds = seconds
        self._app: Any = None

    def __call__(self, *, is_anew: bool) -> str:
        """
        Return the token at hand if it is still good, else, or with *is_anew*, a new one.

        Raises:
            MailDeferredError: Entra cannot be reached, or says not now.
            MailStoppedError: Entra refuses the application or its secret, or msal is not installed.
        """
        try:
            import msal  # noqa: PLC0415 - an extra
            import requests  # noqa: PLC0415 - comes with msal
            from msal.exceptions import MsalError  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise MailStoppedError(
                'email.smtp.auth = "xoauth2" needs the package msal: run pip install "alerter[m365]".'
            ) from error
        where = self._registration.authority
        try:
            answer = self._answer(msal, is_anew=is_anew)
        except requests.exceptions.SSLError as error:
            raise MailStoppedError(
                f"{where} has no certificate that can be verified: mend email.smtp.oauth.authority, or name "
                "the authority of your proxy in the environment variable REQUESTS_CA_BUNDLE."
            ) from error
        except (requests.exceptions.RequestException, MsalError, ValueError) as error:
            # The kind alone: an error's text can hold whole answers.
            raise MailDeferredError(
                f"{where} gives no access token, or cannot be reached ({type(error).__name__}); trying later."
            ) from error
        return self._token(answer)

    def _answer(self, msal: Any, *, is_anew: bool) -> Mapping[str, Any]:
        if self._app is None:
            self._app = self._application(msal)
        elif is_anew:
            self._app.remove_tokens_for_client()
        answer: Mapping[str, Any] = self._app.acquire_token_for_client(scopes=[self._registration.scope])
        return answer

    def _application(self, msal: Any) -> Any:
        """Return the application as msal has it, once Entra has named its endpoints."""
        from alerter.transports.session import EndingSession  # noqa: PLC0415 - needs requests

        ours = self._registration
        try:
            return msal.ConfidentialClientApplication(
                ours.client_id,
                client_credential=ours.client_secret,
                authority=ours.authority,
                instance_discovery=False,  # the admin chose the authority: no third party is asked about it
                http_client=EndingSession(self._seconds),
            )
        except ValueError as error:
            raise MailStoppedError(
                f"{ours.authority} knows no such tenant: correct email.smtp.oauth.tenant_id."
            ) from error

    def _token(self, answer: Mapping[str, Any]) -> str:
        if token := answer.get("access_token"):
            return str(token)
        said = reply_words(0, f"{answer.get('error', '')} {answer.get('error_description', '')}")
        if answer.get("error") in PASSING:
            raise MailDeferredError(f"{self._registration.authority} gives no access token now: {said}.")
        raise MailStoppedError(
            f"{self._registration.authority} refuses an access token: {said}. "
            "Correct email.smtp.oauth, then run `alerter check`."
        )
