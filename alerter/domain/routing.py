"""Finds an assessment's recipient: from team and worker to the manager, the cover, or the fallback."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from difflib import get_close_matches

from alerter.domain.address import address_key, is_address, is_in_domains
from alerter.domain.assessment import Assessment
from alerter.domain.cover import FIRST_MOMENT, Cover, standing
from alerter.domain.policy import Alert

_BLANKS = re.compile(r"\s+")

LIKENESS = 0.8
NO_PLACE = "it has neither team nor worker"


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryEntry:
    """
    One line of the directory: who manages a worker, a team, or a worker in a team, and who covers.

    Cover dates are inclusive; a missing one leaves that side open.
    """

    line: int
    team: str = ""
    worker: str = ""
    manager_name: str = ""
    manager_email: str = ""
    cover_email: str = ""
    cover_from: date | None = None
    cover_until: date | None = None
    cover_read_at: datetime | None = None
    """When this cover was first read."""
    escalate_to: str = ""
    fault: str = ""
    """What is wrong with the line, and what of it was left out; empty for most."""

    @property
    def has_address(self) -> bool:
        """Say whether the line names anybody to write to; one that does not counts as not there."""
        return bool(self.manager_email or self.cover_email)

    @property
    def cover(self) -> Cover | None:
        """Return who stands in; None where the line names nobody."""
        if not self.cover_email:
            return None
        return Cover(
            manager_email=self.manager_email,
            cover_email=self.cover_email,
            first=self.cover_from,
            last=self.cover_until,
            recorded_at=self.cover_read_at or FIRST_MOMENT,
            line=self.line,
        )

    @property
    def cover_key(self) -> tuple[object, ...]:
        """Return what makes a cover the same one as in another reading."""
        people = address_key(self.manager_email), address_key(self.cover_email)
        return (*people, self.cover_from, self.cover_until)

    def covers(self, on: date) -> bool:
        """Say whether the cover stands in on *on*."""
        return self.cover is not None and self.cover.holds(on)


@dataclass(frozen=True, slots=True)
class Recipient:
    """The person one digest goes to."""

    email: str
    name: str = ""

    @property
    def key(self) -> str:
        """Return what makes two recipients one."""
        return address_key(self.email)


@dataclass(frozen=True, slots=True)
class Route:
    """
    Where one assessment goes, and why.

    *problem* is an exception kind when nobody could be found, and the route is the
    fallback; *covering_for* names the manager whom the recipient covers, *covered_email* is that manager's
    address.
    """

    recipient: Recipient
    problem: str = ""
    detail: str = ""
    covering_for: str = ""
    covered_email: str = ""

    @property
    def is_own(self) -> bool:
        """Say whether it leads to its own manager, not to a cover or the fallback."""
        return not (self.problem or self.covering_for)

    @property
    def owner(self) -> str:
        """Return the address of the manager whose it is, whoever covers."""
        return self.covered_email or self.recipient.email

    @property
    def owner_key(self) -> str:
        """Return what makes two owners one."""
        return address_key(self.owner)


@dataclass(frozen=True, slots=True)
class Judged:
    """One open assessment in one run: its number in the store, its alert, and the route to its manager."""

    number: int
    alert: Alert
    route: Route


@dataclass(frozen=True, slots=True)
class Router:
    """
    The directory, ready to answer for one day.

    Team and worker beats worker alone beats team; an address on the assessment's own row beats all
    three. Whatever leads to no one allowed address goes to *fallback*, with the reason. The fallback
    itself is never covered: the last resort depends on the settings alone.
    """

    entries: Sequence[DirectoryEntry]
    fallback: Recipient
    allowed_domains: tuple[str, ...]
    on: date
    covers: Sequence[Cover] = ()
    """Those recorded here; the directory's stand in its entries."""
    _by_place: dict[tuple[str, str], list[DirectoryEntry]] = field(
        init=False, repr=False, default_factory=dict
    )
    _by_manager: dict[str, list[DirectoryEntry]] = field(init=False, repr=False, default_factory=dict)
    _covers_of: dict[str, list[Cover]] = field(init=False, repr=False, default_factory=dict)
    _workers: set[str] = field(init=False, repr=False, default_factory=set)
    _routes: dict[tuple[str, str, str], Route] = field(init=False, repr=False, default_factory=dict)
    _escalations: dict[tuple[str, str, str], Route | None] = field(
        init=False, repr=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        """Index the entries by place and by manager."""
        for entry in self.entries:
            self._by_place.setdefault((matched(entry.team), matched(entry.worker)), []).append(entry)
            self._by_manager.setdefault(address_key(entry.manager_email), []).append(entry)
            self._workers.add(matched(entry.worker))
        for cover in self.covers:
            self._covers_of.setdefault(address_key(cover.manager_email), []).append(cover)

    def route(self, assessment: Assessment) -> Route:
        """Return the recipient of *assessment*; the fallback, with a problem, when there is nobody."""
        key = self._place_of(assessment)
        if key not in self._routes:
            self._routes[key] = self._find(*key)
        route = self._routes[key]
        if not route.problem or key[1] == assessment.worker:
            return route
        return self._find(assessment.team, assessment.worker, assessment.manager_email)  # names the worker

    def escalation(self, assessment: Assessment) -> Route | None:
        """
        Return the service manager of *assessment* or who covers; None where the directory names none.

        An address that is none, or not allowed, gives the fallback with a problem: nothing is lost.
        """
        key = self._place_of(assessment)
        if key not in self._escalations:
            self._escalations[key] = self._find_escalation(*key)
        return self._escalations[key]

    def _place_of(self, assessment: Assessment) -> tuple[str, str, str]:
        """Return what a route depends on: team, worker if the directory names them, and manager."""
        worker = assessment.worker
        is_known = worker and matched(worker) in self._workers
        return assessment.team, worker if is_known else "", assessment.manager_email

    def _find_escalation(self, team: str, worker: str, manager_email: str) -> Route | None:
        """
        Return the route to `escalate_to`: of the nearest place that names it, else of the row's own manager.
        """
        lines_of_places = [self._by_place.get(place, []) for place in _places(team, worker)]
        lines_of_places.append(self._by_manager.get(address_key(manager_email), []) if manager_email else [])
        entries = next(
            filter(None, ([line for line in lines if line.escalate_to] for lines in lines_of_places)), []
        )
        if not entries:
            return None
        if len({address_key(entry.escalate_to) for entry in entries}) > 1:
            what = f"escalate_to names more than one person ({_lines(entries)})"
            return self._unrouted("ambiguous_manager", what)
        address = entries[0].escalate_to
        own = self._by_manager.get(address_key(address), [])
        return self._manager_or_cover(address, f"the address in escalate_to ({_lines(entries)})", own)

    def _find(self, team: str, worker: str, manager_email: str) -> Route:
        entries = self._entries_for(team, worker)
        if manager_email:
            return self._from_extract(manager_email, entries)
        if not entries:
            return self._unrouted("no_manager", self._nobody_at(team, worker))
        if len({address_key(entry.manager_email) for entry in entries}) > 1:
            what = f"{_place(team, worker)} has more than one manager ({_lines(entries)})"
            return self._unrouted("ambiguous_manager", what)
        if not entries[0].manager_email and not any(entry.covers(self.on) for entry in entries):
            what = f"{_place(team, worker)} has no address for its manager ({_lines(entries)})"
            return self._unrouted("no_manager", what)
        named_by = f"the manager's address ({_lines(entries)})"
        return self._manager_or_cover(entries[0].manager_email, named_by, entries)

    def _from_extract(self, manager_email: str, entries: Sequence[DirectoryEntry]) -> Route:
        """
        Return the route to the manager whom the row itself names, whose cover the directory may know.

        What it says of this manager in the row's own place goes before what it says elsewhere.
        """
        key = address_key(manager_email)
        own = [entry for entry in entries if address_key(entry.manager_email) == key]
        elsewhere = self._by_manager.get(key, [])
        return self._manager_or_cover(manager_email, "the extract's manager_email", own or elsewhere)

    def _entries_for(self, team: str, worker: str) -> Sequence[DirectoryEntry]:
        lines_of_places = (self._by_place.get(place, []) for place in _places(team, worker))
        addressed = ([line for line in lines if line.has_address] for lines in lines_of_places)
        return next(filter(None, addressed), ())

    def _nobody_at(self, team: str, worker: str) -> str:
        if not (team or worker):
            return NO_PLACE
        lines = [line for place in _places(team, worker) for line in self._by_place.get(place, [])]
        missing = f"has no address for its manager ({_lines(lines)})" if lines else "is not in the directory"
        return f"{_place(team, worker)} {missing}"

    def _manager_or_cover(
        self, manager_email: str, named_by: str, entries: Sequence[DirectoryEntry]
    ) -> Route:
        """Return the route to the manager, or to whoever stands in at the end of a chain of covers."""
        manager = recipient = Recipient(manager_email, _name(entries))
        passed: list[str] = []
        while covering := self._covering(recipient, entries):
            if len({address_key(entry.cover_email) for entry in covering}) > 1:
                what = f"more than one person covers on the same day ({sources_of(covering)})"
                return self._unrouted("ambiguous_manager", what)
            cover_email = covering[0].cover_email
            passed.append(recipient.key)
            if address_key(cover_email) in passed:
                return self._unrouted(
                    "no_manager", f"the covers go round in a circle ({sources_of(covering)})"
                )
            named_by = f"the cover's address ({sources_of(covering)})"
            entries = self._by_manager.get(address_key(cover_email), [])
            recipient = Recipient(cover_email, _name(entries))
        return self._allowed(recipient, named_by, manager if passed else None)

    def _covering(self, recipient: Recipient, entries: Sequence[DirectoryEntry]) -> list[Cover]:
        """Return the covers by which somebody else stands in for *recipient*: what was recorded last."""
        named = [entry.cover for entry in entries if entry.cover is not None]
        of_lines = [replace(cover, manager_email=recipient.email) for cover in named]
        return standing([*of_lines, *self._covers_of.get(recipient.key, ())], self.on)

    def _allowed(self, recipient: Recipient, named_by: str, covered: Recipient | None) -> Route:
        if not is_address(recipient.email):
            return self._unrouted("bad_address", f"{named_by} is not one plain email address")
        if not is_in_domains(recipient.email, self.allowed_domains):
            domain = recipient.email.rpartition("@")[2]
            return self._unrouted(
                "domain_not_allowed", f"{named_by} is at {domain}, which is not in allowed_domains"
            )
        if covered is None:
            return Route(recipient)
        return Route(recipient, covering_for=covered.name or covered.email, covered_email=covered.email)

    def _unrouted(self, problem: str, detail: str) -> Route:
        return Route(self.fallback, problem, detail)


def matched(text: str) -> str:
    """
    Return *text* as it is compared: case, runs of blanks (no-break ones too) and `&`/and do not matter.

    >>> matched("Duty &  Assessment") == matched("duty and assessment")
    True
    """
    return _BLANKS.sub(" ", text.replace("&", " and ")).strip().casefold()


def _places(team: str, worker: str) -> list[tuple[str, str]]:
    """Return where the directory is looked up: team and worker, the worker alone, the team."""
    team, worker = matched(team), matched(worker)
    return [place for place in ((team, worker), ("", worker), (team, "")) if any(place)]


def shared_addresses(entries: Sequence[DirectoryEntry]) -> list[str]:
    """
    Return a sentence for each address that the directory gives to managers of different names.

    What is theirs is one digest, because an address is who is written to: a shared mailbox, or a slip.
    """
    by_address: dict[str, list[DirectoryEntry]] = {}
    for entry in entries:
        if entry.manager_email and entry.manager_name:
            by_address.setdefault(address_key(entry.manager_email), []).append(entry)
    sentences = []
    for address, shared in sorted(by_address.items()):
        names = {matched(entry.manager_name): entry.manager_name for entry in shared}
        if len(names) > 1:
            sentences.append(
                f"{address} is the address of {' and of '.join(names.values())} ({_lines(shared)}): "
                "what is theirs goes there in one digest."
            )
    return sentences


def _place(team: str, worker: str) -> str:
    if team and worker:
        return f"team {team!r}, worker {worker!r}"
    return f"team {team!r}" if team else f"worker {worker!r}"


def _name(entries: Sequence[DirectoryEntry]) -> str:
    return next((entry.manager_name for entry in entries if entry.manager_name), "")


def sources_of(covers: Sequence[Cover]) -> str:
    """Return where covers stand: lines of the directory, or who recorded them."""
    if all(cover.line for cover in covers):
        return _numbered([cover.line for cover in covers])
    return " and ".join(cover.source for cover in covers)


def _lines(entries: Sequence[DirectoryEntry]) -> str:
    return _numbered([entry.line for entry in entries])


def _numbered(lines: Sequence[int]) -> str:
    return f"directory line{'' if len(lines) == 1 else 's'} {', '.join(map(str, lines))}"


def covers_in(entries: Iterable[DirectoryEntry]) -> list[Cover]:
    """Return the covers that the directory names, each once."""
    named = {entry.cover_key: entry.cover for entry in entries}
    return [cover for cover in named.values() if cover is not None]


def near_miss(place: str, entries: Iterable[DirectoryEntry]) -> str:
    """
    Return the team or worker of the directory most like *place*, or "" where nothing comes close.

    >>> near_miss("Duty & Assesment", [DirectoryEntry(line=2, team="Duty & Assessment")])
    'Duty & Assessment'
    """
    known = {matched(name): name for entry in entries for name in (entry.team, entry.worker) if name}
    close = get_close_matches(matched(place), known, n=1, cutoff=LIKENESS)
    return known[close[0]] if close else ""
