"""What `check` says of the extract: its file, columns, types and dates, and how far back it reaches."""

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from alerter.app.section import Line, Section, State
from alerter.config.input import SourceSettings
from alerter.domain.assessment import Assessment, Rejected, assessment_of, field_named
from alerter.domain.periods import Period, year_of
from alerter.domain.policy import Clock
from alerter.domain.wording import counted
from alerter.installation.installation import Installation
from alerter.sources.columns import ASSESSMENT_COLUMNS, Located
from alerter.sources.doubts import PartlyRead
from alerter.sources.extract import Extract, other_extracts
from alerter.sources.lines import NoRecord
from alerter.sources.recognition.evidence import could_be
from alerter.sources.recognition.headings import assessment_column
from alerter.sources.recognition.values import values_of
from alerter.sources.source import Source
from alerter.sources.table import Table

FIXED_LAYOUTS = ("annex-a", "cin-census")
"""Kinds that have neither an id nor a type of an assessment."""
MONTH = timedelta(days=31)
"""So long may pass without a sign-off, before what came earlier is taken for left out."""
MOST_NAMES = 40
PLACES = frozenset({"team", "worker", "manager_email"})
"""Columns that lead to a manager."""
NO_HEADING = {
    "assessment_id": "an assessment is called by its child and start, as in 88213/2026-10-05; "
    "map its heading if there is one",
    "authorised_on": "nothing is signed off, so everything counts as open unless it was cancelled or closed; "
    "name the heading of the manager's sign-off",
    "team": "the directory is asked by worker alone; map its heading if there is one",
    "worker": "the directory is asked by team alone",
}
"""What it means that a column has none."""


@dataclass(slots=True, kw_only=True)
class ExtractSummary:
    """
    What one reading of an extract to its end came to; nothing in it is of one child.

    *rows* and those *open* are counted by type, *unreadable* values by column.
    """

    today: date
    rows: Counter[str] = field(default_factory=Counter)
    open: Counter[str] = field(default_factory=Counter)
    starts: Counter[date] = field(default_factory=Counter)
    sign_offs: Counter[date] = field(default_factory=Counter)
    unreadable: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, source: Source, today: date) -> "ExtractSummary":
        """
        Read *source* to its end.

        Raises:
            SourceError: It cannot be read.
        """
        summary = cls(today=today)
        for _, row in source.row_values():
            if isinstance(row, PartlyRead):
                summary._count(assessment_of(row.values))
                summary.unreadable.update(field_named(of.field, of.heading) for of in row.unreadable)
            elif not isinstance(row, Rejected | NoRecord):
                summary._count(assessment_of(row))
        return summary

    def _count(self, assessment: Assessment) -> None:
        self.rows[assessment.type] += 1
        self.open[assessment.type] += assessment.is_open(self.today)
        self.starts[assessment.clock_on] += assessment.clock_on <= self.today
        if assessment.authorised_on and assessment.is_ended_by(assessment.authorised_on, self.today):
            self.sign_offs[assessment.authorised_on] += 1


def sections_of(installation: Installation, source: Source) -> Iterator[Section]:
    """
    Yield what is understood of *source*.

    Raises:
        SourceError: It cannot be read.
    """
    clocks = installation.rules.clocks
    summary = ExtractSummary.of(source, installation.today())
    yield Section.of("source", _file(installation, source.extract))
    yield Section.of("columns", _columns(installation.settings.source, source.table, clocks))
    yield Section.of("types", _types(clocks, summary))
    yield Section.of("dates", _dates(summary))
    yield Section.of("unreadable values", _unreadable(summary.unreadable))


def _file(installation: Installation, extract: Extract) -> Iterator[Line]:
    settings, written_at = installation.settings.source, extract.extracted_at.astimezone(installation.zone)
    yield Line(f"{extract.name} of {written_at:%Y-%m-%d %H:%M}")
    yield from (Line(note) for note in extract.notes)
    others = [] if settings.kind == "sql" else other_extracts(settings.path, extract.name)
    if others:
        is_mixed = len({name.rpartition(".")[2].lower() for name in [extract.name, *others]}) > 1
        said = f"the newest that kind = {settings.kind!r} reads; also there: {_some(others)}"
        yield Line(said, extract.name, State.LOOK if is_mixed else State.OK, {"others": len(others)})


def _columns(settings: SourceSettings, table: Table, clocks: Mapping[str, Clock]) -> Iterator[Line]:
    columns = table.columns
    is_fixed = settings.kind in FIXED_LAYOUTS
    leads_nowhere = PLACES.isdisjoint(columns.indexes)
    if leads_nowhere:
        yield Line("no heading: every assessment goes to the fallback", "team, worker", State.LOOK)
    for name in ASSESSMENT_COLUMNS:
        if name in columns.indexes:
            yield Line(f'"{columns.heading_of(name)}"', name)
        elif name in NO_HEADING and not (name in PLACES and leads_nowhere):
            is_usual = name in ("worker", "manager_email") or (is_fixed and name == "assessment_id")
            yield Line(f"no heading: {NO_HEADING[name]}", name, State.OK if is_usual else State.LOOK)
        elif name == "type" and not is_fixed and len(clocks) == 1:
            yield Line(f"no heading: every row is {next(iter(clocks))!r}", name)
    yield from _look_alikes(table, has_types=settings.kind in ("csv", "workbook"))
    if unused := columns.unused:
        said, counts = _some([f'"{heading}"' for heading in unused]), {"headings": len(unused)}
        yield Line(said, "headings not used", counts=counts)


def _look_alikes(table: Table, *, has_types: bool) -> Iterator[Line]:
    """Yield each heading that nothing is read from, and that is what councils call a column not read yet."""
    names = {heading: assessment_column(heading) for heading in table.columns.unused}
    if has_types and "type" not in {*names.values(), *table.columns.indexes}:
        names |= dict.fromkeys(_headings_of_types(table), "type")
    for heading, name in names.items():
        if name and name not in table.columns.indexes:
            said = f"may be {name}, which has no heading: [source.columns] {name} = {json.dumps(heading)}"
            yield Line(said, f'"{heading}"', State.LOOK)


def _headings_of_types(table: Table) -> list[str]:
    """Return the headings that nothing is read from and below which the names of assessments stand."""
    headings = table.columns.headings
    unused = {heading: headings.index(heading) for heading in table.columns.unused}
    columns = values_of(replace(table, columns=Located(headings, unused)))
    return [column.heading for column in columns if could_be("type", column, None, date.min)]


def _types(clocks: Mapping[str, Clock], summary: ExtractSummary) -> Iterator[Line]:
    for key, clock in clocks.items():
        rows, is_open = summary.rows[key], summary.open[key]
        days = f"{clock.working_days} working days from {clock.starts_from}, alert after {clock.alert_after}"
        state = State.OK if rows else State.LOOK
        yield Line(
            f"{counted(rows, 'row')}, {is_open:,} open; {days}", key, state, {"rows": rows, "open": is_open}
        )


def _dates(summary: ExtractSummary) -> Iterator[Line]:
    if starts := +summary.starts:
        yield Line(f"first {min(starts)}, last {max(starts)}", "starts", counts={"rows": starts.total()})
    if sign_offs := summary.sign_offs:
        said = f"first {min(sign_offs)}, last {max(sign_offs)}"
        yield Line(said, "sign-offs", counts={"rows": sign_offs.total()})


def _unreadable(values: Counter[str]) -> Iterator[Line]:
    for column, count in values.most_common():
        said = f"{counted(count, 'value')} taken as blank, because it cannot be read or believed"
        yield Line(said, column, State.LOOK, {"values": count})


def how_far_back(known: Period | None, today: date) -> Iterator[Line]:
    """Yield what it means for the figures that the sign-offs *known* are those of that time."""
    april = year_of(today).first
    item = "this year's figures"
    if known is None or known.last < april:
        said = f"no sign-off since {april} is known: the digests are right, no share in time can be given"
        yield Line(said, item, State.LOOK)
    elif known.first > april + MONTH:
        said = (
            f"no sign-off before {known.first} is known, and the share in time is of those since {april}: "
            f"let the extract go back to {april}"
        )
        yield Line(said, item, State.LOOK)
    else:
        yield Line(f"whole: the sign-offs since {april} are known", item)
        said = f"known since {known.first}; the forecast needs a year of sign-offs, its back-test three"
        yield Line(said, "the report")


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
    return ", ".join(names[:MOST_NAMES]) + more
