"""The page on which a manager's cover is set and ended."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from flask import Response, flash, request
from werkzeug.datastructures import MultiDict

from alerter.app.covers import CoverSheet, cover_sheet, end_cover, set_cover
from alerter.domain.address import address_key
from alerter.domain.cover import Cover, CoverFault, faults_of
from alerter.domain.routing import Recipient
from alerter.mail.language import Language
from alerter.web.forms import UNREADABLE, day_in, number_in
from alerter.web.site import BAD, FORBIDDEN, OK, Frame, for_visitors, go

MANAGER, COVER, FIRST, LAST = "manager", "cover", "from", "until"
MISSING = {
    MANAGER: "Choose who is away",
    COVER: "Choose who stands in",
    FIRST: "Enter the first day",
    LAST: "Enter the last day",
}
SENTENCES = {
    CoverFault.OUT_OF_ORDER: "The last day must not lie before the first",
    CoverFault.IN_PAST: "The last day must be today or later",
}
RECORDED = "Recorded. From the next digest on what is theirs goes to who stands in."
ENDED = "Ended. The record is kept."


@dataclass(frozen=True, slots=True)
class FilledCover:
    """A form as it was filled in: the *cover* where it is whole, its values and faults by their field."""

    cover: Cover | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverRow:
    """One cover as a line of the page; without a *number* it stands in the directory, and is ended there."""

    number: int | None
    words: str
    days: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverView:
    """Everything that the page of covers shows."""

    rows: Sequence[CoverRow]
    managers: Sequence[tuple[str, str]]
    people: Sequence[tuple[str, str]]
    earliest: str
    values: Mapping[str, str]
    faults: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class CoverPages:
    """The views of one site's covers."""

    frame: Frame

    @for_visitors
    def covers(self, visitor: str) -> Response:
        """Show the covers of those whose cover the visitor may set, and the form."""
        sheet = cover_sheet(self.frame.site.installation, visitor)
        return self._page(visitor, sheet, FilledCover(values={FIRST: sheet.as_of.isoformat()}))

    @for_visitors
    def set_cover(self, visitor: str) -> Response:
        """Record who stands in for a manager."""
        site = self.frame.site
        sheet = cover_sheet(site.installation, visitor)
        filled = read(request.form, sheet, visitor, site.now)
        if filled.cover is None:
            return self._page(visitor, sheet, filled, BAD)
        if not set_cover(site.installation, filled.cover):
            site.journal.warn("cover_refused")
            return self.frame.nowhere(visitor)
        site.journal.note("covered")
        flash(self.frame.language.sentence(RECORDED))
        return go("covers")

    @for_visitors
    def end_cover(self, visitor: str) -> Response:
        """End one cover that was recorded here."""
        site = self.frame.site
        number = number_in(request.form.get(COVER, ""))
        if not end_cover(site.installation, visitor, number or 0):
            site.journal.warn("cover_refused")
            return self.frame.nowhere(visitor)
        site.journal.note("cover_ended")
        flash(self.frame.language.sentence(ENDED))
        return go("covers")

    def _page(self, visitor: str, sheet: CoverSheet, filled: FilledCover, status: int = OK) -> Response:
        has_service = bool(sheet.scope)
        if not sheet.managers:
            return self.frame.page("not_covered.html", FORBIDDEN, visitor=visitor, has_service=has_service)
        view = cover_view(sheet, filled, self.frame.language)
        return self.frame.page("cover.html", status, visitor=visitor, has_service=has_service, view=view)


def read(form: MultiDict[str, str], sheet: CoverSheet, visitor: str, now: datetime) -> FilledCover:
    """Return what was filled in; whose cover it is, and who stands in, is judged when it is recorded."""
    values = {name: form.get(name, "").strip() for name in MISSING}
    faults = {name: sentence for name, sentence in MISSING.items() if not values[name]}
    first, last = day_in(values[FIRST]), day_in(values[LAST])
    faults |= {name: UNREADABLE for name, day in ((FIRST, first), (LAST, last)) if values[name] and not day}
    if faults:
        return FilledCover(values=values, faults=faults)
    cover = Cover(
        manager_email=_address(sheet.managers, values[MANAGER]),
        cover_email=_address(sheet.people, values[COVER]),
        first=first,
        last=last,
        recorded_at=now,
        recorded_by=visitor,
    )
    if wrong := faults_of(cover, sheet.as_of):
        return FilledCover(values=values, faults={LAST: SENTENCES[wrong[0]]})
    return FilledCover(cover, values)


def cover_view(sheet: CoverSheet, filled: FilledCover, language: Language) -> CoverView:
    """Return the view of *sheet* in one *language*, with what was *filled* in."""
    covers = [*((None, cover) for cover in sheet.of_directory), *sheet.recorded.items()]
    return CoverView(
        rows=[_row(number, cover, sheet, language) for number, cover in covers],
        managers=_choices(sheet.managers),
        people=_choices(sheet.people),
        earliest=sheet.as_of.isoformat(),
        values={name: filled.values.get(name, "") for name in MISSING},
        faults={name: language.sentence(fault) for name, fault in filled.faults.items()},
    )


def _row(number: int | None, cover: Cover, sheet: CoverSheet, language: Language) -> CoverRow:
    manager, person = (_name(sheet, email) for email in (cover.manager_email, cover.cover_email))
    words = language.say("{person} stands in for {manager}", manager=manager, person=person)
    if address_key(cover.manager_email) == address_key(cover.cover_email):
        words = language.say("{manager} is there", manager=manager)
    source = language.say("in the directory, and ended there")
    if number is not None:
        source = language.say("recorded by {who}", who=_name(sheet, cover.recorded_by))
    return CoverRow(
        number=number,
        words=words,
        days=" ".join(_days(cover, sheet, language)) or language.say("always"),
        source=source,
    )


def _days(cover: Cover, sheet: CoverSheet, language: Language) -> Iterator[str]:
    if cover.first is not None:
        yield language.say("from {day}", day=language.day(cover.first, sheet.as_of))
    if cover.last is not None:
        yield language.say("until {day}", day=language.day(cover.last, sheet.as_of))


def _choices(people: Mapping[str, Recipient]) -> list[tuple[str, str]]:
    """Return people to choose from, by name."""
    choices = [(key, f"{person.name} ({person.email})" if person.name else person.email)
               for key, person in people.items()]  # fmt: skip
    return sorted(choices, key=lambda choice: choice[1].casefold())


def _address(people: Mapping[str, Recipient], key: str) -> str:
    person = people.get(key)
    return key if person is None else person.email


def _name(sheet: CoverSheet, email: str) -> str:
    key = address_key(email)
    person = sheet.people.get(key) or sheet.managers.get(key)
    return (person and person.name) or email
