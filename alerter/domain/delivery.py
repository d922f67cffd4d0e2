"""What becomes of a message: the reply of a server turned into a state and a next attempt."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Growing delays, the last one repeated; greylisting servers want five minutes at least.
BACK_OFF = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 10, 20, 40, 60))
GIVE_UP_AFTER = timedelta(hours=72)
MOST_DEATHS = 5
"""A message whose senders died so often, before it could arrive, may be what they die of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """
    The state a message is left in, and when it is next due if it is still owed.
    """

    state: str
    next_attempt_at: datetime | None = None
    is_resend: bool = False


def settlement(
    outcome: str,
    *,
    attempts: int,
    was_resent: bool,
    first_prepared_at: datetime,
    now: datetime,
    unknown_outcome: str = "resend",
    is_overtaken: bool = False,
) -> Settlement:
    """
    Decide what to do after an attempt that ended as *outcome*.

    `sent` and `refused` are final. `deferred` waits, longer each time, and is `undelivered` three days
    after it was first prepared. `unknown` (no reply after the final dot) is sent once more with the same
    bytes, or is left for a person when *unknown_outcome* is `hold` or it was sent again before. What would
    be tried again, but belongs to a run that a later one *is_overtaken* by, is `superseded`, or `unknown`.
    """
    if outcome in ("sent", "refused"):
        return Settlement(state=outcome)
    if is_overtaken:
        return Settlement(state="unknown" if outcome == "unknown" else "superseded")
    if outcome == "unknown":
        if unknown_outcome == "resend" and not was_resent:
            return Settlement(state="queued", next_attempt_at=now, is_resend=True)
        return Settlement(state="unknown")
    if now - first_prepared_at >= GIVE_UP_AFTER:
        return Settlement(state="undelivered")
    delay = BACK_OFF[min(max(attempts, 1), len(BACK_OFF)) - 1]
    return Settlement(state="deferred", next_attempt_at=now + delay)


def after_death(deaths: int, now: datetime) -> Settlement:
    """
    Decide what to do with a message whose sender died before it could arrive, as *deaths* had before.

    It is due again at once, and given up after the fifth.
    """
    if deaths + 1 >= MOST_DEATHS:
        return Settlement(state="undelivered")
    return Settlement(state="queued", next_attempt_at=now)
