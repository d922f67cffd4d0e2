"""A double of Microsoft Entra's token endpoint: HTTPS on this machine, as msal speaks to it."""

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs

TENANT = "5f0b1c1e-0000-4000-8000-00000000aaaa"
Answer = tuple[int, dict[str, Any]]


class Entra:
    """
    Answers the discovery document of one tenant and its token endpoint, while its `with` block lasts.

    *answers* come one after the other, the last repeated; without any, each request gets a token of its own:
    `token-1`, `token-2`. *asked* holds the forms that were posted.
    """

    def __init__(self, tls: ssl.SSLContext, answers: list[Answer] | None = None) -> None:
        self._answers = answers or []
        self.asked: list[dict[str, str]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"https://127.0.0.1:{self._server.server_port}"

    @property
    def authority(self) -> str:
        """Return the authority of the one tenant."""
        return f"{self.url}/{TENANT}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join(timeout=10)
        self._server.server_close()

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

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        entra = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say(entra.discovery(self.path))

            def do_POST(self) -> None:
                length = int(self.headers["Content-Length"])
                self._say(entra.token(self.rfile.read(length).decode("ascii")))

            def log_message(self, *said: object) -> None:
                """Keep quiet."""

            def _say(self, answer: Answer) -> None:
                status, words = answer
                body = json.dumps(words).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler
