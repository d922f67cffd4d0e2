"""
The parts of one installation, each made from the settings.

Whoever makes a part imports what it is made of, here and nowhere else: a command waits for no templates, no
readers and no bank holidays that it does not ask for.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from alerter.domain.reasons import Reasons
from alerter.domain.schedule import Schedule
from alerter.errors import ConfigError

if TYPE_CHECKING:
    from pydantic import SecretStr

    from alerter.config.branding import BrandingSettings
    from alerter.config.email import EmailSettings, NotifySettings
    from alerter.config.entra import EntraSettings, GraphSettings
    from alerter.config.settings import Settings
    from alerter.domain.calendar import WorkingCalendar
    from alerter.domain.gate import Gates
    from alerter.domain.plan import Rules
    from alerter.domain.policy import Clock
    from alerter.domain.routing import DirectoryEntry
    from alerter.mail.template_set import Brand
    from alerter.mail.writer import AnswerLink, Writer
    from alerter.sources.source import Source
    from alerter.transports.graph import GraphMailbox
    from alerter.transports.inbox import Inbox
    from alerter.transports.notify import NotifyTransport
    from alerter.transports.oauth import EntraTokens
    from alerter.transports.transport import Transport


def calendar(settings: "Settings") -> "WorkingCalendar":
    """Return the nation's working days and the council's own."""
    from alerter.bank_holidays import working_calendar

    of = settings.calendar
    return working_calendar(
        of.nation,
        days_off=of.named("days_off"),
        working_days=of.named("working_days"),
        count_start_day=of.count_start_day,
    )


def schedule(settings: "Settings", working: "WorkingCalendar") -> Schedule:
    """Return the send dates by the *working* days."""
    of = settings.calendar
    closed = frozenset(on for name in ("office_closed", "days_off") for on, _ in of.named(name))
    return Schedule(settings.schedule.weekday_number, working, closed)


def rules(settings: "Settings", working: "WorkingCalendar") -> "Rules":
    """Return what a run is judged, routed and timed by, all of it by the *working* days."""
    from alerter.domain.escalation import EscalationRule
    from alerter.domain.plan import Rules
    from alerter.domain.routing import Recipient

    return Rules(
        calendar=working,
        clocks=settings.clocks(),
        schedule=schedule(settings, working),
        fallback=Recipient(settings.email.fallback),
        allowed_domains=tuple(settings.email.allowed_domains),
        reassurance_lasts_runs=settings.digest.reassurance_lasts_runs,
        send_all_clear=settings.email.send_all_clear,
        escalation=EscalationRule(
            after_digests=settings.escalation.after_digests, from_day=settings.escalation.working_day
        ),
        audits_since=settings.quality_audit.since,
        ignore_started_before=settings.source.ignore_started_before,
        settings=settings.fingerprint,
    )


def gates(settings: "Settings") -> "Gates":
    """Return what makes an extract look too wrong to act on."""
    from alerter.domain.gate import Gates

    of = settings.source
    return Gates(
        max_age_hours=of.max_age_hours,
        max_shrink_percent=of.max_shrink_percent,
        max_quiet_days=of.max_quiet_days,
        max_growth_percent=of.max_growth_percent,
        max_rejected_percent=of.max_rejected_percent,
        max_reopened_percent=of.max_reopened_percent,
        hold_unchanged=of.hold_unchanged,
        headings={str(name): heading for name, heading in of.columns.items()},
    )


def source(settings: "Settings", by: "Rules", now: datetime) -> "Source":
    """
    Open the configured source; *now* is when a query is asked.

    Raises:
        SourceError: It cannot be opened.
    """
    from alerter.sources.source import open_query, open_source

    of = settings.source
    columns: dict[str, str] = {str(name): heading for name, heading in of.columns.items()}
    if of.kind == "sql":
        url = of.url.get_secret_value() if of.url else ""
        return open_query(url, of.query, columns, by.clocks, now=now, reasons=settings.reasons)
    return open_source(
        of.kind,
        of.path,
        columns,
        by.clocks,
        sheet=of.sheet or "",
        reasons=settings.reasons,
        has_conferences=of.has_conferences,
    )


def directory(settings: "Settings") -> "list[DirectoryEntry]":
    """
    Return the lines of the directory as they are now.

    Raises:
        SourceError: It cannot be read, or lacks a column.
    """
    from alerter.sources.directory import read_directory

    of = settings.directory
    return read_directory(of.path, {str(name): heading for name, heading in of.columns.items()})


def writer(settings: "Settings", *, is_whole: bool = False) -> "Writer":
    """
    Return the writer of emails; with *is_whole* every row is listed, whatever the size.

    Raises:
        ConfigError: A template of the council's cannot be used: all faults at once, with file and line.
    """
    import platform

    from alerter.domain.routing import Recipient
    from alerter.mail.language import language_of
    from alerter.mail.links import SERVICE_PAGE
    from alerter.mail.specimen import template_faults
    from alerter.mail.template_set import TemplateSet
    from alerter.mail.writer import Writer

    email, look, language = settings.email, brand(settings.branding), language_of(settings.email.language)
    if email.templates is not None and (faults := template_faults(email.templates, language, look)):
        raise ConfigError([f"email.templates: {fault}" for fault in faults])
    return Writer(
        council=settings.council,
        sender=Recipient(email.sender_address, email.sender_name),
        admins=[Recipient(address) for address in email.admins],
        zone=zone(settings),
        subject_prefix=email.subject_prefix,
        record_url=settings.digest.record_url or "",
        reasons=Reasons(settings.reassurance.reasons),
        language=language,
        machine=platform.node(),
        page="" if settings.web is None else f"{settings.web.base_url}{SERVICE_PAGE}",
        templates=TemplateSet(email.templates),
        brand=look,
        answer_link=_answer_link(settings, is_for_show=is_whole),
        is_whole=is_whole,
    )


def brand(settings: "BrandingSettings") -> "Brand":
    """Return how the emails look, the logo read from its file."""
    from alerter.config.branding import png_size
    from alerter.mail.template_set import Brand

    logo = b"" if settings.logo is None else settings.logo.read_bytes()
    return Brand(
        name=settings.name,
        colour=settings.colour,
        colour_dark=settings.colour_dark,
        logo=logo,
        size=png_size(logo),
    )


def _answer_link(settings: "Settings", *, is_for_show: bool) -> "AnswerLink":
    """Return the maker of each recipient's own link; what is only shown has one that opens nothing."""
    from alerter.mail.links import PATH, Links
    from alerter.mail.writer import no_link

    links = Links.of(settings)
    if links is None:
        return no_link
    if is_for_show:
        return lambda *_facts: f"{links.base_url}{PATH}only-in-the-real-email"
    return links.make


def transport(settings: "Settings") -> "Transport":
    """Return the configured way of sending; it connects when the first message goes."""
    from alerter.transports.conversation import SmtpServer
    from alerter.transports.folder import FolderTransport
    from alerter.transports.smtp import SmtpTransport

    email = settings.email
    if email.folder is not None and email.transport == "folder":
        return FolderTransport(email.folder)
    if email.notify is not None and email.transport == "notify":
        return notify_transport(email.notify)
    if email.graph is not None and email.transport == "graph":
        from alerter.transports.graph import GraphTransport

        return GraphTransport(_graph_mailbox(email.graph, email.sender_address))
    smtp = email.smtp
    return SmtpTransport(
        SmtpServer(
            host=smtp.host,
            port=smtp.port,
            sender=email.sender_address,
            security=smtp.security,
            username=_clear(smtp.username),
            password=_clear(smtp.password),
            token=_tokens(smtp.oauth, smtp.oauth.scope, "email.smtp.oauth") if smtp.oauth else None,
            timeout_seconds=smtp.timeout_seconds,
            ca_file=str(smtp.ca_file or ""),
            helo_name=smtp.helo_name or "",
        )
    )


def is_trial(email: "EmailSettings") -> bool:
    """Say whether messages go into a folder, and to nobody."""
    return email.transport == "folder"


def notify_transport(notify: "NotifySettings") -> "NotifyTransport":
    """Return the way through GOV.UK Notify, which can also tell what was delivered."""
    from alerter.transports.notify import NotifyService, NotifyTransport

    return NotifyTransport(
        NotifyService(
            api_key=notify.api_key.get_secret_value(),
            template_id=notify.template_id,
            base_url=notify.base_url,
            email_reply_to_id=notify.email_reply_to_id or "",
        )
    )


def _graph_mailbox(graph: "GraphSettings", address: str) -> "GraphMailbox":
    """Return a mailbox that Microsoft Graph reaches: the one that is named, else *address*."""
    from alerter.transports.graph import SCOPE, GraphMailbox

    return GraphMailbox(
        mailbox=graph.mailbox or address,
        token=_tokens(graph, f"{graph.base_url}{SCOPE}", "email.graph"),
        base_url=graph.base_url,
        timeout_seconds=graph.timeout_seconds,
    )


def inbox(email: "EmailSettings", since: datetime) -> "Inbox | None":
    """Return the mailbox that reports come to, read from *since* on; None where none is configured."""
    from alerter.transports.inbox import FileInbox, GraphInbox, ImapInbox, ImapServer

    of = email.bounces
    if of is None:
        return None
    if of.kind == "graph" and email.graph is not None:
        mailbox = replace(
            _graph_mailbox(email.graph, email.sender_address), timeout_seconds=of.timeout_seconds
        )
        return GraphInbox(replace(mailbox, mailbox=of.mailbox or mailbox.mailbox), of.folder, since)
    if of.kind == "file" or of.host is None:
        return FileInbox(of.path)
    server = ImapServer(
        host=of.host,
        port=of.port,
        security=of.security,
        username=_clear(of.username),
        password=_clear(of.password),
        token=_tokens(of.oauth, of.oauth.scope, "email.bounces.oauth") if of.oauth else None,
        folder=of.folder,
        ca_file=str(of.ca_file or ""),
        timeout_seconds=of.timeout_seconds,
    )
    return ImapInbox(server, since.date())


def _tokens(application: "EntraSettings", scope: str, table: str) -> "EntraTokens":
    from alerter.transports.oauth import EntraTokens, Registration

    return EntraTokens(
        Registration(
            authority=application.authority,
            client_id=application.client_id,
            client_secret=_clear(application.client_secret),
            certificate=_clear(application.client_certificate),
            password=_clear(application.client_certificate_password),
            scope=scope,
            table=table,
        )
    )


def _clear(secret: "SecretStr | None") -> str:
    return "" if secret is None else secret.get_secret_value()


def clock_of(clocks: Mapping[str, "Clock"], type_: str) -> "Clock":
    """
    Return the clock of an assessment type by key or label; the only one where *type_* is empty.

    Raises:
        ConfigError: No such type, or none was named where several are configured.
    """
    if not type_ and len(clocks) == 1:
        return next(iter(clocks.values()))
    wanted = type_.casefold()
    for clock in clocks.values():
        if wanted in (clock.type.casefold(), clock.label.casefold()):
            return clock
    raise ConfigError([f"--type: name one of the configured assessment types: {', '.join(clocks)}."])


def zone(settings: "Settings") -> ZoneInfo:
    """Return the council's time zone."""
    return ZoneInfo(settings.schedule.timezone)
