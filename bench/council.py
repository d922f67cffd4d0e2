"""The council that the measurements work for: its teams and managers, its rules, and its writer."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from alerter.bank_holidays import working_calendar
from alerter.domain.plan import Rules
from alerter.domain.policy import Clock
from alerter.domain.routing import DirectoryEntry, Recipient
from alerter.domain.schedule import Schedule
from alerter.mail.writer import Writer
from alerter.pipeline.letters import Basis

AS_OF = date(2026, 11, 23)  # a Monday
WEEK_BEFORE = date(2026, 11, 16)
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
TEAMS = 120
LISTED = 300
"""So many of the open assessments are overdue, past day 25, or approaching it."""
DOMAIN = "council.example"
CALENDAR = working_calendar("england")
CLOCK = Clock(
    type="core",
    label="Core assessment",
    working_days=35,
    alert_after=25,
    target_percent=81,
    audit_pass_mark=80,
)


def rules() -> Rules:
    """Return what the council's runs go by."""
    return Rules(
        calendar=CALENDAR,
        clocks={CLOCK.type: CLOCK},
        schedule=Schedule(AS_OF.weekday(), CALENDAR),
        fallback=Recipient(f"service.manager@{DOMAIN}"),
        allowed_domains=(DOMAIN,),
        settings="bench",
    )


def writer() -> Writer:
    """Return the writer of its emails."""
    return Writer(
        council="Sampleford",
        sender=Recipient(f"alerts@{DOMAIN}", "Assessment alerts"),
        admins=[Recipient(f"performance@{DOMAIN}")],
        zone=ZoneInfo("Europe/London"),
    )


def basis(now: datetime = NOW) -> Basis:
    """Return what its runs go by at one moment."""
    return Basis(rules(), writer(), now)


def directory(teams: int = TEAMS) -> list[DirectoryEntry]:
    """Return one manager for each of so many teams."""
    return [
        DirectoryEntry(
            line=2 + number,
            team=team(number, teams),
            manager_name=f"Manager {number}",
            manager_email=f"manager.{number}@{DOMAIN}",
        )
        for number in range(teams)
    ]


def team(number: int, teams: int = TEAMS) -> str:
    """Return the name of the team, of so many, that has the assessment of this *number*."""
    return f"Team {number % teams}"
