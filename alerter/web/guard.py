"""The address of a request's client, whom the council's proxy names, limits, and response headers."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from threading import Lock

from flask import Response
from werkzeug.datastructures import Headers

from alerter.config.page import WebSettings
from alerter.domain.address import is_address, is_in_domains

FORWARDED = "X-Forwarded-For"

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Referrer-Policy": "no-referrer",  # the link in the address bar must never leave
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
STYLES_KEPT = "static"  # the endpoint whose answers hold nothing about anybody
HTTPS_ONLY = "max-age=31536000"

MOST_CLIENTS = 10_000


def client_of(peer: str, headers: Headers, web: WebSettings) -> str:
    """
    Return the address of the client: the peer's, or behind a proxy that is named the one it forwards for.

    Of several forwarded addresses the last that is no proxy of ours counts: what stands before it, the
    client could have written itself.
    """
    if not is_trusted(peer, web):
        return peer
    hops = [hop.strip() for hop in headers.get(FORWARDED, "").split(",")]
    return next((hop for hop in reversed(hops) if hop and not is_trusted(hop, web)), peer)


def signed_on(peer: str, headers: Headers, web: WebSettings, allowed_domains: tuple[str, ...]) -> str:
    """
    Return the address of whom a named proxy says the request is from; empty where nobody may be believed.
    """
    if web.auth != "proxy" or not is_trusted(peer, web):
        return ""
    named = headers.get(web.proxy_header, "").strip()
    return named if is_address(named) and is_in_domains(named, allowed_domains) else ""


def is_trusted(peer: str, web: WebSettings) -> bool:
    """Say whether *peer* is one of the proxies named in the settings."""
    try:
        return str(ip_address(peer)) in web.trusted_proxies
    except ValueError:
        return False


def protect(response: Response, *, is_https: bool, is_kept: bool) -> Response:
    """Return *response* with the headers that protect it; what *is_kept* may stay in a browser's cache."""
    kept = {"Cache-Control": response.headers.get("Cache-Control", "no-store")} if is_kept else {}
    response.headers.update({**ALWAYS, **kept})
    if is_https:
        response.headers["Strict-Transport-Security"] = HTTPS_ONLY
    return response


@dataclass(slots=True)
class Limit:
    """
    At most *most* times *within* a stretch for each client; *now* tells the time.

    It guards one process against a flood. What must not be had too often in all is counted in the database.
    """

    most: int
    within: timedelta
    now: Callable[[], datetime]
    _asked: dict[str, deque[datetime]] = field(init=False, default_factory=dict)
    _lock: Lock = field(init=False, default_factory=Lock)

    def allows(self, client: str) -> bool:
        """Say whether *client* may ask once more, and count that it did."""
        with self._lock:
            at = self.now()
            times = self._asked.setdefault(client, deque())
            while times and times[0] <= at - self.within:
                times.popleft()
            is_allowed = len(times) < self.most
            if is_allowed:
                times.append(at)
            if len(self._asked) > MOST_CLIENTS:
                self._forget(at)
            return is_allowed

    def _forget(self, at: datetime) -> None:
        """Forget whoever has not asked lately; if that is nobody, everybody, so that memory stays bounded."""
        lately = {
            client: times for client, times in self._asked.items() if times and times[-1] > at - self.within
        }
        self._asked = lately if len(lately) <= MOST_CLIENTS else {}
