"""Writes a run's emails: from digests and the facts of the run to the messages of the outbox."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from alerter.domain.digest import Digest
from alerter.domain.message import Message
from alerter.domain.plain import one_line
from alerter.domain.reasons import NO_REASONS, Reasons
from alerter.domain.routing import Recipient
from alerter.errors import PartitionError
from alerter.mail.build import Letterhead, Rendered, build
from alerter.mail.language import ENGLISH, Language
from alerter.mail.run_facts import RunFacts
from alerter.mail.summary import Summary, summary_view
from alerter.mail.template_set import Brand, TemplateSet
from alerter.mail.view import DigestView, view_of

FEWER_ROWS = (150, 75, 30, 10)  # tried in turn, for ids and names of unusual length
LARGEST_HTML = 100_000  # bytes; Gmail clips a message at 102 kB

AnswerLink = Callable[[str, int, Recipient, datetime], str]
"""Gives one installation's link of a recipient for a run, dated at a moment; the same four give the same."""


def no_link(_installation: str, _run: int, _recipient: Recipient, _dated_at: datetime) -> str:
    """Return no link: there is no page to answer on."""
    return ""


@dataclass(frozen=True, slots=True)
class Email:
    """One digest as it reads, and as the message that is sent."""

    rendered: Rendered
    message: Message


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """
    Writes the emails of one council; the same inputs give the same bytes.

    *admins* have the summaries. Moments are written in *zone*; *machine* is the one it runs on, *page* the
    address of the service page, where there is one. *answer_link* gives the address of a page on which a
    recipient of a run sees their own list, *record_url* that of a record in the case system. With *is_whole*
    every row is listed, whatever the size: for looking at, not for sending.
    """

    council: str
    sender: Recipient
    admins: Sequence[Recipient]
    zone: ZoneInfo
    subject_prefix: str = ""
    record_url: str = ""
    reasons: Reasons = NO_REASONS
    language: Language = ENGLISH
    machine: str = ""
    page: str = ""
    templates: TemplateSet = field(default_factory=TemplateSet)
    brand: Brand = field(default_factory=Brand)
    answer_link: AnswerLink = no_link
    is_whole: bool = False

    @property
    def contact(self) -> str:
        """Return the address that takes corrections: the first admin's."""
        return self.admins[0].email

    def digest(self, digest: Digest, facts: RunFacts, link: str = "") -> Rendered:
        """
        Return one digest, with as many rows as an email has room for; *link* leads to the recipient's list.

        Raises:
            PartitionError: An assessment planned is not in the text, or another one is.
            TemplateError: A template of the council's cannot be used.
        """
        for max_rows in (None,) if self.is_whole else FEWER_ROWS:
            view = view_of(digest, facts, max_rows, link)
            html = self.templates.render("digest.html.j2", view=view, brand=self.brand)
            if len(html.encode()) <= LARGEST_HTML:
                break
        text = self.templates.render("digest.txt.j2", view=view)
        check_receipt(text, digest, view)
        return Rendered(view.subject, text, html)

    def email(self, digest: Digest, facts: RunFacts, edition: int = 1) -> Email:
        """
        Return *digest* as it reads and as it is sent; a further one for the same recipient of the same run
        has a further *edition*.

        Raises:
            PartitionError: What was rendered is not what was planned.
            TemplateError: A template of the council's cannot be used.
            MailRefusedError: What was built does not read back as it was meant.
        """
        link = self.answer_link(facts.installation, facts.run, digest.recipient, facts.dated_at)
        rendered = self.digest(digest, facts, link)
        letterhead = replace(self._letterhead(facts), edition=edition)
        return Email(rendered, build(rendered, digest.recipient, letterhead))

    def summary(self, summary: Summary) -> Rendered:
        """
        Return the admins' summary of one run.

        Raises:
            TemplateError: A template of the council's cannot be used.
        """
        view = summary_view(summary)
        return Rendered(
            view.subject,
            self.templates.render("summary.txt.j2", view=view),
            self.templates.render("summary.html.j2", view=view, brand=self.brand),
        )

    def summaries(self, summary: Summary, edition: int) -> list[Message]:
        """
        Return the summary of one run for each admin; a further *edition* says how outcomes changed.

        Raises:
            TemplateError: A template of the council's cannot be used.
            MailRefusedError: What was built does not read back as it was meant.
        """
        letterhead = replace(self._letterhead(summary.facts), kind="summary", edition=edition)
        rendered = self.summary(summary)
        return [build(rendered, admin, letterhead) for admin in self.admins]

    def _letterhead(self, facts: RunFacts) -> Letterhead:
        return Letterhead(
            sender=self.sender,
            installation=facts.installation,
            run=facts.run,
            dated_at=facts.dated_at,
            logo=self.brand.logo,
        )


def check_receipt(text: str, digest: Digest, view: DigestView) -> None:
    """
    Prove that the rows of *text* are the alerts of *digest* and what is escalated, or counted as not listed.

    Raises:
        PartitionError: They are not.
    """
    escalations = () if digest.service is None else digest.service.escalations
    planned = [
        *(alert.assessment for alert in digest.alerts),
        *(escalation.alert.assessment for escalation in escalations),
    ]
    child = view.row_mark.lstrip()
    keys = [
        (one_line(assessment.assessment_id), f"{child}{one_line(assessment.child_id)}")
        for assessment in planned
    ]
    rows = [row for section in view.every_section for row in section.rows]
    foreign = Counter((row.assessment_id, row.child) for row in rows) - Counter(keys)
    lines = [line for line in text.splitlines() if view.row_mark in line]
    unlisted = sum(section.more for section in view.every_section)
    is_each_there = len(lines) == len(rows) and all(
        line.startswith(row.mark) or _squeezed(line).startswith(_squeezed(row.mark))
        for line, row in zip(lines, rows, strict=True)
    )
    if foreign or not is_each_there or len(rows) + unlisted != len(keys):
        raise PartitionError(
            f"a digest of run {view.run} does not show what was planned: {len(keys)} planned, "
            f"{len(lines)} in the text, {unlisted} counted. Nothing was sent; please report this."
        )


def _squeezed(line: str) -> str:
    """
    Return *line* with single blanks and one at its end, so that no id is taken for the beginning of another.
    """
    return f"{' '.join(line.split())} "
