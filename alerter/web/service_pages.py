"""The pages of service managers and admins: their teams, the open assessments, who was emailed what."""

from dataclasses import dataclass

from flask import Response, make_response, request

from alerter.app.mailings import mailings_of, runs_in_scope
from alerter.app.open_list import COLUMNS, ListInScope, list_in_scope
from alerter.app.overview import overview
from alerter.mail.language import ENGLISH, Language
from alerter.reports.spreadsheet import spreadsheet
from alerter.web.mailing_view import run_lines, run_view
from alerter.web.open_view import Question, open_view, page_number
from alerter.web.service_view import service_view
from alerter.web.site import FORBIDDEN, OK, Frame, for_visitors

KINDS = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""What a download says it is, by the ending of its name."""


@dataclass(frozen=True, slots=True)
class ServicePages:
    """The views of one site for whoever has teams to look at; nothing here can be changed."""

    frame: Frame

    @for_visitors
    def service(self, visitor: str) -> Response:
        """Show the figures of the teams that the visitor may see."""
        shown = overview(self.frame.site.installation, visitor)
        if shown is None:
            return self._not_yours(visitor)
        view, lang = service_view(shown), ENGLISH.tag
        return self.frame.page("service.html", visitor=visitor, has_service=True, view=view, lang=lang)

    @for_visitors
    def open_assessments(self, visitor: str) -> Response:
        """Show the open assessments of these teams: filtered, sorted, a page at a time."""
        question = Question.of(request.args)
        listed = self._listed(visitor, question)
        if listed is None:
            return self._not_yours(visitor)
        return self._page("open.html", visitor, view=open_view(listed, question, self._language))

    @for_visitors
    def open_file(self, visitor: str, ending: str) -> Response:
        """Hand out the same assessments as a file, all pages of them."""
        question = Question.of(request.args)
        listed = self._listed(visitor, question)
        if listed is None:
            return self._not_yours(visitor)
        if ending not in KINDS:
            return self.frame.nowhere(visitor)
        content = spreadsheet(f".{ending}", COLUMNS, (row.cells for row in listed.assessments))
        name = f"open-assessments-{listed.as_of.isoformat()}.{ending}"
        file = make_response(content)
        file.headers["Content-Type"] = KINDS[ending]
        file.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        return file

    @for_visitors
    def emails(self, visitor: str) -> Response:
        """Show the runs, with what became of the emails that the visitor may see."""
        installation = self.frame.site.installation
        outcomes = runs_in_scope(installation, visitor)
        if outcomes is None:
            return self._not_yours(visitor)
        lines = run_lines(outcomes, installation.today(), self._language)
        return self._page("emails.html", visitor, language=self._language, runs=lines)

    @for_visitors
    def emails_of(self, visitor: str, number: int) -> Response:
        """Show who was emailed what by one run."""
        installation = self.frame.site.installation
        run = mailings_of(installation, visitor, number)
        if run is None:
            return self._not_yours(visitor)
        page, today = page_number(request.args.get("page", "")), installation.today()
        view = run_view(run, page, installation.zone, today, self._language)
        return self._page("emails_of.html", visitor, view=view)

    @property
    def _language(self) -> Language:
        return self.frame.site.installation.writer.language

    def _listed(self, visitor: str, question: Question) -> ListInScope | None:
        return list_in_scope(self.frame.site.installation, visitor, question.wanted)

    def _page(self, template: str, visitor: str, **shown: object) -> Response:
        lang = self._language.tag
        return self.frame.page(template, OK, visitor=visitor, has_service=True, lang=lang, **shown)

    def _not_yours(self, visitor: str) -> Response:
        return self.frame.page("not_yours.html", FORBIDDEN, visitor=visitor)
