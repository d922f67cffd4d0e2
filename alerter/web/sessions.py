"""The signed cookie that says who the visitor is, for a working day, and the token of each form."""

import hmac
import secrets
from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Any

from alerter.app.page_session import PageSession

LASTS = timedelta(hours=8)
SESSION, EMAIL, DATABASE, SINCE, TOKEN = "session", "email", "database", "since", "csrf"
FIELD = "csrf"

Cookie = MutableMapping[str, Any]


def begin(cookie: Cookie, email: str, database: str, now: datetime) -> None:
    """Let somebody in whose link was good for this *database*, with a session and a token of their own."""
    cookie.clear()
    cookie[SESSION] = secrets.token_urlsafe(16)
    cookie[EMAIL] = email
    cookie[DATABASE] = database
    cookie[SINCE] = int(now.timestamp())
    cookie[TOKEN] = secrets.token_urlsafe(32)


def session_of(cookie: Cookie, now: datetime) -> PageSession | None:
    """Return the session that the cookie is for; None where it has none, or one that has lasted too long."""
    id_, since = cookie.get(SESSION, ""), cookie.get(SINCE, 0)
    is_fresh = timedelta(0) <= now - datetime.fromtimestamp(since, now.tzinfo) + timedelta(seconds=1) <= LASTS
    if not id_ or not is_fresh:
        return None
    return PageSession(id=id_, email=cookie[EMAIL], database=cookie[DATABASE])


def token_of(cookie: Cookie) -> str:
    """Return the token for the forms of this browser, made when first asked for."""
    if TOKEN not in cookie:
        cookie[TOKEN] = secrets.token_urlsafe(32)
    return str(cookie[TOKEN])


def is_own_form(cookie: Cookie, token_sent: str, fetch_site: str) -> bool:
    """
    Say whether a form was sent from a page of ours to this browser.

    It must bear the browser's token; and browsers that say where a request comes from
    (`Sec-Fetch-Site`) must not say it is from elsewhere.
    """
    token = str(cookie.get(TOKEN, ""))
    is_from_here = fetch_site in ("", "same-origin", "none")
    return bool(token) and is_from_here and hmac.compare_digest(token.encode(), token_sent.encode())
