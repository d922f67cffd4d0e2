"""
A double of Microsoft Graph and of Entra's token endpoint, by plain HTTP or TLS on this machine.

Written to Microsoft's pages:
https://learn.microsoft.com/en-us/entra/identity-platform/v2-oauth2-client-creds-grant-flow (tokens),
https://learn.microsoft.com/en-us/graph/api/user-sendmail (202, `ErrorMimeContentInvalidBase64String`),
https://learn.microsoft.com/en-us/graph/errors (statuses and the error object),
https://learn.microsoft.com/en-us/graph/throttling (429 with Retry-After).
"""

import base64
import binascii
import json
import socket
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesHeaderParser
from http.client import responses
from typing import IO, Any
from urllib.parse import parse_qs, unquote, urlsplit

from tests.world.listener import Listener
from tests.world.mail_server import Parcel, message_id_of

PAGE = 3
DRIP_SECONDS = 0.05
TENANT = "5f0b1c1e-0000-4000-8000-00000000aaaa"
CLIENT_ID = "9c0ffee0-0000-4000-8000-000000000001"
SECRET = "made-up-secret-of-graph"
MAILBOX = "alerts@council.example"
CONNECTED, TOKEN, HEAD, MIDDLE, LAST, WHOLE, ANSWERED = (
    "connected", "token", "head", "middle", "last", "whole", "answered",
)  # fmt: skip
STEPS = (HEAD, MIDDLE, LAST, WHOLE)
HANG_UP = 0
Deed = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Reply:
    """
    An answer: its *status* (`HANG_UP` closes the connection), an error's *code*, and more *headers*.

    It comes at *step*: once the `HEAD` of the request is there, the `MIDDLE` of its body, all but its `LAST`
    byte, or the `WHOLE`. Only *cut* bytes of it are sent where that is given; with *is_dripping* they come
    one by one, and with *is_silent* not at all. *is_kept* says whether the message is, whatever is answered.
    """

    status: int = 202
    code: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    step: str = WHOLE
    cut: int | None = None
    is_dripping: bool = False
    is_silent: bool = False
    is_kept: bool | None = None
    body: bytes | None = None

    @property
    def words(self) -> bytes:
        """Return the answer as it goes over the line."""
        error = {"error": {"code": self.code, "message": f"made up: {self.code}", "innerError": {}}}
        body = (json.dumps(error).encode() if self.code else b"") if self.body is None else self.body
        lines = [
            f"HTTP/1.1 {self.status} {responses.get(self.status, 'What')}",
            f"Content-Length: {len(body)}",
        ]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + body


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be done at one step, once: for anybody's message, or for one recipient's."""

    step: str
    recipient: str
    deed: Deed


@dataclass(slots=True)
class Request:
    """One request: its method, its path, its headers, and as much of its body as has come."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes = b""

    @property
    def length(self) -> int:
        """Return how long its body is to be."""
        return int(self.headers.get("content-length", "0"))


def token_with(*roles: str) -> str:
    """Return an access token as Entra makes them: a JSON Web Token, here with a made-up signature."""
    parts = ({"typ": "JWT", "alg": "RS256"}, {"aud": "https://graph.microsoft.com", "roles": list(roles)})
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts]
    return ".".join([*encoded, "c2lnbmF0dXJlLW9mLWEtdG9rZW4"])


class GraphDouble(Listener):
    """
    Listens on a port of 127.0.0.1 while its `with` block lasts, to several clients at once.

    *replies* come to the messages posted, one after the other and the last repeated; *to* has those to the
    messages for an address, where they are whole. `at` has deeds done at a step. *arrived* holds what was
    kept, *seen* every message whose request was whole, *unfinished* how many requests ended before. *asked*
    holds the forms posted to the token endpoint, each answered by *token*, or by *token_reply*. *inbox* has
    the mailbox's messages by their ids; *inbox_reply* may be the answer to whoever wants their list.
    """

    def __init__(
        self,
        replies: Sequence[Reply] = (),
        *,
        to: Mapping[str, Sequence[Reply]] | None = None,
        token: str = "",
        token_reply: Reply | None = None,
        tls: ssl.SSLContext | None = None,
        pause: float = 0,
    ) -> None:
        super().__init__(tls)
        self._replies = list(replies) or [Reply()]
        self._to = {address: list(own) for address, own in (to or {}).items()}
        self._pause = pause
        self._plans: list[Plan] = []
        self._lock = threading.Lock()
        self.is_marked: Callable[[str], bool | None] = lambda _message_id: None
        self.token = token or token_with("Mail.Send")
        self.token_reply = token_reply
        self.asked: list[dict[str, str]] = []
        self.requests: list[Request] = []
        self.arrived: list[Parcel] = []
        self.seen: list[Parcel] = []
        self.unfinished = 0
        self.inbox: dict[str, bytes] = {}
        self.inbox_reply: Reply | None = None

    @property
    def settings(self) -> dict[str, object]:
        """Return the settings that lead here, as `Council.configure` takes them."""
        return {
            "email__transport": "graph",
            "email__graph__tenant_id": TENANT,
            "email__graph__client_id": CLIENT_ID,
            "email__graph__client_secret": SECRET,
            "email__graph__base_url": self.url,
            "email__graph__authority": f"{self.url}/{TENANT}",
        }

    def reply(self, address: str, *replies: Reply) -> None:
        """Answer the next messages for *address* so, one after the other."""
        self._to[address] = list(replies)

    def script(self, replies: Sequence[Reply]) -> None:
        """Answer the next messages so, the last reply repeated."""
        self._replies = list(replies)

    def at(self, step: str, deed: Deed, to: str = "") -> None:
        """Do *deed* when *step* comes next; *to* a recipient alone where the whole of a message is there."""
        with self._lock:
            self._plans.append(Plan(step, to, deed))

    def take(self) -> list[Parcel]:
        """Return what was kept so far, and forget it."""
        taken, self.arrived = self.arrived, []
        return taken

    def tally(self) -> Counter[str]:
        """Return how many messages were kept for each recipient."""
        return Counter(parcel.recipient for parcel in self.arrived)

    def copies(self, recipient: str) -> list[bytes]:
        """Return what was kept for one recipient."""
        return [parcel.content for parcel in self.arrived if parcel.recipient == recipient]

    def met(self) -> None:
        """Do what is planned for a client that has connected."""
        self._step_in(CONNECTED)

    def serve(self, connection: socket.socket) -> None:
        """Answer one client's requests, one after the other."""
        with connection.makefile("rb") as reader:
            request = _head(reader)
            if request is None:
                return
            self.requests.append(request)
            if request.path.endswith("/oauth2/v2.0/token"):
                request.body = reader.read(request.length)
                self._step_in(TOKEN)
                self._say(connection, self._token(request))
            elif request.path.endswith("/sendMail"):
                self._send_mail(connection, reader, request)
            else:
                self._say(connection, self._get(request))

    def _token(self, request: Request) -> Reply:
        """Return a token for a posted form."""
        self.asked.append({key: values[0] for key, values in parse_qs(request.body.decode("ascii")).items()})
        if self.token_reply is not None:
            return self.token_reply
        answer = {"token_type": "Bearer", "expires_in": 3599, "access_token": self.token}
        return Reply(200, body=json.dumps(answer).encode())

    def _get(self, request: Request) -> Reply:
        """Return the answer to what sends nothing: the endpoints, a list of the inbox, or a message."""
        where = urlsplit(request.path)
        if request.path.endswith("/v2.0/.well-known/openid-configuration"):
            oauth = f"{self.url}/{TENANT}/oauth2/v2.0"
            endpoints = {"authorization_endpoint": f"{oauth}/authorize", "token_endpoint": f"{oauth}/token"}
            return Reply(200, body=json.dumps(endpoints).encode())
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return Reply(401, "InvalidAuthenticationToken")
        self.is_over.wait(self._pause)
        user, _, rest = where.path.removeprefix("/v1.0/users/").partition("/")
        if rest.startswith("mailFolders/"):
            return self.inbox_reply or self._listed(
                user, rest, int(parse_qs(where.query).get("$skip", ["0"])[0])
            )
        id_ = unquote(rest.removeprefix("messages/").removesuffix("/$value"))
        return Reply(200, body=self.inbox[id_]) if id_ in self.inbox else Reply(404, "ErrorItemNotFound")

    def _listed(self, user: str, rest: str, skip: int) -> Reply:
        """
        Return a page of the inbox: https://learn.microsoft.com/en-us/graph/api/mailfolder-list-messages
        """
        ids = list(self.inbox)[skip : skip + PAGE]
        page: dict[str, object] = {"value": [{"@odata.etag": 'W/"x"', "id": id_} for id_ in ids]}
        if skip + PAGE < len(self.inbox):
            page["@odata.nextLink"] = f"{self.url}/v1.0/users/{user}/{rest}?$skip={skip + PAGE}"
        return Reply(200, body=json.dumps(page).encode())

    def _send_mail(self, connection: socket.socket, reader: IO[bytes], request: Request) -> None:
        with self._lock:
            reply = self._replies.pop(0) if len(self._replies) > 1 else self._replies[0]
        until = {MIDDLE: request.length // 2, LAST: request.length - 1, WHOLE: request.length}
        try:
            for step in STEPS:
                wanted = until.get(step, 0) - len(request.body)
                piece = reader.read(wanted)
                request.body += piece
                if len(piece) < wanted:
                    return
                if step == WHOLE:
                    self._take(connection, request, reply)
                    return
                self._step_in(step)
                if reply.step == step and not self._say(connection, reply):
                    return
        finally:
            self.unfinished += len(request.body) < request.length

    def _take(self, connection: socket.socket, request: Request, reply: Reply) -> None:
        """Write down a message that is whole, and answer."""
        if reply.step != WHOLE:
            self.seen.append(Parcel("", b""))
            return
        reply, content = self._judged(request, reply)
        if content:
            recipient = recipient_of(content)
            parcel = Parcel(recipient, content, self.is_marked(message_id_of(content)))
            self.seen.append(parcel)
            own = self._to.get(recipient)
            reply = own.pop(0) if own else reply
            self._step_in(WHOLE, recipient)
            self.is_over.wait(self._pause)
            if reply.status == 202 if reply.is_kept is None else reply.is_kept:
                self.arrived.append(parcel)
        self._say(connection, reply)
        self._step_in(ANSWERED)

    def _judged(self, request: Request, reply: Reply) -> tuple[Reply, bytes]:
        """Return the reply to a request and the message in it, unless it is none of ours."""
        if request.headers.get("authorization") != f"Bearer {self.token}":
            return Reply(401, "InvalidAuthenticationToken"), b""
        if request.headers.get("content-type") != "text/plain":
            return Reply(415, "RequestBodyRead"), b""
        try:
            return reply, base64.b64decode(request.body, validate=True)
        except binascii.Error:
            return Reply(400, "ErrorMimeContentInvalidBase64String"), b""

    def _say(self, connection: socket.socket, reply: Reply) -> bool:
        """Answer; return whether the connection stays open."""
        if reply.status == HANG_UP:
            return False
        if reply.is_silent:
            while connection.recv(4096):
                pass
            return False
        words = reply.words[: reply.cut]
        if not reply.is_dripping:
            connection.sendall(words)
            return reply.cut is None
        for place in range(len(words)):
            if self.is_over.wait(DRIP_SECONDS):
                break
            connection.sendall(words[place : place + 1])
        return True

    def _step_in(self, step: str, recipient: str = "") -> None:
        """Do what is planned for *step*."""
        with self._lock:
            plan = next(
                (plan for plan in self._plans if plan.step == step and plan.recipient in ("", recipient)),
                None,
            )
            if plan is not None:
                self._plans.remove(plan)
        if plan is not None:
            plan.deed()


def recipient_of(content: bytes) -> str:
    """Return the address in a message's To, which Graph sends to."""
    to = BytesHeaderParser(policy=policy.SMTP).parsebytes(content)["To"]
    return "" if to is None else str(to.addresses[0].addr_spec)


def _head(reader: IO[bytes]) -> Request | None:
    """Read the head of a request; None where the client has gone."""
    method, _, rest = reader.readline().decode("ascii").partition(" ")
    headers: dict[str, str] = {}
    while line := reader.readline().decode("ascii").strip():
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    return Request(method, rest.partition(" ")[0], headers) if rest else None


def details_of(double: GraphDouble) -> dict[str, Any]:
    """Return what an application is registered as with *double*."""
    return {
        "authority": f"{double.url}/{TENANT}",
        "client_id": CLIENT_ID,
        "scope": f"{double.url}/.default",
        "table": "email.graph",
    }
