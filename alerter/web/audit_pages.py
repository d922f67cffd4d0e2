"""The pages of the quality audit: what there is to audit, and the form of one assessment."""

from dataclasses import dataclass

from flask import Response, flash, request

from alerter.app.audits import AuditSheet, audit_sheet, form, give_audit, refuse_audit
from alerter.domain.quality_audit import Audit
from alerter.web import audit_view
from alerter.web.audit_view import FilledAudit, audit_form_view, audit_groups
from alerter.web.site import BAD, FORBIDDEN, OK, Frame, for_visitors, go


@dataclass(frozen=True, slots=True)
class AuditPages:
    """The views of one site's audits; a site without criteria in its settings has none."""

    frame: Frame

    @for_visitors
    def audits(self, visitor: str) -> Response:
        """Show what of the visitor's own work is audited before its sign-off."""
        if not form(self.frame.site.installation):
            return self.frame.nowhere(visitor)
        sheet = audit_sheet(self.frame.site.installation, visitor)
        has_service, groups = bool(sheet.scope), audit_groups(sheet, self.frame.language)
        return self.frame.page("audits.html", visitor=visitor, has_service=has_service, groups=groups)

    @for_visitors
    def audit(self, visitor: str, number: int) -> Response:
        """Show the form of one assessment, with its last audit."""
        sheet = audit_sheet(self.frame.site.installation, visitor)
        return self._form(visitor, sheet, number, FilledAudit())

    @for_visitors
    def give(self, visitor: str, number: int) -> Response:
        """Record what was filled in, or show its total where no more was asked for."""
        installation = self.frame.site.installation
        sheet, criteria = audit_sheet(installation, visitor), form(installation)
        if not criteria:
            return self.frame.nowhere(visitor)
        if number not in sheet.items:
            refuse_audit(installation, visitor, number)
            return self._not_yours(visitor)
        start = sheet.items[number].assessment.clock_on
        filled = audit_view.read(
            request.form, criteria, self.frame.language, started_on=start, today=sheet.as_of
        )
        if filled.faults or filled.is_total_asked:
            return self._form(visitor, sheet, number, filled, BAD if filled.faults else OK)
        numbers = list(sheet.together(number)) if filled.has_siblings else [number]
        audit = Audit(
            score=filled.score, by=visitor, audited_on=filled.audited_on, points=dict(filled.points)
        )
        if not give_audit(installation, visitor, numbers, audit):
            return self._not_yours(visitor)  # somebody else's since the page was asked for
        self.frame.site.journal.note("audited", recorded=len(numbers))
        flash(self.frame.language.say("Recorded: {score} of 100.", score=audit.score))
        return go("audit", number=number)

    def _form(
        self, visitor: str, sheet: AuditSheet, number: int, filled: FilledAudit, status: int = OK
    ) -> Response:
        criteria = form(self.frame.site.installation)
        if not criteria:
            return self.frame.nowhere(visitor)
        if number not in sheet.items:
            return self._not_yours(visitor)
        view = audit_form_view(sheet, number, criteria, filled, visitor, self.frame.language)
        has_service = bool(sheet.scope)
        return self.frame.page("audit.html", status, visitor=visitor, has_service=has_service, view=view)

    def _not_yours(self, visitor: str) -> Response:
        self.frame.site.journal.warn("audit_refused")
        return self.frame.page("not_audited.html", FORBIDDEN, visitor=visitor)
