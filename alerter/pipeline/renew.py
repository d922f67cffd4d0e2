"""Writes waiting digests anew that are no longer right, or no longer this person's."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alerter.domain.address import address_key
from alerter.domain.delivery import PASSED_ON
from alerter.domain.plan import Plan, Rules
from alerter.domain.policy import Stage
from alerter.pipeline.letters import Basis, run_facts, write
from alerter.pipeline.planning import judged_on, plan_on
from alerter.store import alerts, drafts, outbox, runs, syncs, trail
from alerter.store.database import take_turns
from alerter.store.drafts import Draft
from alerter.store.runs import Run
from alerter.store.trail import Entry

STALE_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Renewal:
    """
    What can still be changed of one run: its *waiting* digests and those that *were_marked*, by their
    recipients, and the *recipients* of its alerts, by the assessments.

    A digest that was marked is only ever given up, and then its recipient is *gone*.
    """

    run: Run
    waiting: Mapping[str, Draft]
    were_marked: Mapping[str, Draft]
    recipients: Mapping[int, str]
    gone: frozenset[str] = frozenset()

    @property
    def open_to_change(self) -> list[int]:
        """Return the numbers of the assessments that only waiting digests, or those given up, speak of."""
        open_ = self.waiting.keys() | self.gone
        return [number for number, recipient in self.recipients.items() if address_key(recipient) in open_]

    def numbers_of(self, key: str) -> list[int]:
        """Return the numbers of the assessments that one recipient answers for."""
        return [number for number, recipient in self.recipients.items() if address_key(recipient) == key]


def renew(connection: Connection, basis: Basis) -> bool:
    """
    Write the latest run's waiting digests anew where they are no longer right; say whether they were not.

    They are not when one of their assessments is no longer open or goes to somebody else now, or when they
    were written a day ago. What was ever on its way keeps its bytes: a second version of it would contradict
    the first. Where its recipient answers for none of it any more, it is given up and written for whoever
    does. Who has had a digest of this run, and gets more by this, gets a further one of that alone.

    Raises:
        PartitionError: The digests do not add up; the transaction must not be committed.
    """
    take_turns(connection, "sync")
    renewal = _renewal(connection)
    if renewal is None:
        return False
    plan = plan_on(connection, basis.rules, judged_on(renewal.run, basis.now, basis.writer.zone))
    is_old = any(draft.prepared_at <= basis.now - STALE_AFTER for draft in renewal.waiting.values())
    renewal = replace(renewal, gone=_gone(plan, renewal, named(connection, basis.rules, plan)))
    if not is_old and not renewal.gone and not _is_astray(plan, renewal):
        return False
    _give_up(connection, plan, renewal, basis.now)
    _write_anew(connection, basis, plan, renewal)
    return True


def _renewal(connection: Connection) -> Renewal | None:
    """
    Return what can be written anew, held until the transaction ends; only the latest run is of interest.
    """
    latest = max((draft.run_id for draft in drafts.waiting(connection)), default=None)
    held = [] if latest is None else drafts.hold_on(connection, latest)
    if not held:
        return None
    run = runs.by_id(connection, held[0].run_id)
    waiting = {address_key(draft.recipient): draft for draft in held if not draft.was_marked}
    were_marked = {address_key(draft.recipient): draft for draft in held if draft.was_marked}
    return Renewal(run, waiting, were_marked, alerts.recipients_of(connection, run.id))


def named(connection: Connection, rules: Rules, plan: Plan) -> set[str]:
    """Return everybody whom the directory names, or who has a digest now."""
    lines = syncs.directory_entries(connection)
    addresses = {
        address for line in lines for address in (line.manager_email, line.cover_email, line.escalate_to)
    }
    return (
        {address_key(address) for address in addresses}
        | {digest.recipient.key for digest in plan.digests}
        | {rules.fallback.key}
    )


def _gone(plan: Plan, renewal: Renewal, known: Collection[str]) -> frozenset[str]:
    """
    Return whose marked digest is no longer theirs: others answer for all that is open of it. Where nothing of
    it is, they are not among the *known* any more.
    """
    routed = {row.number: row.route.recipient.key for row in plan.judged}
    gone = set()
    for key in renewal.were_marked:
        answering = {routed[number] for number in renewal.numbers_of(key) if number in routed}
        if key not in (answering or known):
            gone.add(key)
    return frozenset(gone)


def _give_up(connection: Connection, plan: Plan, renewal: Renewal, now: datetime) -> None:
    """Settle the marked digests of those who are gone, and record to whom each of their assessments goes."""
    successors = {row.number: row.route.recipient.email for row in plan.judged}
    for key in sorted(renewal.gone):
        draft = renewal.were_marked[key]
        drafts.give_up(connection, draft, PASSED_ON, now)
        for number in renewal.numbers_of(key):
            to = successors.get(number, "nobody, for it is no longer open")
            trail.append(
                connection,
                Entry(
                    at=now, actor=draft.recipient, means="delivery", act="passed_on", assessment=number,
                    message=draft.id, detail=f"run {draft.run_id}: from {draft.recipient} to {to}",
                ),
            )  # fmt: skip


def _is_astray(plan: Plan, renewal: Renewal) -> bool:
    """
    Say whether an assessment of a waiting digest is not open any more, or is somebody else's now; or whether
    the digest of a service manager waits for somebody who is none now.
    """
    if not renewal.waiting.keys() <= {digest.recipient.key for digest in plan.digests}:
        return True
    routed = {row.number: row.route.recipient.key for row in plan.judged}
    recipients = {number: address_key(renewal.recipients[number]) for number in renewal.open_to_change}
    return any(routed.get(number) != recipient for number, recipient in recipients.items())


def _write_anew(connection: Connection, basis: Basis, plan: Plan, renewal: Renewal) -> None:
    run, kept = renewal.run, renewal.recipients.keys() - set(renewal.open_to_change)
    services = {digest.recipient.key for digest in plan.digests if digest.service is not None}
    fresh = {key for key in services if key in renewal.waiting or not drafts.further(connection, run.id, key)}
    plan = plan.placed([row for row in plan.judged if row.number not in kept], fresh)
    plan = _written(connection, basis, plan, renewal)
    alerts.forget(connection, run.id, renewal.open_to_change)
    alerts.forget_escalations(connection, run.id, renewal.waiting.keys() | renewal.gone)
    alerts.record(connection, run.id, plan.judged, plan.escalations)
    runs.record_exceptions(connection, run.id, plan.exceptions)
    by_stage = alerts.stages(connection, run.id)
    counts = {"open": sum(by_stage.values())} | {stage.value: by_stage.get(stage.value, 0) for stage in Stage}
    runs.amend(connection, run.id, counts=plan.counts | counts)


def _written(connection: Connection, basis: Basis, plan: Plan, renewal: Renewal) -> Plan:
    """Put the digests of *plan* where the waiting ones stood; return it as it was written."""
    run = replace(renewal.run, as_of=plan.window.as_of, next_run=plan.window.next_run)
    now, editions = basis.now, _editions(connection, basis.rules, plan, renewal)
    facts = run_facts(connection, basis, run, syncs.latest_applied(connection))
    written = write(plan, basis, facts, editions)
    messages = {address_key(email.message.recipient): email.message for email in written.emails}
    for key, draft in renewal.waiting.items():
        if key in messages:
            drafts.rewrite(connection, draft, messages.pop(key), now)
        else:
            drafts.withdraw(connection, draft, now)
    for key, message in messages.items():
        outbox.enqueue(connection, run.id, kind="digest", edition=editions[key], messages=[message], now=now)
    return written.plan


def _editions(connection: Connection, rules: Rules, plan: Plan, renewal: Renewal) -> dict[str, int]:
    """Return which edition each recipient's digest is: a waiting one keeps its own."""
    keys = {digest.recipient.key for digest in plan.digests} | {rules.fallback.key}
    return {
        key: renewal.waiting[key].edition
        if key in renewal.waiting
        else drafts.further(connection, renewal.run.id, key)
        for key in keys
    }
