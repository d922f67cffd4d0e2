"""Says who stands in for an absent manager, and what was recorded last where two records differ."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import Enum

from alerter.domain.address import address_key

FIRST_MOMENT = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cover:
    """
    Somebody stands in for a manager from *first* to *last*, both included; without a day that side is open.

    It comes from a *line* of the directory, where it counts as recorded when it was first read, or was
    *recorded_by* somebody here. A manager who is their own cover is there.
    """

    manager_email: str
    cover_email: str
    first: date | None = None
    last: date | None = None
    recorded_at: datetime = FIRST_MOMENT
    recorded_by: str = ""
    line: int = 0

    def holds(self, on: date) -> bool:
        """Say whether it holds on *on*."""
        return (self.first is None or self.first <= on) and (self.last is None or on <= self.last)

    @property
    def is_always(self) -> bool:
        """Say whether it holds without a first or a last day."""
        return self.first is None and self.last is None

    def overlaps(self, other: "Cover", since: date) -> bool:
        """Say whether both hold on some day from *since* on."""
        first = max(since, self.first or since, other.first or since)
        return all(cover.last is None or first <= cover.last for cover in (self, other))

    @property
    def source(self) -> str:
        """Return where it stands, for whoever has to mend it."""
        return f"directory line {self.line}" if self.line else f"recorded by {self.recorded_by}"

    @property
    def words(self) -> str:
        """Return who stands in for whom, and when."""
        since = "" if self.first is None else f" from {self.first.isoformat()}"
        until = "" if self.last is None else f" until {self.last.isoformat()}"
        always = "" if since or until else " always"
        return f"{self.cover_email} for {self.manager_email}{since}{until}{always}"


class CoverFault(Enum):
    """Why a cover cannot be recorded as it was given."""

    OUT_OF_ORDER = "the day lies before the first one"
    IN_PAST = "the day has passed"


def faults_of(cover: Cover, today: date) -> list[CoverFault]:
    """Return why *cover* cannot be recorded on *today*."""
    first, last = cover.first, cover.last
    checks = {
        CoverFault.OUT_OF_ORDER: first is not None and last is not None and first > last,
        CoverFault.IN_PAST: last is not None and last < today,
    }
    return [fault for fault, is_so in checks.items() if is_so]


def standing(covers: Iterable[Cover], on: date) -> list[Cover]:
    """
    Return those of one manager's *covers* that count on *on*: of what holds, what was recorded last.

    None where that is the manager. Several where the directory named several at once.
    """
    holding = [cover for cover in covers if cover.holds(on)]
    latest = max((cover.recorded_at for cover in holding), default=FIRST_MOMENT)
    return [
        cover
        for cover in holding
        if cover.recorded_at == latest and address_key(cover.cover_email) != address_key(cover.manager_email)
    ]


def is_covered(covers: Iterable[Cover], manager_email: str, days: Iterable[date]) -> bool:
    """Say whether somebody stands in for a manager on each of *days*."""
    own = [cover for cover in covers if address_key(cover.manager_email) == address_key(manager_email)]
    return all(standing(own, day) for day in days)


def conflicts(covers: Sequence[Cover], since: date) -> list[str]:
    """Return a sentence for each two that name different people for a manager on a day from *since* on."""
    return [
        f"two covers say different things for one day: {earlier.words} ({earlier.source}), and {later.words} "
        f"({later.source}); the one recorded later counts, {later.cover_email}."
        for place, one in enumerate(covers)
        for other in covers[place + 1 :]
        for earlier, later in [sorted((one, other), key=lambda cover: cover.recorded_at)]
        if not (one.line and other.line)
        and address_key(one.manager_email) == address_key(other.manager_email)
        and address_key(one.cover_email) != address_key(other.cover_email)
        and one.overlaps(other, since)
    ]
