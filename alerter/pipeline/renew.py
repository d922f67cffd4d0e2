"""Before it is sent: is a waiting digest still right, and still this person's? If not, it is written anew."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from alerter.domain.address import address_key
from alerter.domain.plan import Plan, Rules
from alerter.domain.policy import Stage
from alerter.mail.press import Press
from alerter.pipeline.facts import run_facts
from alerter.pipeline.letters import Desk, write
from alerter.pipeline.prepare import judged_on, look
from alerter.store import drafts, outbox, runs, syncs, told
from alerter.store.database import installation_id, take_turns
from alerter.store.drafts import Draft
from alerter.store.runs import Run

STALE_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Renewal:
    """
    What can still be written anew of one run: its *waiting* digests, and all it was to tell whom.
    """

    run: Run
    waiting: Mapping[str, Draft]
    told: Mapping[int, str]

    @property
    def open_to_change(self) -> list[int]:
        """
        Return the numbers of the assessments that only waiting digests speak of.
        """
        return [number for number, recipient in self.told.items() if address_key(recipient) in self.waiting]


def renew(connection: Connection, rules: Rules, press: Press, now: datetime) -> bool:
    """
    Write the latest run's waiting digests anew where they are no longer right; say whether they were not.

    They are not when one of their assessments is no longer open or goes to somebody else now, or when they
    were written a day ago. What was ever on its way is left alone: a second version of it would contradict
    the first. Who has had a digest of this run, and gets more by this, gets a further one of that alone.

    Raises:
        PartitionError: The digests do not add up; the transaction must not be committed.
    """
    take_turns(connection, "sync")
    renewal = _renewal(connection)
    if renewal is None:
        return False
    on = judged_on(renewal.run, now, press.stationery.zone)
    plan = look(connection, rules, on)
    is_old = any(draft.prepared_at <= now - STALE_AFTER for draft in renewal.waiting.values())
    if not is_old and not _is_astray(plan, renewal):
        return False
    _write_anew(connection, rules, press, plan, renewal, now)
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
    return Renewal(run, {address_key(each.recipient): each for each in held}, runs.told(connection, run.id))


def _is_astray(plan: Plan, renewal: Renewal) -> bool:
    """
    Say whether an assessment of a waiting digest is not open any more, or is somebody else's now; or whether
    the digest of a service manager waits for somebody who is none now.
    """
    if not renewal.waiting.keys() <= {digest.recipient.key for digest in plan.digests}:
        return True
    routed = {number: route.recipient.key for number, _, route in plan.judged}
    return any(routed.get(number) != address_key(renewal.told[number]) for number in renewal.open_to_change)


def _write_anew(
    connection: Connection, rules: Rules, press: Press, plan: Plan, renewal: Renewal, now: datetime
) -> None:
    run, kept = renewal.run, renewal.told.keys() - set(renewal.open_to_change)
    services = {digest.recipient.key for digest in plan.digests if digest.service is not None}
    fresh = {key for key in services if key in renewal.waiting or not drafts.further(connection, run.id, key)}
    plan = plan.placed([each for each in plan.judged if each[0] not in kept], fresh)
    plan = _written(connection, rules, press, plan, renewal, now)
    runs.forget_alerts(connection, run.id, renewal.open_to_change)
    told.forget_escalations(connection, run.id, [draft.recipient for draft in renewal.waiting.values()])
    told.record(connection, run.id, plan.judged, plan.climbed)
    runs.record_exceptions(connection, run.id, plan.exceptions)
    by_stage = runs.stages(connection, run.id)
    counts = {"open": sum(by_stage.values())} | {stage.value: by_stage.get(stage.value, 0) for stage in Stage}
    runs.amend(connection, run.id, counts=counts)


def _written(
    connection: Connection, rules: Rules, press: Press, plan: Plan, renewal: Renewal, now: datetime
) -> Plan:
    """
    Put the digests of *plan* where the waiting ones stood; return it as it was written.
    """
    run = replace(renewal.run, as_of=plan.window.as_of, next_run=plan.window.next_run)
    editions = _editions(connection, rules, plan, renewal)
    facts = run_facts(press.stationery, rules, run, syncs.latest_applied(connection))
    desk = Desk(
        press=press,
        facts=facts,
        installation=installation_id(connection),
        dated_at=now.astimezone(press.stationery.zone),
        editions=editions,
    )
    letters = write(plan, rules, desk)
    written = {address_key(message.recipient): message for _, message in letters.proofs}
    for key, draft in renewal.waiting.items():
        if key in written:
            drafts.rewrite(connection, draft, written.pop(key), now)
        else:
            drafts.withdraw(connection, draft, now)
    for key, message in written.items():
        outbox.enqueue(connection, run.id, kind="digest", edition=editions[key], messages=[message], now=now)
    return letters.plan


def _editions(connection: Connection, rules: Rules, plan: Plan, renewal: Renewal) -> dict[str, int]:
    """
    Return which edition each recipient's digest is: a waiting one keeps its own.
    """
    keys = {digest.recipient.key for digest in plan.digests} | {rules.fallback.key}
    return {
        key: renewal.waiting[key].edition
        if key in renewal.waiting
        else drafts.further(connection, renewal.run.id, key)
        for key in keys
    }
