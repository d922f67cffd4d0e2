"""Each page: what a GET shows, which never changes anything, and what a POST records."""

from dataclasses import dataclass

from flask import Response, make_response, redirect, render_template, request, session, url_for

from alerter.app import answers
from alerter.app.link_letters import ask_link
from alerter.app.oversight import overview
from alerter.domain.address import is_address, is_in_domains
from alerter.web import forms, sessions
from alerter.web.forms import Filled
from alerter.web.list_view import list_view
from alerter.web.recorded_view import recorded_views
from alerter.web.service_view import service_view
from alerter.web.site import Site

OK, SEE_OTHER, BAD, FORBIDDEN, NOT_FOUND, TOO_MANY = 200, 303, 400, 403, 404, 429
GONE_FROM_LIST = (
    "Something you ticked is no longer on your list: it was signed off, or is somebody else's now. "
)
NOTHING_SAVED = "Nothing has been saved yet. Please look again, and press Save."


@dataclass(frozen=True, slots=True)
class Pages:
    """
    The views of one site.
    """

    site: Site

    def start(self) -> Response:
        """
        Lead to the list, or to where a link can be asked for.
        """
        return _go("own_list" if self._visitor else "link")

    def enter(self, token: str) -> Response:
        """
        Let in whoever has a good link. Nothing is written down but a cookie in the browser.
        """
        if self.site.is_proxied:
            return _go("own_list")
        opened = self.site.links.read(token, self.site.now)
        if opened is None:
            return self._stale()
        sessions.begin(session, opened.email, self.site.now)
        return _go("own_list")

    def own_list(self) -> Response:
        """
        Show the visitor's own list.
        """
        visitor = self._visitor
        return self._list(visitor, Filled()) if visitor else self._stale()

    def answer(self) -> Response:
        """
        Record what was ticked, all of it or nothing.
        """
        visitor = self._visitor
        if not visitor:
            return self._stale()
        filled = forms.read(request.form)
        if filled.faults:
            return self._list(visitor, filled, BAD)
        done = answers.answer(self.site.installation, visitor, filled.answers)
        if done.foreign:
            self.site.journal.warn("answer_refused", refused=len(done.foreign))
            left = tuple(number for number in filled.picked if number not in done.foreign)
            gone = Filled(left, values=filled.values, faults={forms.PICK: GONE_FROM_LIST})
            return self._list(visitor, gone, FORBIDDEN)
        if done.faults:
            return self._list(visitor, forms.with_faults(filled, done.faults), BAD)
        self.site.journal.note("answered", recorded=done.recorded)
        return _go("recorded")

    def recorded(self) -> Response:
        """
        Show what the visitor recorded within the hour, each with its way back.
        """
        visitor = self._visitor
        if not visitor:
            return self._stale()
        site = self.site
        found = answers.recent(site.installation, visitor)
        views = recorded_views(found, site.reasons, site.installation.zone, site.now)
        return self._page("recorded.html", visitor=visitor, recorded=views)

    def undo(self) -> Response:
        """
        Take back one reassurance of the last hour.
        """
        visitor = self._visitor
        if not visitor:
            return self._stale()
        number = forms.number_in(request.form.get("reassurance", ""))
        if number is None or not answers.undo(self.site.installation, visitor, number):
            self.site.journal.warn("undo_refused")
            return self._page("too_late.html", FORBIDDEN, visitor=visitor)
        return _go("recorded")

    def link(self) -> Response:
        """
        Show where a new link can be asked for.
        """
        return self._page("link.html", visitor="", is_stale=False, fault="", email="")

    def ask(self) -> Response:
        """
        Mail a new link to whoever has a list; the answer is the same for everybody else.
        """
        if self.site.is_proxied:
            return self._page("link.html", NOT_FOUND, visitor="", is_stale=False, fault="", email="")
        if not self.site.link_requests.allows(self.site.client_of(request)):
            return self._page("busy.html", TOO_MANY, visitor="")
        email = request.form.get("email", "").strip()
        if not is_address(email) or not is_in_domains(email, self.site.installation.rules.allowed_domains):
            fault = "Enter your work email address, such as name@council.example"
            return self._page("link.html", BAD, visitor="", is_stale=False, fault=fault, email=email[:254])
        letter = ask_link(self.site.installation, self.site.links, email)
        if letter is not None:
            self.site.mailroom.post(letter)
        return _go("asked")

    def asked(self) -> Response:
        """
        Say where to look for the link.
        """
        return self._page("asked.html", visitor="")

    def service(self) -> Response:
        """
        Show the figures of the teams that the visitor may see.
        """
        visitor = self._visitor
        if not visitor:
            return self._stale()
        shown = overview(self.site.installation, visitor)
        if shown is None:
            return self._page("not_yours.html", FORBIDDEN, visitor=visitor)
        return self._page("service.html", visitor=visitor, has_service=True, view=service_view(shown))

    def leave(self) -> Response:
        """
        Let nobody in with this browser until a link is opened again.
        """
        session.clear()
        return _go("link")

    def refused(self, status: int) -> Response:
        """
        Say that a request was not taken, without saying more than its kind.
        """
        return self._page("error.html", status, visitor=self._visitor, code=status)

    @property
    def _visitor(self) -> str:
        return self.site.visitor_of(request, session)

    def _list(self, visitor: str, filled: Filled, status: int = OK) -> Response:
        own = answers.own_list(self.site.installation, visitor)
        view = list_view(own, filled, self.site.reasons, self.site.installation.zone)
        if own.scope and not own.digest.open and status == OK:
            return _go("service")
        return self._page("list.html", status, visitor=visitor, has_service=bool(own.scope), view=view)

    def _stale(self) -> Response:
        return self._page("link.html", FORBIDDEN, visitor="", is_stale=True, fault="", email="")

    def _page(self, template: str, status: int = OK, *, visitor: str, **shown: object) -> Response:
        facts = {
            "council": self.site.installation.settings.council,
            "contact": self.site.installation.press.stationery.contact,
            "is_proxied": self.site.is_proxied,
            "link_days": self.site.web.link_days,
            "csrf": sessions.token_of(session),
            "visitor": visitor,
            "has_service": False,
        }
        return make_response(render_template(template, **(facts | shown)), status)


def _go(endpoint: str) -> Response:
    response: Response = make_response(redirect(url_for(endpoint), SEE_OTHER))
    return response
