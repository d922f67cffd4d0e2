"""One installation's site: its settings, its visitors, its limits, and the frame of its pages."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from flask import Request, Response, make_response, redirect, render_template, request, session, url_for

from alerter.app.audits import form
from alerter.app.link_letters import Mailroom
from alerter.app.logs import Journal
from alerter.app.page_session import PageSession, is_open
from alerter.app.recording import reasons_of
from alerter.config.page import WebSettings
from alerter.domain.reasons import Reasons
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.mail.language import Language
from alerter.mail.links import Links
from alerter.web import sessions
from alerter.web.guard import Limit, client_of, signed_on
from alerter.web.sessions import Cookie, session_of

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
MOST_A_MINUTE = 300  # a whole office may come from one address on a Monday morning
MOST_LINKS_AN_HOUR = 60  # asked for by one client, whatever the addresses; each address has its own limit

OK, SEE_OTHER, BAD, FORBIDDEN, NOT_FOUND, TOO_MANY = 200, 303, 400, 403, 404, 429


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """One installation's page."""

    installation: Installation
    web: WebSettings
    links: Links
    journal: Journal
    mailroom: Mailroom
    requests: Limit
    link_requests: Limit

    @classmethod
    def of(cls, installation: Installation, journal: Journal, mailroom: Mailroom) -> "Site":
        """
        Return the site of *installation*.

        Raises:
            ConfigError: Its settings have no `[web]`, or a package is missing.
        """
        web, links = installation.settings.web, Links.of(installation.settings)
        if web is None or links is None:
            raise ConfigError(["web: is missing; config.example.toml shows how to write it."])
        return cls(
            installation=installation,
            web=web,
            links=links,
            journal=journal,
            mailroom=mailroom,
            requests=Limit(MOST_A_MINUTE, MINUTE, installation.now),
            link_requests=Limit(MOST_LINKS_AN_HOUR, HOUR, installation.now),
        )

    @property
    def is_proxied(self) -> bool:
        """Say whether the council's proxy says who somebody is."""
        return self.web.auth == "proxy"

    @property
    def now(self) -> datetime:
        """Return this moment."""
        return self.installation.now()

    @property
    def reasons(self) -> Reasons:
        """Return the reasons to choose from."""
        return reasons_of(self.installation)

    def client_of(self, request: Request) -> str:
        """Return the address a request comes from."""
        return client_of(request.remote_addr or "", request.headers, self.web)

    def visitor_of(self, request: Request, cookie: Cookie) -> str:
        """
        Return the address of whom a request is from; empty where that is not known.

        Raises:
            StoreError: The database cannot be used.
        """
        if self.is_proxied:
            domains = self.installation.rules.allowed_domains
            return signed_on(request.remote_addr or "", request.headers, self.web, domains)
        session = self.session_of(cookie)
        return "" if session is None else session.email

    def session_of(self, cookie: Cookie) -> PageSession | None:
        """
        Return the session that *cookie* is for; None where there is none, or it is over.

        Raises:
            StoreError: The database cannot be used.
        """
        session = session_of(cookie, self.now)
        return session if session is not None and is_open(self.installation, session) else None


@dataclass(frozen=True, slots=True)
class Frame:
    """The frame of one site's pages."""

    site: Site

    @property
    def visitor(self) -> str:
        """Return the address of whom the request is from; empty where that is not known."""
        return self.site.visitor_of(request, session)

    @property
    def language(self) -> Language:
        """Return the language of the pages."""
        return self.site.installation.writer.language

    def page(self, template: str, status: int = OK, *, visitor: str, **shown: object) -> Response:
        """Return a page for *visitor*, with what is *shown* on it."""
        facts = {
            "council": self.site.installation.settings.council,
            "contact": self.site.installation.writer.contact,
            "is_proxied": self.site.is_proxied,
            "link_days": self.site.web.link_days,
            "csrf": sessions.token_of(session),
            "visitor": visitor,
            "lang": self.language.tag,
            "frame_lang": self.language.tag,
            "say": self.language.say,
            "has_service": False,
            "has_audits": bool(form(self.site.installation)),
        }
        return make_response(render_template(template, **(facts | shown)), status)

    def nowhere(self, visitor: str) -> Response:
        """Say that there is no such page, for what is not there and for what is not this visitor's alike."""
        return self.page("error.html", NOT_FOUND, visitor=visitor, code=NOT_FOUND)

    def stale(self) -> Response:
        """Say that whoever this is has to open a link first."""
        return self.page("link.html", FORBIDDEN, visitor="", is_stale=True, fault="", email="")


class HasFrame(Protocol):
    """The views of some pages, in the frame of their site."""

    @property
    def frame(self) -> Frame:
        """Return the frame."""


Arguments = ParamSpec("Arguments")
Pages = TypeVar("Pages", bound=HasFrame)


def for_visitors(
    view: Callable[Concatenate[Pages, str, Arguments], Response],
) -> Callable[Concatenate[Pages, Arguments], Response]:
    """Give a view the visitor's address as its first argument; who is not known is led to a link instead."""

    @wraps(view)
    def guarded(pages: Pages, /, *arguments: Arguments.args, **values: Arguments.kwargs) -> Response:
        visitor = pages.frame.visitor
        return view(pages, visitor, *arguments, **values) if visitor else pages.frame.stale()

    return guarded


def go(endpoint: str, **values: Any) -> Response:
    """Lead on to another page."""
    response: Response = make_response(redirect(url_for(endpoint, **values), SEE_OTHER))
    return response
