"""The pages on which a manager authorises that an assessment goes beyond its limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from flask import Response, request
from werkzeug.datastructures import MultiDict

from alerter.app import extensions
from alerter.app.extensions import ExtensionSheet
from alerter.domain.extension import Extension, ExtensionFault, faults_of
from alerter.domain.policy import Alert
from alerter.domain.progress import RowHistory
from alerter.domain.reasons import Reasons
from alerter.domain.reassurance import LONGEST_NOTE, faults_of_words
from alerter.domain.routing import Recipient
from alerter.mail.digest_rows import RowContext, row_of
from alerter.mail.language import Language
from alerter.mail.run_facts import Marks
from alerter.web import forms
from alerter.web.list_view import Today, sentence
from alerter.web.site import BAD, FORBIDDEN, OK, Frame, for_visitors, go

UNTIL, REASON, NOTE = "until", "reason", "note"
MISSING_DAY = "Enter the day until when it may take"
MISSING_REASON = "Choose why it goes beyond the limit"
SENTENCES = {
    ExtensionFault.NOT_BEYOND_LIMIT: "The day must lie beyond the due date",
    ExtensionFault.IN_PAST: "The day must be today or later",
}


@dataclass(frozen=True, slots=True)
class FilledExtension:
    """A form as it was filled in: the *extension* where it is whole, its values and faults by their field."""

    extension: Extension | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionRow:
    """One assessment that may be extended: what tells it from all others, and where it stands."""

    number: int
    name: str
    day: str
    due: str
    worker: str
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtensionView:
    """The form of one assessment."""

    row: ExtensionRow
    reasons: Sequence[tuple[str, str]]
    earliest: str
    longest_note: int
    values: Mapping[str, str]
    faults: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class ExtensionPages:
    """The views of one site's extensions."""

    frame: Frame

    @for_visitors
    def extensions(self, visitor: str) -> Response:
        """Show what the visitor may authorise to go beyond its limit."""
        sheet = extensions.extension_sheet(self.frame.site.installation, visitor)
        rows = extension_rows(sheet, visitor, self.frame.site.reasons, self.frame.language)
        has_service = bool(sheet.scope)
        return self.frame.page("extensions.html", visitor=visitor, has_service=has_service, rows=rows)

    @for_visitors
    def extension(self, visitor: str, number: int) -> Response:
        """Show the form of one assessment."""
        sheet = extensions.extension_sheet(self.frame.site.installation, visitor)
        return self._form(visitor, sheet, number, FilledExtension())

    @for_visitors
    def extend(self, visitor: str, number: int) -> Response:
        """Record an extension of one assessment."""
        site = self.frame.site
        sheet = extensions.extension_sheet(site.installation, visitor)
        if number not in sheet.alerts:
            extensions.refuse_extension(site.installation, visitor, number)
            return self._refused(visitor)
        filled = read(request.form, sheet, sheet.alerts[number], visitor, site.reasons)
        if filled.extension is None:
            return self._form(visitor, sheet, number, filled, BAD)
        if not extensions.extend_on_page(site.installation, number, filled.extension, filled.values[NOTE]):
            return self._refused(visitor)  # somebody else's since the page was asked for
        site.journal.note("extended")
        return go("recorded")

    @for_visitors
    def undo_extension(self, visitor: str) -> Response:
        """Take back one extension of the last hour."""
        site = self.frame.site
        number = forms.number_in(request.form.get("extension", ""))
        if not extensions.undo(site.installation, visitor, number or 0):
            site.journal.warn("undo_refused")
            return self.frame.page("too_late.html", FORBIDDEN, visitor=visitor)
        return go("recorded")

    def _form(
        self, visitor: str, sheet: ExtensionSheet, number: int, filled: FilledExtension, status: int = OK
    ) -> Response:
        if number not in sheet.alerts:
            return self.frame.nowhere(visitor)
        reasons, language = self.frame.site.reasons, self.frame.language
        rows = extension_rows(sheet, visitor, reasons, language)
        view = ExtensionView(
            row=next(row for row in rows if row.number == number),
            reasons=list(reasons.labels.items()),
            earliest=sheet.window.as_of.isoformat(),
            longest_note=LONGEST_NOTE,
            values={name: filled.values.get(name, "") for name in (UNTIL, REASON, NOTE)},
            faults={name: language.sentence(fault) for name, fault in filled.faults.items()},
        )
        return self.frame.page(
            "extension.html", status, visitor=visitor, has_service=bool(sheet.scope), view=view
        )

    def _refused(self, visitor: str) -> Response:
        self.frame.site.journal.warn("extension_refused")
        return self.frame.nowhere(visitor)


def read(
    form: MultiDict[str, str], sheet: ExtensionSheet, alert: Alert, visitor: str, reasons: Reasons
) -> FilledExtension:
    """Return what was filled in for the assessment of one *alert*."""
    values = {name: form.get(name, "").strip() for name in (UNTIL, REASON, NOTE)}
    until, faults = forms.day_in(values[UNTIL]), {}
    if until is None:
        faults[UNTIL] = forms.UNREADABLE if values[UNTIL] else MISSING_DAY
    if not values[REASON]:
        faults[REASON] = MISSING_REASON
    for fault in faults_of_words(values[REASON], values[NOTE], reasons):
        faults[forms.FIELDS[fault]] = forms.SENTENCES[fault]
    if until is None:
        return FilledExtension(values=values, faults=faults)
    extension = Extension(by=visitor, until=until, reason=values[REASON], recorded_on=sheet.window.as_of)
    for wrong in faults_of(extension, alert.due_on or sheet.window.as_of):
        faults.setdefault(UNTIL, SENTENCES[wrong])
    return FilledExtension(None if faults else extension, values, faults)


def extension_rows(
    sheet: ExtensionSheet, visitor: str, reasons: Reasons, language: Language
) -> list[ExtensionRow]:
    """Return a row for each assessment of *sheet*."""
    window, clocks = sheet.window, [alert.clock for alert in sheet.alerts.values()]
    today = Today(as_of=window.as_of, next_run=window.next_run, language=language, reasons=reasons)
    has_labels = Marks.of(clocks, language).has_labels if clocks else False
    context = RowContext(facts=today, reader=Recipient(visitor), has_labels=has_labels)
    return [_row(number, alert, context) for number, alert in sheet.alerts.items()]


def _row(number: int, alert: Alert, context: RowContext) -> ExtensionRow:
    row = row_of(alert, RowHistory(), context)
    return ExtensionRow(
        number=number,
        name=f"{row.assessment_id}, {row.child}",
        day=f"{row.day[0].upper()}{row.day[1:]}",
        due=row.due,
        worker=row.worker,
        notes=tuple(sentence(note) for note in row.notes),
    )
