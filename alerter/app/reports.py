"""The report for the panel, from the store: the same figures as the digests of that day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sqlalchemy import Connection

from alerter.app.recording import reasons_of
from alerter.domain.data_exceptions import QualityFault
from alerter.domain.periods import year_of
from alerter.domain.timeliness import sign_offs
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.pipeline.planning import plan_on, records_to_mend
from alerter.private_files import write_private
from alerter.reports import csv_table
from alerter.reports.blocks import Imprint
from alerter.reports.paper import paper_of
from alerter.statistics.alert_days import Replayed, World, replay
from alerter.statistics.panel import Panel, PanelInput, panel
from alerter.store import assessments, audits, extensions, reassurances, syncs

PAGE, TABLE, DOCUMENT = ".html", ".csv", ".docx"
ENDINGS = (PAGE, TABLE, DOCUMENT)


@dataclass(frozen=True, slots=True)
class Reported:
    """The rows of the council's own figures, and how many are open and overdue beside them."""

    rows: tuple[tuple[str, ...], ...]
    open: int
    overdue: int


def figures(installation: Installation, first: date | None, last: date | None) -> Reported:
    """
    Return the exact figures of what was authorised from *first* to *last*, and what is open on that day.

    Raises:
        ConfigError: *first* lies after *last*.
    """
    as_of = _as_of(installation, first, last)
    rules = installation.rules
    with installation.database.read() as connection:
        known = assessments.every(connection).values()
        counts = plan_on(connection, rules, as_of).counts
    signed = sign_offs(rules.calendar, rules.clocks, known, as_of)
    rows = tuple(csv_table.rows(rules.clocks, signed, first, as_of))
    return Reported(rows, counts["open"], counts["overdue"])


def write_report(installation: Installation, first: date | None, last: date | None, out: Path) -> None:
    """
    Write the report on *first* to *last* into *out*, as its ending says: a page, a table or a document.

    Without *first* the table goes back to the first sign-off known, the others to 1 April.

    Raises:
        ConfigError: The ending is none of these, *first* lies after *last*, or the extra for a Word document
            is not installed.
    """
    match out.suffix.lower():
        case ".csv":
            written = csv_table.csv_text(figures(installation, first, last).rows).encode()
        case ".html":
            from alerter.reports.html_page import page  # noqa: PLC0415 - the others need no templates

            written = page(paper_of(*_papers(installation, first, last))).encode()
        case ".docx":
            written = _document(installation, first, last)
        case _:
            raise ConfigError([f"--out: the name must end in one of {', '.join(ENDINGS)}."])
    write_private(out, written)


def _document(installation: Installation, first: date | None, last: date | None) -> bytes:
    try:
        from alerter.reports.word import word  # noqa: PLC0415 - slow, and only this kind needs the extra
    except ModuleNotFoundError as error:
        raise ConfigError(
            [f"--out: {error.name} is not installed; run pip install 'alerter[reports]', or write .html."]
        ) from error
    return word(paper_of(*_papers(installation, first, last)))


def _papers(installation: Installation, first: date | None, last: date | None) -> tuple[Imprint, list[Panel]]:
    as_of = _as_of(installation, first, last)
    with installation.database.read() as connection:
        inputs = _panel_input(connection, installation, as_of)
        imprint = _imprint(connection, installation, as_of)
    since = first or year_of(as_of).first
    return imprint, [panel(inputs, clock, since) for clock in installation.rules.clocks.values()]


def _panel_input(connection: Connection, installation: Installation, as_of: date) -> PanelInput:
    plan = plan_on(connection, installation.rules, as_of)
    return PanelInput(
        calendar=installation.rules.calendar,
        as_of=as_of,
        assessments={
            number: assessment
            for number, assessment in assessments.every(connection).items()
            if not installation.rules.ignores(assessment, as_of)
        },
        alerts=[row.alert for row in plan.judged],
        reassurances=reassurances.latest(connection),
        first_scores=audits.first_scores(connection, as_of),
        are_first_scores=audits.are_followed(connection),
        reasons=installation.settings.reasons,
        reassurance_reasons=reasons_of(installation),
        extensions=extensions.latest(connection),
        suppress_below=installation.settings.report.suppress_below,
    )


def _imprint(connection: Connection, installation: Installation, as_of: date) -> Imprint:
    read = syncs.latest_applied(connection)
    return Imprint(
        council=installation.settings.council,
        as_of=as_of,
        calendar=installation.rules.calendar,
        settings=installation.rules.settings,
        source_name="" if read is None else read.source_name,
        extracted_at=None if read is None else read.extracted_at.astimezone(installation.zone),
        source_rows=0 if read is None else read.rows,
        source_rejected=0 if read is None else read.rejected,
        suppress_below=installation.settings.report.suppress_below,
    )


def _as_of(installation: Installation, first: date | None, last: date | None) -> date:
    """Return the day of the report: its last one, or today where that has not come yet."""
    if first is not None and last is not None and first > last:
        raise ConfigError(["--from: the day lies after --to."])
    installation.ensure_schema()
    today = installation.today()
    return today if last is None else min(last, today)


def quality(installation: Installation, as_of: date | None) -> list[QualityFault]:
    """
    Return what is to mend among the children who have an assessment open, closed without a
    sign-off, or with a value that cannot be read.

    Raises:
        StoreError: The database cannot be used.
    """
    installation.ensure_schema()
    judged_by = as_of or installation.today()
    with installation.database.read() as connection:
        return records_to_mend(connection, installation.rules, judged_by)


def replay_weeks(
    installation: Installation, alert_days: Sequence[int], first: date, last: date
) -> list[Replayed]:
    """
    Return what each of *alert_days* would have meant in the weeks from *first* to *last*.

    Raises:
        ConfigError: The weeks are out of order or to come, or no type's limit is above an alert day.
    """
    if faults := _faults(installation, alert_days, first, last):
        raise ConfigError(faults)
    installation.ensure_schema()
    rules = installation.rules
    with installation.database.read() as connection:
        world = World(
            calendar=rules.calendar,
            clocks=rules.clocks,
            schedule=rules.schedule,
            directory=syncs.directory_entries(connection),
            fallback=rules.fallback,
            allowed_domains=rules.allowed_domains,
            assessments=[
                assessment
                for assessment in assessments.every(connection).values()
                if not rules.ignores(assessment, installation.today())
            ],
        )
    return [replay(world, day, first, last) for day in alert_days]


def _faults(installation: Installation, alert_days: Sequence[int], first: date, last: date) -> list[str]:
    longest = max(clock.working_days for clock in installation.rules.clocks.values())
    faults = {
        "--from: the day lies after --to.": first > last,
        "--to: the day lies in the future.": last > installation.today(),
        f"--alert-after: must be from 1 to {longest - 1}, for the longest limit is {longest}.": any(
            not 1 <= day < longest for day in alert_days
        ),
    }
    return [sentence for sentence, is_fault in faults.items() if is_fault]
