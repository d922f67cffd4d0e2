"""A double of GOV.UK Notify: the parts of its documented API that the client speaks to, over HTTP."""

import json
import re
from email.message import Message
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt

from tests.world.web import Answer, WebServer

SERVICE_ID = "26785a09-0000-4000-8000-000000000001"
SECRET = "3d844edf-0000-4000-8000-000000000002"
API_KEY = f"made_up-{SERVICE_ID}-{SECRET}"
TEMPLATE_ID = "f33517ff-0000-4000-8000-000000000003"
TEMPLATE = {"id": TEMPLATE_ID, "type": "email", "version": 1, "subject": "((subject))", "body": "((body))"}


def refusal(status: int, kind: str, message: str) -> Answer:
    """Return an error as Notify words it."""
    return status, {"status_code": status, "errors": [{"error": kind, "message": message}]}


class NotifyDouble(WebServer):
    """
    Believes only tokens of `API_KEY`.

    *answers* come to the messages posted, one after the other and the last repeated; without any, each is
    accepted. *taken* holds the messages posted; *statuses* gives the notifications that stand under a
    reference.
    """

    def __init__(
        self,
        answers: list[Answer] | None = None,
        statuses: dict[str, list[str]] | None = None,
        template: Answer = (200, TEMPLATE),
    ) -> None:
        super().__init__()
        self._answers = list(answers or [])
        self._statuses = statuses or {}
        self._template = template
        self.taken: list[dict[str, Any]] = []
        self.paths: list[str] = []

    def reply(self, path: str, headers: Message, posted: bytes | None) -> Answer:
        """Return the answer to one request."""
        self.paths.append(path)
        if not _is_ours(headers.get("Authorization", "").removeprefix("Bearer ")):
            return refusal(403, "AuthError", "Invalid token: API key not found")
        parts = urlsplit(path)
        if posted is not None and parts.path == "/v2/notifications/email":
            return self._take(json.loads(posted))
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


def _is_ours(bearer: str) -> bool:
    try:
        claims = jwt.decode(bearer, SECRET, algorithms=["HS256"], leeway=30)
    except jwt.InvalidTokenError:
        return False
    return bool(re.fullmatch(SERVICE_ID, str(claims.get("iss"))))
