"""A double of GOV.UK Notify: the parts of its documented API that the client speaks to, over HTTP."""

import json
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

import jwt

SERVICE_ID = "26785a09-0000-4000-8000-000000000001"
SECRET = "3d844edf-0000-4000-8000-000000000002"
API_KEY = f"made_up-{SERVICE_ID}-{SECRET}"
TEMPLATE_ID = "f33517ff-0000-4000-8000-000000000003"
TEMPLATE = {"id": TEMPLATE_ID, "type": "email", "version": 1, "subject": "((subject))", "body": "((body))"}
HANG_UP, SILENT = 0, 1
Answer = tuple[int, Any]


def refusal(status: int, kind: str, message: str) -> Answer:
    """Return an error as Notify words it."""
    return status, {"status_code": status, "errors": [{"error": kind, "message": message}]}


class NotifyDouble:
    """
    Listens on a free port of 127.0.0.1 while its `with` block lasts, and believes only tokens of `API_KEY`.

    *answers* come to the messages posted, one after the other and the last repeated; the status `HANG_UP`
    closes the connection after the message was taken, and `SILENT` waits until the client goes. Without
    any, each is accepted. *taken* holds the messages posted; *statuses* gives the notifications that stand
    under a reference.
    """

    def __init__(
        self,
        answers: list[Answer] | None = None,
        statuses: dict[str, list[str]] | None = None,
        template: Answer = (200, TEMPLATE),
    ) -> None:
        self._answers = list(answers or [])
        self._statuses = statuses or {}
        self._template = template
        self.taken: list[dict[str, Any]] = []
        self.paths: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join(timeout=10)
        self._server.server_close()

    def answer(self, path: str, bearer: str, posted: dict[str, Any] | None) -> Answer:
        """Return the answer to one request."""
        self.paths.append(path)
        if not _is_ours(bearer):
            return refusal(403, "AuthError", "Invalid token: API key not found")
        parts = urlsplit(path)
        if posted is not None and parts.path == "/v2/notifications/email":
            return self._take(posted)
        if parts.path.startswith("/v2/template/"):
            return self._template
        if parts.path == "/v2/notifications":
            return self._list(parse_qs(parts.query)["reference"][0])
        return refusal(404, "NoResultFound", "No result found")

    def _take(self, posted: dict[str, Any]) -> Answer:
        self.taken.append(posted)
        if not self._answers:
            return 201, {"id": f"740e5834-0000-4000-8000-{len(self.taken):012}", **posted}
        return self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]

    def _list(self, reference: str) -> Answer:
        statuses = self._statuses.get(reference, [])
        return 200, {
            "notifications": [{"reference": reference, "type": "email", "status": each} for each in statuses],
            "links": {"current": "/v2/notifications"},
        }

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        double = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._say(double.answer(self.path, self._bearer(), None))

            def do_POST(self) -> None:
                posted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                self._say(double.answer(self.path, self._bearer(), posted))

            def log_message(self, *said: object) -> None:
                """Keep quiet."""

            def _bearer(self) -> str:
                return self.headers.get("Authorization", "").removeprefix("Bearer ")

            def _say(self, answer: Answer) -> None:
                status, words = answer
                if status == SILENT:
                    self.rfile.read(1)
                if status in (HANG_UP, SILENT):
                    return
                body = words if isinstance(words, bytes) else json.dumps(words).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        return Handler


def _is_ours(bearer: str) -> bool:
    try:
        claims = jwt.decode(bearer, SECRET, algorithms=["HS256"], leeway=30)
    except jwt.InvalidTokenError:
        return False
    return bool(re.fullmatch(SERVICE_ID, str(claims.get("iss"))))
