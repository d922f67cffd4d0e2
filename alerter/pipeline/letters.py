"""A plan written out: each digest as it reads and as it is sent, the fallback's where it cannot be."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from alerter.domain.digest import Digest
from alerter.domain.plan import Plan, Rules
from alerter.errors import PartitionError
from alerter.mail.message import Message, Rendered
from alerter.mail.run_facts import RunFacts
from alerter.mail.writer import Press, Stationery
from alerter.store.runs import Run
from alerter.store.syncs import Sync

PROBLEM = "render_failed"


@dataclass(frozen=True, slots=True)
class Letters:
    """A plan and its messages: *plan* may differ from the one asked for in who is told."""

    plan: Plan
    proofs: list[tuple[Rendered, Message]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What every message of one run is written with; *editions* says by recipient which further one it is."""

    press: Press
    facts: RunFacts
    installation: str
    dated_at: datetime
    editions: Mapping[str, int] = field(default_factory=dict)

    def proof(self, digest: Digest) -> tuple[Rendered, Message]:
        """Return *digest* as it reads, and as the message that is sent."""
        (proof,) = self.press.proofs(
            [digest],
            self.facts,
            installation=self.installation,
            dated_at=self.dated_at,
            edition=self.editions.get(digest.recipient.key, 0) + 1,
        )
        return proof


def write(plan: Plan, rules: Rules, desk: Desk) -> Letters:
    """
    Write out every digest of *plan* that goes out.

    One that cannot be written must not keep the others: what it held goes to the fallback, with an
    exception each. Where none can be, or the fallback's own cannot, the fault is ours and nothing goes.

    Raises:
        PartitionError: A digest does not show what was planned, or the digests do not add up.
        Exception: Whatever kept the digests from being written.
    """
    digests = plan.worth_sending(send_all_clear=rules.send_all_clear)
    proofs, failed = _attempted(digests, desk)
    if not failed:
        return Letters(plan, proofs)
    if not proofs or rules.fallback.key in failed:
        raise next(iter(failed.values()))
    why = {
        key: f"their manager's digest could not be written ({type(error).__name__})"
        for key, error in failed.items()
    }
    return write(plan.redirected(why, rules.fallback, PROBLEM), rules, desk)


def _attempted(
    digests: Iterable[Digest], desk: Desk
) -> tuple[list[tuple[Rendered, Message]], dict[str, Exception]]:
    """Return what could be written, and what kept the others, by recipient."""
    proofs: list[tuple[Rendered, Message]] = []
    failed: dict[str, Exception] = {}
    for digest in digests:
        try:
            proofs.append(desk.proof(digest))
        except PartitionError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this digest's alone so far
            failed[digest.recipient.key] = error
    return proofs, failed


def run_facts(stationery: Stationery, rules: Rules, run: Run, read: Sync | None) -> RunFacts:
    """Return the facts of *run*, which went by what was *read*, if anything ever was."""
    extracted_at = run.prepared_at if read is None else read.extracted_at
    return RunFacts(
        run=run.id,
        as_of=run.as_of,
        next_run=run.next_run,
        send_date=run.send_date,
        council=stationery.council,
        contact=stationery.contact,
        subject_prefix=stationery.subject_prefix,
        language=stationery.language,
        machine=stationery.machine,
        source_name="no extract" if read is None else read.source_name,
        source_rows=0 if read is None else read.rows,
        source_rejected=0 if read is None else read.rejected,
        extracted_at=extracted_at.astimezone(stationery.zone),
        calendar=rules.calendar,
        clocks=tuple(rules.clocks.values()),
    )
