"""Every part of an installation tried once, so that the first Monday holds no surprise."""

from collections.abc import Iterator
from datetime import date
from importlib.util import find_spec

from alerter.app import check_directory, check_extract
from alerter.app.section import Line, Section, State, tried, worst_first
from alerter.bank_holidays import coverage_warning, idle_overrides
from alerter.domain.address import is_address, is_in_domains
from alerter.domain.calendar import ONE_DAY
from alerter.domain.plan import Plan, Rules
from alerter.domain.policy import Stage
from alerter.domain.routing import Recipient
from alerter.domain.wording import counted, full_day_words
from alerter.errors import ConfigError, MailError
from alerter.installation import wiring
from alerter.installation.installation import Installation
from alerter.mail.short_letters import trial
from alerter.mail.template_set import NAMES
from alerter.pipeline.learn_bounces import ASKED_FOR
from alerter.pipeline.planning import plan_on
from alerter.pipeline.sync import Synced, sync
from alerter.store import assessments, covers, syncs
from alerter.store.migration import require_own_sessions

SEND_DATES = 5
LONG_OPEN = 250  # working days, a year of them
LONG_OPEN_SHARE = 10  # one in so many open ones
PAGE_PACKAGES = ("flask", "waitress")


def check(installation: Installation) -> list[Section]:
    """
    Try every part in turn, and return what was understood of each, the worst first.

    A part that fails says why, and the next is tried all the same. Nothing stays of it but an embedded
    database that was not there.
    """
    today, settings = installation.today(), installation.settings
    own = [
        Section.of("settings", [Line(f"{settings.council}; fingerprint {settings.fingerprint}")]),
        *tried("emails", lambda: [Section.of("emails", [Line(_emails(installation))])]),
        *tried("calendar", lambda: [Section.of("calendar", _calendar(installation, today))]),
        *tried("database", lambda: [Section.of("database", _database(installation))]),
    ]
    read = [
        *tried("source", lambda: _extract(installation)),
        *tried("directory", lambda: _directory(installation)),
    ]
    judged = (
        []
        if any(section.exit_code for section in (*own, *read))
        else tried("data", lambda: _judged(installation, today))
    )
    mail = [
        *tried("mail server", lambda: [Section.of("mail server", _mail_server(installation))]),
        *tried("bounces", lambda: _bounces(installation)),
        Section.of("page", _page(installation)),
        *tried("send dates", lambda: [Section.of("send dates", _send_dates(installation))]),
    ]
    return worst_first([*own, *read, *judged, *mail])


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


def _calendar(installation: Installation, today: date) -> Iterator[Line]:
    rules, calendar = installation.rules, installation.rules.calendar
    counting = "the first working day is day 1" if calendar.count_start_day else "the start is day 0"
    yield Line(f"{calendar.nation}, {calendar.version}, known to {calendar.last_day.isoformat()}; {counting}")
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
    yield from (Line(warning, state=State.LOOK) for warning in warnings if warning)


def _database(installation: Installation) -> Iterator[Line]:
    require_own_sessions(installation.database)
    installation.ensure_schema(may_make=True, is_searched=True)
    yield Line(f"{installation.database.engine.dialect.name}, schema current")


def _extract(installation: Installation) -> Iterator[Section]:
    source = wiring.source(installation.settings, installation.rules, installation.now())
    return check_extract.sections_of(installation, source)


def _directory(installation: Installation) -> Iterator[Section]:
    entries = wiring.directory(installation.settings)
    yield Section.of("directory", check_directory.shortened(list(check_directory.lines_of(entries))))


def _judged(installation: Installation, today: date) -> Iterator[Section]:
    """Yield what a run would make of the extract and the directory today."""
    with installation.rehearse() as connection:
        synced = sync(connection, installation, is_accepted=True)
        plan = plan_on(connection, installation.rules, today)
        entries = syncs.directory_entries(connection)
        recorded = covers.standing(connection)
        known = assessments.sign_offs_known(connection)
    yield check_directory.covers(entries, recorded, today)
    yield Section.of("rows", _rows(synced))
    yield Section.of("gates", _gates(synced))
    yield Section.of("open today", _stages(plan))
    yield Section.of("old records", _old_records(plan, installation.rules))
    yield Section.of("how far back", check_extract.how_far_back(known, today))
    yield check_directory.unmanaged(plan, entries)


def _rows(synced: Synced) -> Iterator[Line]:
    read = synced.sync
    counts = {
        "rows": read.rows,
        "rejected": read.rejected,
        "collapsed": read.collapsed,
        "other_lines": read.other_lines,
    }
    said = f"{counted(read.rows, 'row')}, {read.rejected:,} rejected"
    yield Line(said, counts=counts)
    for group in synced.rejected:
        yield Line(group.words, "rejected", State.LOOK, {"rows": group.count})


def _gates(synced: Synced) -> Iterator[Line]:
    for reason in synced.held_because:
        yield Line(f"would hold the run: {reason}", state=State.HELD)
    if not synced.held_because:
        yield Line("none would hold the run")


def _stages(plan: Plan) -> Iterator[Line]:
    counts = plan.counts
    stages = ", ".join(f"{counts[stage.value]} {stage.value.replace('_', ' ')}" for stage in Stage)
    yield Line(f"{counts['open']} open: {stages}", counts=counts)


def _old_records(plan: Plan, rules: Rules) -> Iterator[Line]:
    """Count what is ignored; propose to ignore what has been open for more than a year, where it is much."""
    if plan.ignored is not None:
        said = f"{plan.ignored:,} open and begun before {rules.ignore_started_before}: counted, not chased"
        yield Line(said, "ignored", counts={"ignored": plan.ignored})
    newest = rules.calendar.latest_start(plan.window.as_of, LONG_OPEN + 1)
    old = sum(row.alert.assessment.clock_on <= newest for row in plan.judged)
    if old * LONG_OPEN_SHARE > len(plan.judged):
        said = (
            f"{old} of {counted(len(plan.judged), 'open assessment')} began more than {LONG_OPEN} "
            "working days ago: if these are records that nobody closed, write ignore_started_before = "
            f"{newest + ONE_DAY} under [source], and they are only counted."
        )
        yield Line(said, state=State.LOOK, counts={"open": old})


def _emails(installation: Installation) -> str:
    """Return the language and the look of the emails, whose templates are tried here."""
    email, branding = installation.settings.email, installation.settings.branding
    own = 0 if email.templates is None else sum(1 for name in NAMES if (email.templates / name).is_file())
    look = [
        f"in {installation.writer.language.name}",
        f"under the name {branding.name}" if branding.name else "",
        "with a logo" if branding.logo else "",
        f"{counted(own, 'template')} of your own, tried on made-up digests" if own else "",
    ]
    return ", ".join(words for words in look if words)


def _mail_server(installation: Installation) -> Iterator[Line]:
    transport = installation.transport()
    try:
        answer = transport.connect()
    finally:
        transport.close()
    if wiring.is_trial(installation.settings.email):
        said = f'nobody is mailed: messages are written into {answer}; [email] transport = "smtp" mails them'
        yield Line(said, state=State.LOOK)
    else:
        yield Line(answer)


def _bounces(installation: Installation) -> list[Section]:
    """Read the mailbox that reports come to, where there is one."""
    inbox = wiring.inbox(installation.settings.email, installation.now() - ASKED_FOR)
    if inbox is None:
        return []
    count = sum(1 for _ in inbox.messages())
    return [Section.of("bounces", [Line(f"{counted(count, 'message')} of the last seven days can be read")])]


def _page(installation: Installation) -> Iterator[Line]:
    web = installation.settings.web
    if web is None:
        yield Line("none: managers cannot record what they have checked; [web] base_url makes one")
    elif any(find_spec(package) is None for package in PAGE_PACKAGES):
        yield Line('its packages are missing: run pip install "alerter[web]"', web.base_url, State.LOOK)
    else:
        yield Line("answers while `alerter web` runs", web.base_url)


def _send_dates(installation: Installation) -> Iterator[Line]:
    last_due = installation.timetable().last_due(installation.now())
    dates = installation.rules.schedule.upcoming(last_due, SEND_DATES)
    yield from (Line(full_day_words(on), on.isoformat()) for on in dates)
