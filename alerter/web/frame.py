"""What all pages have in common: who is there, and what stands around the content."""

from dataclasses import dataclass
from typing import Any

from flask import Response, make_response, redirect, render_template, request, session, url_for

from alerter.app.audits import form
from alerter.web import sessions
from alerter.web.site import Site

OK, SEE_OTHER, BAD, FORBIDDEN, NOT_FOUND, TOO_MANY = 200, 303, 400, 403, 404, 429


@dataclass(frozen=True, slots=True)
class Frame:
    """
    The frame of one site's pages.
    """

    site: Site

    @property
    def visitor(self) -> str:
        """
        Return the address of whom the request is from; empty where that is not known.
        """
        return self.site.visitor_of(request, session)

    def page(self, template: str, status: int = OK, *, visitor: str, **shown: object) -> Response:
        """
        Return a page for *visitor*, with what is *shown* on it.
        """
        facts = {
            "council": self.site.installation.settings.council,
            "contact": self.site.installation.press.stationery.contact,
            "is_proxied": self.site.is_proxied,
            "link_days": self.site.web.link_days,
            "csrf": sessions.token_of(session),
            "visitor": visitor,
            "has_service": False,
            "has_audits": bool(form(self.site.installation)),
        }
        return make_response(render_template(template, **(facts | shown)), status)

    def stale(self) -> Response:
        """
        Say that whoever this is has to open a link first.
        """
        return self.page("link.html", FORBIDDEN, visitor="", is_stale=True, fault="", email="")


def go(endpoint: str, **values: Any) -> Response:
    """
    Lead on to another page.
    """
    response: Response = make_response(redirect(url_for(endpoint, **values), SEE_OTHER))
    return response
