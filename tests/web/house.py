"""One council with its page: an extract, a clock that a test moves, and visitors who have a browser each."""

import html
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from alerter.app.link_letters import Mailroom
from alerter.app.logs import open_journal
from alerter.app.page_session import database_id
from alerter.domain.routing import Recipient
from alerter.installation.installation import Installation
from alerter.mail.links import Links
from alerter.pipeline import weekly
from alerter.pipeline.weekly import sync_only
from alerter.store import reassurances, trail
from alerter.store.schema import assessments
from alerter.store.trail import Entry
from alerter.web.application import make_application
from tests.world.office import LONDON, NORTH, SOUTH, Office, row

BASE = "http://127.0.0.1:8025"
KEY = "made up for the tests, and long enough for anybody"
MONDAY_NINE = datetime(2009, 11, 23, 9, 0, tzinfo=LONDON)
OKAFOR, LINDQVIST = NORTH["manager_email"], SOUTH["manager_email"]
SERVICE_MANAGER = "head.of.north@council.example"
STRANGER = "nobody@council.example"
WEB = {"web__base_url": BASE, "web__secret_key": KEY}
AUDITED = {"assessments__core__audit_pass_mark": 80} | {
    f"quality_audit__criteria__{key}__{name}": value
    for key, criterion in {
        "a": {"name": "Child seen", "description": "Alone.", "weight": 60},
        "b": {"name": "Plan", "description": "With dates.", "weight": 40},
    }.items()
    for name, value in criterion.items()
}  # fmt: skip
"""Settings of a council that audits by a form of two criteria."""
FORM_TOKEN = re.compile(r'name="csrf" value="([^"]+)"')
PICKS = re.compile(r'name="pick" value="(\d+)"')
UNDOS = re.compile(r'name="reassurance" value="(\d+)"')
WEEK = timedelta(weeks=1)


@dataclass(slots=True)
class Hands:
    """A clock that shows what it was set to."""

    at: datetime = MONDAY_NINE

    def __call__(self, zone: ZoneInfo) -> datetime:
        """Return what it shows, in *zone*."""
        return self.at.astimezone(zone)


@dataclass(slots=True)
class Visitor:
    """Somebody's browser: it keeps cookies, and sends forms with the token that the last page held."""

    browser: FlaskClient
    page: TestResponse | None = None

    def get(self, path: str, **options: object) -> TestResponse:
        """Open a page, wherever it leads."""
        self.page = self.browser.get(path, follow_redirects=True, **options)
        return self.page

    def post(self, path: str, *, token: str | None = None, **fields: object) -> TestResponse:
        """Send a form from the page in hand; *token* is sent in place of the page's own."""
        given = self.token if token is None else token
        filled = {name.replace("_", "-"): value for name, value in fields.items()} | {"csrf": given}
        self.page = self.browser.post(path, data=filled, follow_redirects=True)
        return self.page

    @property
    def text(self) -> str:
        """Return what the page in hand says, without its markup."""
        assert self.page is not None
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", self.page.text)).split())

    @property
    def token(self) -> str:
        """Return the token of the page in hand."""
        assert self.page is not None
        found = FORM_TOKEN.search(self.page.text)
        return "" if found is None else found[1]

    @property
    def picks(self) -> list[int]:
        """Return the numbers of the assessments that the page in hand lists."""
        assert self.page is not None
        return [int(number) for number in PICKS.findall(self.page.text)]

    @property
    def undos(self) -> list[int]:
        """Return the numbers of the reassurances that can be undone on the page in hand."""
        assert self.page is not None
        return [int(number) for number in UNDOS.findall(self.page.text)]


@dataclass(slots=True)
class House:
    """The council, its clock, and its page."""

    office: Office
    installation: Installation
    hands: Hands
    application: Flask
    log: io.StringIO

    def visitor(self) -> Visitor:
        """Return a visitor who has never been here."""
        return Visitor(self.application.test_client())

    def inside(self, email: str) -> Visitor:
        """Return a visitor who has opened the link in their digest."""
        visitor = self.visitor()
        visitor.get(self.path(email))
        return visitor

    def path(self, email: str, *, run: int = 1, made_at: datetime | None = None) -> str:
        """Return the path of somebody's link."""
        links = Links.of(self.installation.settings)
        assert links is not None
        database = database_id(self.installation)
        return links.make(database, run, Recipient(email), made_at or self.hands.at).removeprefix(BASE)

    def run(self) -> dict[str, int]:
        """Do the weekly job as of today; return the counts."""
        return dict(weekly.run(self.installation, self.installation.today()).counts)

    def numbers(self) -> dict[str, int]:
        """Return the number of each assessment by its id."""
        with self.installation.database.read() as connection:
            rows = connection.execute(select(assessments.c.assessment_id, assessments.c.id))
            return {row.assessment_id: row.id for row in rows}

    def latest(self) -> dict[int, tuple[str, str]]:
        """Return who last reassured which assessment, and until when."""
        with self.installation.database.read() as connection:
            found = reassurances.latest(connection)
        return {number: (each.by, each.expected_on.isoformat()) for number, each in found.items()}

    def trail(self) -> list[Entry]:
        """Return what was written down of everybody's acts."""
        with self.installation.database.read() as connection:
            return trail.every(connection)

    def acts(self) -> list[tuple[str, str, int | None]]:
        """Return who did what to which assessment."""
        return [(each.actor, each.act, each.assessment) for each in self.trail()]


@contextmanager
def new_house(office: Office, **changes: object) -> Iterator[House]:
    """
    Give a council of two teams with its page: four assessments of the North's, one of the South's.

    A-1 is overdue, A-2 and A-3 are past day 25, A-4 reaches it within the week, B-1 is past it too.
    """
    office.council.directory(NORTH | {"escalate_to": SERVICE_MANAGER}, SOUTH)
    office.extract(
        row("A-1", days=38),
        row("A-2", days=31),
        row("A-3", days=27),
        row("A-4", days=22),
        row("A-5", days=3),
        row("B-1", days=29, team="South"),
    )
    hands = Hands()
    installation = replace(office.open(**(WEB | changes)), clock=hands)
    log = io.StringIO()
    journal = open_journal(log, "text", "alerter.house")
    with Mailroom(installation, journal) as mailroom:
        sync_only(installation)
        yield House(office, installation, hands, make_application(installation, journal, mailroom), log)
