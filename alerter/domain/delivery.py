"""Decides what becomes of a message: a server's reply becomes a state and a next attempt."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

# Growing delays, the last one repeated; greylisting servers want five minutes at least.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 10, 20, 40, 60))
GIVE_UP_AFTER = timedelta(hours=72)
MOST_UNANSWERED = 5
"""So often a message is sent of which no server says what became of it; then a person decides."""
FINAL = ("sent", "refused")
"""The outcomes of an attempt after which there is nothing to decide."""
FAILED = ("refused", "undelivered", "unknown")
"""The states of a message that is not sent again unless a person says so."""
PASSED_ON = "not sent again: others answer for its assessments now, and have them"
"""The reply of a message that was given up for its recipient's successors."""
MOST_DEATHS = 5
"""A message whose senders died so often, before it could arrive, may be what they die of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempts:
    """How often a message was tried, how many of the sendings got no answer, and since when it is owed."""

    made: int
    unanswered: int
    first_prepared_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """
    The state a message is left in, and when it is next due if it is still owed.

    *is_unanswered* counts one more sending without an answer, *is_death* one more sender that died over it.
    """

    state: str
    next_attempt_at: datetime | None = None
    is_unanswered: bool = False
    is_death: bool = False


def settlement(
    outcome: str,
    so_far: Attempts,
    *,
    now: datetime,
    unknown_outcome: str = "resend",
    is_overtaken: bool = False,
    has_died: bool = False,
) -> Settlement:
    """
    Decide what to do after an attempt that ended as *outcome*, with the attempts *so_far*, this one included.

    `sent` and `refused` are final. `deferred` waits, longer each time, and is `undelivered` three days
    after it was first prepared. `unknown` (no reply after the final dot) is sent again with the same
    bytes, later each time, or at once where its sender *has_died*. It is left to a person after the fifth
    sending, or where *unknown_outcome* is `hold`. What would be tried again, but belongs to a run that a
    later one *is_overtaken* by, is `superseded`. What may have arrived stays `unknown`, whatever ended it.
    """
    if outcome in FINAL:
        return Settlement(state=outcome)
    is_unknown = outcome == "unknown"
    settled = partial(Settlement, is_unanswered=is_unknown)
    may_have_arrived = is_unknown or so_far.unanswered > 0
    if is_overtaken:
        return settled(state="unknown" if may_have_arrived else "superseded")
    if is_unknown and (unknown_outcome == "hold" or so_far.unanswered + 1 >= MOST_UNANSWERED):
        return settled(state="unknown")
    if is_unknown:
        delay = timedelta(0) if has_died else BACK_OFF[so_far.unanswered]
        return settled(state="deferred", next_attempt_at=now + delay)
    if now - so_far.first_prepared_at >= GIVE_UP_AFTER:
        return settled(state="unknown" if may_have_arrived else "undelivered")
    delay = BACK_OFF[min(max(so_far.made, 1), len(BACK_OFF)) - 1]
    return settled(state="deferred", next_attempt_at=now + delay)


def after_death(deaths: int, now: datetime) -> Settlement:
    """
    Decide what to do with a message whose sender died before it could arrive, as *deaths* had before.

    It is due again at once, and given up after the fifth.
    """
    if deaths + 1 >= MOST_DEATHS:
        return Settlement(state="undelivered", is_death=True)
    return Settlement(state="queued", next_attempt_at=now, is_death=True)


def resend_command(run: int, recipient: str) -> str:
    """
    Return the command that sends one message of a run again.

    >>> resend_command(7, "n.okafor@council.example")
    'alerter resend 7 n.okafor@council.example --reason "..."'
    """
    return f'alerter resend {run} {recipient} --reason "..."'
