"""Writes the emails of the demonstration as pages for a browser, with a list of them."""

from collections.abc import Callable, Iterable
from html import escape
from typing import Any

from alerter.demo.postbox import Arrived, Postbox

PATH = "/emails"
HEADERS = (
    ("Content-Type", "text/html; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; img-src data:"),
    ("Cache-Control", "no-store"),
)
STYLE = (
    ":root{color-scheme:light dark}body{font:1.125rem/1.5 Arial,Helvetica,sans-serif;max-width:60rem;"
    "margin:2rem auto;padding:0 1rem}li{margin:0 0 .75rem}small{display:block}"
)


class Shelf:
    """A WSGI application that shows what a mail server has collected so far."""

    def __init__(self, postbox: Postbox) -> None:
        self._postbox = postbox

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer with the list, or with the email whose place the path names."""
        place = str(environ.get("PATH_INFO", "")).strip("/")
        arrived = self._postbox.arrived
        if not place:
            status, page = "200 OK", _list(arrived, str(environ.get("SCRIPT_NAME", "")))
        elif place.isascii() and place.isdigit() and 1 <= int(place[:9]) <= len(arrived):
            status, page = "200 OK", arrived[int(place[:9]) - 1].page.read_text(encoding="utf-8")
        else:
            status, page = "404 Not Found", _page("There is no such email", "")
        start_response(status, list(HEADERS))
        return [page.encode()]


def _list(arrived: Iterable[Arrived], base: str) -> str:
    lines = "\n".join(
        f'<li><a href="{escape(base)}/{place}">{escape(email.subject)}</a>'
        f"<small>{escape(email.recipient)}</small></li>"
        for place, email in enumerate(arrived, start=1)
    )
    return _page("Emails that arrived", f"<ol>\n{lines}\n</ol>")


def _page(title: str, content: str) -> str:
    return (
        f'<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head>'
        f"<body><main><h1>{title}</h1>\n{content}</main></body></html>\n"
    )
