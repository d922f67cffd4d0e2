"""The pages: a GET shows and changes nothing, a POST records."""

from dataclasses import dataclass

from flask import Response, request, session

from alerter.app import extensions, reassurances
from alerter.app.link_letters import ask_link
from alerter.app.page_session import database_id, end
from alerter.domain.address import is_address, is_in_domains
from alerter.web import forms, sessions
from alerter.web.forms import Filled
from alerter.web.list_view import Today, list_view
from alerter.web.recorded_view import recorded_views
from alerter.web.site import BAD, FORBIDDEN, NOT_FOUND, OK, TOO_MANY, Frame, Site, for_visitors, go

GONE_FROM_LIST = (
    "Something you ticked is no longer on your list: it was signed off, or is somebody else's now. "
    "Nothing has been saved yet. Please look again, and press Save."
)
NO_ADDRESS = "Enter your work email address, such as name@council.example"


@dataclass(frozen=True, slots=True)
class Pages:
    """The views of one site."""

    frame: Frame

    @property
    def site(self) -> Site:
        """Return the site whose pages these are."""
        return self.frame.site

    def start(self) -> Response:
        """Lead to the list, or to where a link can be asked for."""
        return go("own_list" if self.frame.visitor else "link")

    def enter(self, token: str) -> Response:
        """Let in whoever has a good link. Nothing is written down but a cookie in the browser."""
        if self.site.is_proxied:
            return go("own_list")
        database = database_id(self.site.installation)
        opened = self.site.links.read(database, token, self.site.now)
        if opened is None:
            return self.frame.stale()
        sessions.begin(session, opened.email, database, self.site.now)
        return go("own_list")

    @for_visitors
    def own_list(self, visitor: str) -> Response:
        """Show the visitor's own list."""
        return self._list(visitor, Filled())

    @for_visitors
    def answer(self, visitor: str) -> Response:
        """Record what was ticked, all of it or nothing."""
        filled = forms.read(request.form)
        if filled.faults:
            return self._list(visitor, filled, BAD)
        done = reassurances.answer(self.site.installation, visitor, filled.answers)
        if done.foreign:
            self.site.journal.warn("answer_refused", refused=len(done.foreign))
            left = tuple(number for number in filled.picked if number not in done.foreign)
            gone = Filled(left, values=filled.values, faults={forms.PICK: GONE_FROM_LIST})
            return self._list(visitor, gone, FORBIDDEN)
        if done.faults:
            return self._list(visitor, forms.with_faults(filled, done.faults), BAD)
        if done.doubts:
            return self._list(visitor, forms.with_doubts(filled, done.doubts), BAD)
        self.site.journal.note("answered", recorded=done.recorded)
        return go("recorded")

    @for_visitors
    def recorded(self, visitor: str) -> Response:
        """Show what the visitor recorded within the hour, each with its way back."""
        site, language = self.site, self.frame.language
        views = recorded_views(
            reassurances.recent(site.installation, visitor),
            extensions.recent(site.installation, visitor),
            Today(as_of=site.installation.today(), next_run=site.installation.today(), language=language,
                  reasons=site.reasons),
            site.installation.zone,
        )  # fmt: skip
        return self.frame.page("recorded.html", visitor=visitor, recorded=views)

    @for_visitors
    def undo(self, visitor: str) -> Response:
        """Take back one reassurance of the last hour."""
        number = forms.number_in(request.form.get("reassurance", ""))
        if number is None or not reassurances.undo(self.site.installation, visitor, number):
            self.site.journal.warn("undo_refused")
            return self.frame.page("too_late.html", FORBIDDEN, visitor=visitor)
        return go("recorded")

    def link(self) -> Response:
        """Show where a new link can be asked for."""
        return self.frame.page("link.html", visitor="", is_stale=False, fault="", email="")

    def ask(self) -> Response:
        """Mail a new link to whoever has a list; the answer is the same for everybody else."""
        if self.site.is_proxied:
            return self.frame.page("link.html", NOT_FOUND, visitor="", is_stale=False, fault="", email="")
        if not self.site.link_requests.allows(self.site.client_of(request)):
            return self.frame.page("busy.html", TOO_MANY, visitor="")
        email = request.form.get("email", "").strip()
        if not is_address(email) or not is_in_domains(email, self.site.installation.rules.allowed_domains):
            fault = self.frame.language.sentence(NO_ADDRESS)
            return self.frame.page(
                "link.html", BAD, visitor="", is_stale=False, fault=fault, email=email[:254]
            )
        letter = ask_link(self.site.installation, self.site.links, email)
        if letter is not None:
            self.site.mailroom.post(letter)
        return go("asked")

    def asked(self) -> Response:
        """Say where to look for the link."""
        return self.frame.page("asked.html", visitor="")

    def leave(self) -> Response:
        """Let nobody in with this browser until a link is opened again, nor with a copy of its cookie."""
        left = self.site.session_of(session)
        if left is not None:
            end(self.site.installation, left)
        session.clear()
        return go("link")

    def refused(self, status: int) -> Response:
        """Say that a request was not taken, without saying more than its kind, nor asking whose it was."""
        return self.frame.page("error.html", status, visitor="", code=status)

    def _list(self, visitor: str, filled: Filled, status: int = OK) -> Response:
        own = reassurances.own_list(self.site.installation, visitor)
        zone = self.site.installation.zone
        view = list_view(own, filled, self.site.reasons, zone, self.frame.language)
        if own.scope and not own.digest.open and status == OK:
            return go("service")
        return self.frame.page("list.html", status, visitor=visitor, has_service=bool(own.scope), view=view)
