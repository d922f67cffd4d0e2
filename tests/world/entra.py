"""A double of Microsoft Entra's token endpoint: HTTPS on this machine, as msal speaks to it."""

import ssl
from email.message import Message
from urllib.parse import parse_qs

from tests.world.web import Answer, WebServer

TENANT = "5f0b1c1e-0000-4000-8000-00000000aaaa"


class Entra(WebServer):
    """
    Answers the discovery document of one tenant and its token endpoint, while its `with` block lasts.

    *answers* come one after the other, the last repeated; without any, each request gets a token of its own:
    `token-1`, `token-2`. *asked* holds the forms that were posted.
    """

    def __init__(self, tls: ssl.SSLContext, answers: list[Answer] | None = None) -> None:
        super().__init__(tls)
        self._answers = answers or []
        self.asked: list[dict[str, str]] = []

    @property
    def authority(self) -> str:
        """Return the authority of the one tenant."""
        return f"{self.url}/{TENANT}"

    def reply(self, path: str, headers: Message, posted: bytes | None) -> Answer:  # noqa: ARG002 - any will do
        """Return the answer to one request."""
        return self.discovery(path) if posted is None else self.token(posted.decode("ascii"))

    def discovery(self, path: str) -> Answer:
        """Return the tenant's endpoints (OpenID Connect Discovery 1.0)."""
        if path != f"/{TENANT}/v2.0/.well-known/openid-configuration":
            return 400, {"error": "invalid_tenant"}
        oauth = f"{self.authority}/oauth2/v2.0"
        return 200, {
            "issuer": f"{self.authority}/v2.0",
            "authorization_endpoint": f"{oauth}/authorize",
            "token_endpoint": f"{oauth}/token",
        }

    def token(self, form: str) -> Answer:
        """Return the next answer to a posted form."""
        self.asked.append({key: values[0] for key, values in parse_qs(form).items()})
        if self._answers:
            return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        token = f"token-{len(self.asked)}"
        return 200, {"access_token": token, "token_type": "Bearer", "expires_in": 3599}
