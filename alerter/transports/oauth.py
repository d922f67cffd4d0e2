"""Fetches access tokens from Microsoft Entra by the OAuth 2.0 client-credentials flow."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from alerter.errors import MailDeferredError, MailStoppedError
from alerter.transports.transport import reply_words

TIMEOUT_SECONDS = 30  # for a whole request
# OAuth 2.0 (RFC 6749 4.1.2.1) has these two for a server that is busy or broken.
PASSING = ("temporarily_unavailable", "server_error")
PLAIN, TLS = "http://", "https://"
_PRIVATE_KEY = re.compile(r"-----BEGIN ([A-Z ]*PRIVATE KEY)-----.*?-----END \1-----", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """
    An application as Entra knows it, what it asks for, and from which *authority*.

    It proves itself by a *client_secret*, or by a *certificate*: PEM text with the private key, and the
    *password* of the key if it has one. *table* is where the settings have it.
    """

    authority: str
    client_id: str
    client_secret: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    scope: str
    table: str = "email.smtp.oauth"

    @property
    def proof(self) -> Any:
        """Return what msal takes for the application's credential."""
        if not self.certificate:
            return self.client_secret
        key = _PRIVATE_KEY.search(self.certificate)
        proof = {"private_key": key[0] if key else "", "public_certificate": self.certificate}
        return proof | ({"passphrase": self.password} if self.password else {})


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
            MailStoppedError: Entra refuses the application or its proof, or msal is not installed.
        """
        where, table = self._registration.authority, self._registration.table
        try:
            import msal  # noqa: PLC0415 - an extra
            import requests  # noqa: PLC0415 - comes with msal
            from msal.exceptions import MsalError  # noqa: PLC0415 - an extra
        except ImportError as error:
            raise MailStoppedError(
                f'{table} needs the package msal: run pip install "alerter[m365]".'
            ) from error
        try:
            answer = self._answer(msal, is_anew=is_anew)
        except requests.exceptions.SSLError as error:
            raise MailStoppedError(
                f"{where} has no certificate that can be verified: mend {table}.authority, or name "
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
        session: Any = EndingSession(self._seconds)
        if ours.authority.startswith(PLAIN):
            session = _InTheClear(ours.authority, session)
        proof = self._checked_proof()
        try:
            return msal.ConfidentialClientApplication(
                ours.client_id,
                client_credential=proof,
                authority=ours.authority.replace(PLAIN, TLS, 1),
                instance_discovery=False,  # the admin chose the authority: no third party is asked about it
                http_client=session,
            )
        except ValueError as error:
            raise MailStoppedError(
                f"{ours.authority} knows no such tenant: correct {ours.table}.tenant_id."
            ) from error

    def _checked_proof(self) -> Any:
        """
        Return the application's proof, its certificate read once.

        Raises:
            MailStoppedError: The certificate cannot be read, or its key not without its password.
        """
        ours = self._registration
        if ours.certificate:
            from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - comes with msal
                load_pem_private_key,
            )
            from cryptography.x509 import load_pem_x509_certificate  # noqa: PLC0415 - comes with msal

            try:
                load_pem_x509_certificate(ours.certificate.encode())
                load_pem_private_key(ours.proof["private_key"].encode(), ours.password.encode() or None)
            except (ValueError, TypeError) as error:  # its text may hold what it could not read
                raise MailStoppedError(
                    f"{ours.table}.client_certificate cannot be read: it is PEM with a certificate and its "
                    "private key, and client_certificate_password where the key is encrypted."
                ) from error
        return ours.proof

    def _token(self, answer: Mapping[str, Any]) -> str:
        ours = self._registration
        if token := answer.get("access_token"):
            return str(token)
        said = reply_words(0, f"{answer.get('error', '')} {answer.get('error_description', '')}")
        if answer.get("error") in PASSING:
            raise MailDeferredError(f"{ours.authority} gives no access token now: {said}.")
        raise MailStoppedError(
            f"{ours.authority} refuses an access token: {said}. "
            f"Correct {ours.table}, then run `alerter check`."
        )


@dataclass(frozen=True, slots=True)
class _Known:
    """An answer that needs no request."""

    text: str
    status_code: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _InTheClear:
    """
    Lets msal, which knows HTTPS alone, ask an *authority* on this machine by plain HTTP, for trying out.

    The endpoints are Entra's, as documented:
    https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow
    """

    authority: str
    session: Any

    def get(self, _url: str, **_details: Any) -> _Known:
        """Return the endpoints, the only thing msal asks for."""
        oauth = f"{self.authority.replace(PLAIN, TLS, 1)}/oauth2/v2.0"
        endpoints = {"authorization_endpoint": f"{oauth}/authorize", "token_endpoint": f"{oauth}/token"}
        return _Known(json.dumps(endpoints))

    def post(self, url: str, **details: Any) -> Any:
        """Post to *url*."""
        return self.session.post(url.replace(TLS, PLAIN, 1), **details)
