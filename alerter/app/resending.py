"""One settled message of a run, sent again because a person says so: the same bytes, the same Message-ID."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from alerter.domain.address import address_key, is_in_domains
from alerter.domain.delivery import FAILED
from alerter.errors import ConfigError
from alerter.installation import wiring
from alerter.installation.installation import Installation
from alerter.pipeline.planning import plan_on
from alerter.pipeline.renew import named
from alerter.pipeline.sending import send
from alerter.store import drafts, outbox, runs, syncs, trail
from alerter.store.database import take_turns
from alerter.store.drafts import Settled
from alerter.store.outbox import Delivery
from alerter.store.runs import Run
from alerter.store.trail import Entry

SENT = "sent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resent:
    """What became of the messages that were sent again, and why sending stopped early if it did."""

    deliveries: Sequence[Delivery]
    stopped: str = ""

    @property
    def is_sent(self) -> bool:
        """Say whether the server took every one."""
        return all(delivery.state == SENT for delivery in self.deliveries)


def resend(
    of: Installation, run_id: int, recipient: str, *, by: str, reason: str, is_anyway: bool = False
) -> Resent:
    """
    Send again what *recipient* was sent in a run: what did not reach them, or else all of it.

    It goes to the address it was written to, while the directory names that; *is_anyway* also after.

    Raises:
        ConfigError: There is no such message, it is still owed or was never to be sent, its text is gone, or
            it may not go to this address.
        SourceError: The directory cannot be read.
    """
    of.ensure_schema()
    directory = wiring.directory(of.settings)
    with of.database.write() as connection:
        take_turns(connection, "sync")
        syncs.replace_directory(connection, directory, of.now())
        run = _run(connection, run_id)
        messages = _sendable(drafts.settled(connection, run_id, recipient), run_id, recipient)
        _refuse_stranger(of, connection, messages[0].recipient, is_anyway=is_anyway)
        for message in messages:
            drafts.send_again(connection, message.id, of.now())
            trail.append(
                connection,
                Entry(
                    at=of.now(), actor=by, means="command", act="resent", message=message.id,
                    detail=f"run {run_id} to {message.recipient}: {reason}",
                ),
            )  # fmt: skip
    delivered = send(of, run)
    with of.database.read() as connection:
        deliveries = drafts.states_of(connection, [message.id for message in messages])
    return Resent(deliveries=deliveries, stopped=delivered.stopped)


def _run(connection: Connection, run_id: int) -> Run:
    run = runs.find(connection, run_id)
    if run is None:
        raise ConfigError([f"there is no run {run_id}; `alerter status` names the last one."])
    runs.refuse_other_kind(connection, run)
    return run


def _sendable(messages: Sequence[Settled], run_id: int, recipient: str) -> Sequence[Settled]:
    """
    Return which of a recipient's *messages* are sent again: those that failed, if any did.

    Raises:
        ConfigError: There is none that can be.
    """
    whose = f"run {run_id} has no message to {recipient}"
    if any(message.state in outbox.WAITING + outbox.IN_FLIGHT for message in messages):
        raise ConfigError([f"the message of run {run_id} to {recipient} is still owed: `alerter deliver`."])
    failed = [message for message in messages if message.state in FAILED]
    wanted = failed or [message for message in messages if message.state == SENT]
    if not messages:
        raise ConfigError([f"{whose}: the admins' summary lists its recipients."])
    if not wanted:
        raise ConfigError([f"{whose} that went out: it is {messages[-1].state}."])
    if not all(message.has_body for message in wanted):
        said = f"the text of the message of run {run_id} to {recipient} is gone ([retention] message_days)"
        raise ConfigError([f"{said}; to write this week's anew: alerter run --again --reason TEXT"])
    return wanted


def _refuse_stranger(of: Installation, connection: Connection, recipient: str, *, is_anyway: bool) -> None:
    """Refuse an address outside the allowed domains, and one that the directory does not name."""
    if not is_in_domains(recipient, of.rules.allowed_domains):
        raise ConfigError([f"{recipient} lies outside [email] allowed_domains: nothing is sent there."])
    known = {address_key(admin.email) for admin in of.writer.admins}
    known |= named(connection, of.rules, plan_on(connection, of.rules, of.today()))
    if not is_anyway and address_key(recipient) not in known:
        said = f"the directory does not name {recipient} any more: whoever answers now has the next digest"
        raise ConfigError([f"{said}. To send it there all the same: --anyway"])
