"""Where the messages of one run are made: facts and digests in, bytes for the outbox out."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from zoneinfo import ZoneInfo

from alerter.domain.digest import Digest
from alerter.domain.routing import Recipient
from alerter.mail.facts import RunFacts
from alerter.mail.language import ENGLISH, Language
from alerter.mail.message import Letterhead, Message, Rendered, build
from alerter.mail.render import Renderer
from alerter.mail.summary import Summary

AnswerLink = Callable[[str, int, Recipient, datetime], str]
"""Gives one installation's link of a recipient for a run, dated at a moment; the same four give the same."""


def no_link(_installation: str, _run: int, _recipient: Recipient, _dated_at: datetime) -> str:
    """
    Return no link: there is no page to answer on.
    """
    return ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stationery:
    """
    What every message of one council bears: who writes, who answers, and in which zone times are told.
    """

    council: str
    sender: Recipient
    admins: Sequence[Recipient]
    zone: ZoneInfo
    subject_prefix: str = ""
    language: Language = ENGLISH
    machine: str = ""
    page: str = ""
    """The address of the service page, where there is one."""

    @property
    def contact(self) -> str:
        """
        Return the address that takes corrections: the first admin's.
        """
        return self.admins[0].email


@dataclass(frozen=True, slots=True)
class Press:
    """
    Makes messages; the same inputs give the same bytes.

    *link_of* gives the address of a page on which a recipient of a run sees their own list.
    """

    stationery: Stationery
    renderer: Renderer
    answer_link: AnswerLink = no_link

    def proofs(
        self,
        digests: Iterable[Digest],
        facts: RunFacts,
        *,
        installation: str,
        dated_at: datetime,
        edition: int = 1,
    ) -> list[tuple[Rendered, Message]]:
        """
        Return each of *digests* as it reads, and as the message that is sent; a further one of the same run
        for the same recipient bears a further *edition*.

        Raises:
            PartitionError: What was rendered is not what was planned.
            MailRefusedError: What was built does not read back as it was meant.
        """
        letterhead = Letterhead(
            sender=self.stationery.sender,
            installation=installation,
            run=facts.run,
            dated_at=dated_at,
            edition=edition,
            logo=self.renderer.brand.logo,
        )
        rendered = (
            (
                self.renderer.digest(
                    each, facts, self.answer_link(installation, facts.run, each.recipient, dated_at)
                ),
                each.recipient,
            )
            for each in digests
        )
        return [(each, build(each, recipient, letterhead)) for each, recipient in rendered]

    def summaries(
        self, summary: Summary, *, installation: str, dated_at: datetime, edition: int
    ) -> list[Message]:
        """
        Return the summary of one run for each admin; a further *edition* tells how outcomes changed.

        Raises:
            MailRefusedError: What was built does not read back as it was meant.
        """
        letterhead = Letterhead(
            sender=self.stationery.sender, installation=installation, run=summary.facts.run,
            dated_at=dated_at, kind="summary", edition=edition, logo=self.renderer.brand.logo,
        )  # fmt: skip
        rendered = self.renderer.summary(summary)
        return [build(rendered, admin, letterhead) for admin in self.stationery.admins]

    def test(self, said: str, recipient: Recipient, *, dated_at: datetime) -> Message:
        """
        Return a message that says *said* and nothing else, to try the way to *recipient*.
        """
        html = f'<!doctype html>\n<html lang="en-GB"><body><p>{escape(said)}</p></body></html>\n'
        letterhead = Letterhead(
            sender=self.stationery.sender, installation=dated_at.isoformat(), run=0,
            dated_at=dated_at, kind="summary",
        )  # fmt: skip
        return build(Rendered("Assessment alerts: test", f"{said}\n", html), recipient, letterhead)
