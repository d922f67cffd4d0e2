"""Writes the digests of a plan; what one that cannot be written held goes to the fallback."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from alerter.domain.plan import Plan, Rules
from alerter.errors import PartitionError
from alerter.installation.installation import Installation
from alerter.mail.run_facts import RunFacts
from alerter.mail.writer import Email, Writer
from alerter.store.database import installation_id
from alerter.store.runs import Run
from alerter.store.syncs import Sync

PROBLEM = "render_failed"


@dataclass(frozen=True, slots=True)
class Basis:
    """The rules and the writer that a run goes by, *now*: the moment it is prepared, renewed or concluded."""

    rules: Rules
    writer: Writer
    now: datetime

    @classmethod
    def of(cls, installation: Installation) -> "Basis":
        """Return those of *installation* at this moment."""
        return cls(installation.rules, installation.writer, installation.now())


@dataclass(frozen=True, slots=True)
class WrittenPlan:
    """A *plan* with its digests as *emails*; it may differ from the one asked for in who is written to."""

    plan: Plan
    emails: Sequence[Email]


def write(
    plan: Plan, basis: Basis, facts: RunFacts, editions: Mapping[str, int] | None = None
) -> WrittenPlan:
    """
    Write out every digest of *plan* that goes out; *editions* are the further ones, by recipient.

    One that cannot be written must not keep the others: what it held goes to the fallback, with an
    exception each. Where none can be, or the fallback's own cannot, the fault is ours and nothing goes.

    Raises:
        PartitionError: A digest does not show what was planned, or the digests do not add up.
        Exception: Whatever kept the digests from being written.
    """
    emails: list[Email] = []
    faults: dict[str, Exception] = {}
    for digest in plan.worth_sending(send_all_clear=basis.rules.send_all_clear):
        key = digest.recipient.key
        try:
            emails.append(basis.writer.email(digest, facts, (editions or {}).get(key, 0) + 1))
        except PartitionError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this digest's alone so far
            faults[key] = error
    if not faults:
        return WrittenPlan(plan, emails)
    if not emails or basis.rules.fallback.key in faults:
        raise next(iter(faults.values()))
    why = {
        key: f"their manager's digest could not be written ({type(error).__name__})"
        for key, error in faults.items()
    }
    return write(plan.redirected(why, basis.rules.fallback, PROBLEM), basis, facts, editions)


def run_facts(connection: Connection, basis: Basis, run: Run, sync: Sync | None) -> RunFacts:
    """Return the facts of *run* for emails of this moment; *sync* is the reading it went by, if any."""
    writer = basis.writer
    extracted_at = run.prepared_at if sync is None else sync.extracted_at
    return RunFacts(
        run=run.id,
        as_of=run.as_of,
        next_run=run.next_run,
        send_date=run.send_date,
        council=writer.council,
        contact=writer.contact,
        subject_prefix=writer.subject_prefix,
        language=writer.language,
        installation=installation_id(connection),
        record_url=writer.record_url,
        reasons=writer.reasons,
        machine=writer.machine,
        source_name="no extract" if sync is None else sync.source_name,
        source_rows=0 if sync is None else sync.rows,
        source_rejected=0 if sync is None else sync.rejected,
        extracted_at=extracted_at.astimezone(writer.zone),
        dated_at=basis.now.astimezone(writer.zone),
        calendar=basis.rules.calendar,
        clocks=tuple(basis.rules.clocks.values()),
    )
