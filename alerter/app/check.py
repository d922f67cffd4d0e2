"""Every part of an installation tried once, so that the first Monday holds no surprise."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from alerter.bank_holidays import coverage_warning, idle_overrides
from alerter.domain.address import is_address, is_in_domains
from alerter.domain.assessment import Assessment
from alerter.domain.calendar import ONE_DAY
from alerter.domain.plan import Plan, Rules
from alerter.domain.routing import DirectoryEntry, Recipient, near_miss
from alerter.domain.wording import counted, full_day_words
from alerter.errors import AlerterError, ConfigError, MailError
from alerter.installation.installation import Installation
from alerter.mail.short_letters import trial
from alerter.mail.template_set import NAMES
from alerter.pipeline.planning import plan_on
from alerter.pipeline.sync import sync
from alerter.store import syncs
from alerter.store.migration import require_own_sessions

SEND_DATES = 5
MOST_PLACES = 20
LONG_OPEN = 250  # working days, a year of them
LONG_OPEN_SHARE = 10  # one in so many open ones
ROUTING = ("ambiguous_manager", "bad_address", "domain_not_allowed", "no_manager")


@dataclass(frozen=True, slots=True)
class Checked:
    """
    One part tried: what was found, whether it needs a look, and the exit code where it cannot be used.

    A gate *would_hold* the run: no fault of the part.
    """

    part: str
    found: str
    is_warning: bool = False
    exit_code: int = 0
    would_hold: bool = False


def check(installation: Installation) -> Iterator[Checked]:
    """Try every part in turn; a part that fails says why, and the next is tried all the same."""
    today = installation.today()
    settings = installation.settings
    yield Checked("settings", f"{settings.council}; fingerprint {settings.fingerprint}")
    yield from _tried("calendar", lambda: _calendar(installation, today))
    yield from _tried("database", lambda: _database(installation))
    yield from _tried("data", lambda: _data(installation, today))
    yield from _tried("emails", lambda: _emails(installation))
    yield from _tried("mail server", lambda: _mail_server(installation))
    yield from _tried("send dates", lambda: _send_dates(installation))


def send_test(installation: Installation, address: str) -> str:
    """
    Send one message that says nothing but that it arrived; return the server's answer.

    Raises:
        ConfigError: *address* is none, or lies outside the allowed domains.
        MailError: It was not accepted.
    """
    allowed = installation.rules.allowed_domains
    if not is_address(address) or not is_in_domains(address, allowed):
        raise ConfigError([f"--send-test: write one plain address in {', '.join(allowed)}."])
    council = installation.settings.council
    said = f"This is a test of the assessment alerts of {council}. Nothing is asked of you."
    transport = installation.transport()
    message = trial(said, installation.writer, Recipient(address), dated_at=installation.now())
    try:
        outcome = transport.send(message, mark=lambda: True)
    finally:
        transport.close()
    if outcome.state != "sent":
        raise MailError(f"the test message was not accepted ({outcome.state}): {outcome.reply}")
    return outcome.reply


def _tried(part: str, checks: Callable[[], Iterator[Checked]]) -> Iterator[Checked]:
    try:
        yield from checks()
    except AlerterError as error:
        yield Checked(part, str(error), exit_code=error.exit_code)


def _calendar(installation: Installation, today: date) -> Iterator[Checked]:
    rules, calendar = installation.rules, installation.rules.calendar
    counting = "the first working day is day 1" if calendar.count_start_day else "the start is day 0"
    yield Checked(
        "calendar",
        f"{calendar.nation}, {calendar.version}, known to {calendar.last_day.isoformat()}; {counting}",
    )
    longest = max(clock.working_days for clock in rules.clocks.values())
    configured = installation.settings.calendar
    warnings = [
        coverage_warning(calendar, today, longest_clock=longest),
        *idle_overrides(
            calendar.nation,
            days_off=configured.named("days_off"),
            working_days=configured.named("working_days"),
        ),
    ]
    yield from (Checked("calendar", warning, is_warning=True) for warning in warnings if warning)


def _database(installation: Installation) -> Iterator[Checked]:
    require_own_sessions(installation.database)
    installation.ensure_schema(may_make=True)
    yield Checked("database", f"{installation.database.engine.dialect.name}, schema current")


def _data(installation: Installation, today: date) -> Iterator[Checked]:
    with installation.rehearse() as connection:
        synced = sync(connection, installation, is_accepted=True)
        done = synced.sync
        plan = plan_on(connection, installation.rules, today)
        entries = syncs.directory_entries(connection)
    yield Checked(
        "source",
        f"{done.source_name} of {done.extracted_at.astimezone(installation.zone):%Y-%m-%d %H:%M}: "
        f"{counted(done.rows, 'row')}, {done.rejected} rejected, {plan.counts['open']} open"
        + ("" if plan.ignored is None else f", {plan.ignored} ignored"),
        is_warning=bool(done.rejected),
    )
    yield from _long_open(plan, installation.rules)
    yield from (Checked("rejected", group.words, is_warning=True) for group in synced.rejected)
    for reason in synced.held_because:
        yield Checked("gate", f"would hold the run: {reason}", is_warning=True, would_hold=True)
    yield from (Checked("reading", note) for note in installation.source_notes())
    yield from _directory(plan, entries)


def _long_open(plan: Plan, rules: Rules) -> Iterator[Checked]:
    """Propose to ignore what has been open for more than a year, where there is much of it."""
    newest = rules.calendar.latest_start(plan.window.as_of, LONG_OPEN + 1)
    found = sum(row.alert.assessment.clock_on <= newest for row in plan.judged)
    if found * LONG_OPEN_SHARE > len(plan.judged):
        said = (
            f"{found} of {counted(len(plan.judged), 'open assessment')} began more than {LONG_OPEN} "
            "working days ago: if these are records that nobody closed, write ignore_started_before = "
            f"{newest + ONE_DAY} under [source], and they are only counted."
        )
        yield Checked("old records", said, is_warning=True)


def _directory(plan: Plan, entries: Sequence[DirectoryEntry]) -> Iterator[Checked]:
    """Say which places in the extract lead to nobody, and what the directory has that is spelt nearly so."""
    unrouted = [row for row in plan.judged if row.route.problem]
    above = {each.detail for each in plan.exceptions if each.kind in ROUTING and not each.assessment_id}
    problems = sorted(
        above | {f"{row.route.detail}{_near(row.alert.assessment, entries)}" for row in unrouted}
    )
    yield Checked("directory", f"{counted(len(plan.digests), 'recipient')} for the open assessments")
    yield from _directory_lines(entries)
    yield from (Checked("directory", f"{problem}.", is_warning=True) for problem in problems[:MOST_PLACES])
    if len(problems) > MOST_PLACES:
        yield Checked("directory", f"and {len(problems) - MOST_PLACES} more like these.", is_warning=True)


def _directory_lines(entries: Sequence[DirectoryEntry]) -> Iterator[Checked]:
    """Name the lines of the directory that have a fault, and the covers that never end."""
    for entry in entries:
        if entry.fault:
            yield Checked("directory", f"line {entry.line}: {entry.fault}.", is_warning=True)
        if entry.is_covered_always:
            said = f"line {entry.line}: the cover has no dates, so it holds always."
            yield Checked("directory", said, is_warning=True)


def _near(assessment: Assessment, entries: Sequence[DirectoryEntry]) -> str:
    places = (place for place in (assessment.worker, assessment.team) if place)
    near = next((found for place in places if (found := near_miss(place, entries))), "")
    return f"; did you mean {near!r}?" if near and near not in (assessment.worker, assessment.team) else ""


def _emails(installation: Installation) -> Iterator[Checked]:
    """Say the language and the look of the emails, whose templates are tried here."""
    email, branding = installation.settings.email, installation.settings.branding
    own = 0 if email.templates is None else sum(1 for name in NAMES if (email.templates / name).is_file())
    look = [
        f"in {installation.writer.language.name}",
        f"under the name {branding.name}" if branding.name else "",
        "with a logo" if branding.logo else "",
        f"{counted(own, 'template')} of your own, tried on made-up digests" if own else "",
    ]
    yield Checked("emails", ", ".join(words for words in look if words))


def _mail_server(installation: Installation) -> Iterator[Checked]:
    transport = installation.transport()
    try:
        yield Checked("mail server", transport.connect())
    finally:
        transport.close()


def _send_dates(installation: Installation) -> Iterator[Checked]:
    last_due = installation.timetable().last_due(installation.now())
    dates = installation.rules.schedule.upcoming(last_due, SEND_DATES)
    yield Checked("send dates", "; ".join(full_day_words(on) for on in dates))
