"""Records who stands in for an absent manager, and ends that, by the command or on the page."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from alerter.app.recording import address_faults
from alerter.app.rights import refuse, scope
from alerter.domain.address import address_key, is_address, is_in_domains
from alerter.domain.cover import Cover, CoverFault, faults_of
from alerter.domain.oversight import Scope, managers_under, people_of
from alerter.domain.reassurance import Means
from alerter.domain.routing import DirectoryEntry, Recipient, covers_in
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.pipeline.planning import plan_on
from alerter.store import covers, syncs, trail
from alerter.store.covers import StoredCover

SENTENCES = {
    CoverFault.OUT_OF_ORDER: "--until: the day lies before --from.",
    CoverFault.IN_PAST: "--until: the day has passed.",
}

NOTHING_TO_END = (
    "--end: no cover recorded here stands for this manager. One of the directory is ended there, or by "
    "recording the manager as their own cover."
)


def record_cover(installation: Installation, cover: Cover, *, means: Means) -> list[str]:
    """
    Record *cover*; where it and an earlier one say different things for a day, it is the one that counts.

    Return its addresses that the directory does not name: they may be slips.

    Raises:
        ConfigError: An address is none or not allowed, or the days are out of order or have all passed.
    """
    if faults := list(_faults(installation, cover)):
        raise ConfigError(faults)
    installation.ensure_schema(may_make=True)
    with installation.database.write() as connection:
        record_once(connection, cover, installation.today(), means=means)
        people = people_of(syncs.directory_entries(connection))
    return [one for one in (cover.manager_email, cover.cover_email) if address_key(one) not in people]


def record_once(connection: Connection, cover: Cover, today: date, *, means: Means) -> None:
    """Record *cover*, but where it stands already, for the same days."""
    trail.take_turns_as(connection, cover.manager_email)
    standing = [stored.cover for stored in covers.from_day(connection, today)]
    if not any(_is_same(cover, other) for other in standing):
        covers.record(connection, cover, means=means)


def end_covers(
    installation: Installation, manager_email: str, cover_email: str, *, by: str, means: Means
) -> int:
    """
    End the covers recorded here for a manager, or only those by *cover_email*; return how many.

    Raises:
        ConfigError: There is none; a directory's is ended in the directory.
    """
    installation.ensure_schema(may_make=True)
    with installation.database.write() as connection:
        trail.take_turns_as(connection, manager_email)
        ending = [
            stored
            for stored in covers.from_day(connection, installation.today())
            if address_key(stored.cover.manager_email) == address_key(manager_email)
            and (not cover_email or address_key(stored.cover.cover_email) == address_key(cover_email))
        ]
        for stored in ending:
            covers.end(connection, stored, by=by, means=means, now=installation.now())
    if not ending:
        raise ConfigError([NOTHING_TO_END])
    return len(ending)


def listed_covers(installation: Installation) -> list[Cover]:
    """Return the covers that hold today or later, the directory's too, by manager and first day."""
    installation.ensure_schema()
    today = installation.today()
    with installation.database.read() as connection:
        recorded = [stored.cover for stored in covers.from_day(connection, today)]
        of_directory = _of_directory(syncs.directory_entries(connection), today)
    return sorted(
        [*of_directory, *recorded], key=lambda cover: (cover.manager_email, cover.first or date.min)
    )


def _is_same(cover: Cover, other: Cover) -> bool:
    return (
        address_key(cover.manager_email) == address_key(other.manager_email)
        and address_key(cover.cover_email) == address_key(other.cover_email)
        and (cover.first, cover.last) == (other.first, other.last)
    )


def _faults(installation: Installation, cover: Cover) -> Iterator[str]:
    yield from address_faults(installation, "--for", cover.manager_email)
    yield from address_faults(installation, "--by", cover.cover_email)
    yield from (SENTENCES[fault] for fault in faults_of(cover, installation.today()))


@dataclass(frozen=True, slots=True, kw_only=True)
class CoverSheet:
    """
    What one person may do about covers: the *managers* whose cover they may set, and the *people* who may
    stand in, by the keys of their addresses.

    *recorded* are those managers' covers recorded here, by number, and *of_directory* the directory's, which
    are ended there; all that hold today or later. *scope* is whose figures the person may see.
    """

    as_of: date
    managers: Mapping[str, Recipient]
    people: Mapping[str, Recipient]
    recorded: Mapping[int, Cover]
    of_directory: Iterable[Cover]
    scope: Scope


def cover_sheet(installation: Installation, email: str) -> CoverSheet:
    """
    Return what *email* may do about covers.

    Raises:
        StoreError: The database cannot be used.
    """
    with installation.database.read() as connection:
        return _cover_sheet(installation, connection, email)


def set_cover(installation: Installation, cover: Cover) -> bool:
    """
    Record a *cover* on the page, where whoever recorded it may set it; else write the attempt down.

    Its days are in order: the page has asked `faults_of`.
    """
    with installation.database.write() as connection:
        sheet = _cover_sheet(installation, connection, cover.recorded_by)
        manager, person = address_key(cover.manager_email), address_key(cover.cover_email)
        if manager not in sheet.managers or person not in sheet.people:
            refuse(installation, connection, cover.recorded_by, "a cover that is not theirs to set")
            return False
        record_once(connection, cover, sheet.as_of, means="page")
    return True


def end_cover(installation: Installation, email: str, number: int) -> bool:
    """End the cover with this *number*, where *email* may; else write the attempt down."""
    with installation.database.write() as connection:
        sheet = _cover_sheet(installation, connection, email)
        if number not in sheet.recorded:
            refuse(installation, connection, email, "the end of a cover that is not theirs")
            return False
        stored = StoredCover(number, sheet.recorded[number])
        covers.end(connection, stored, by=email, means="page", now=installation.now())
    return True


def _cover_sheet(installation: Installation, connection: Connection, email: str) -> CoverSheet:
    today, plan = installation.today(), plan_on(connection, installation.rules, installation.today())
    directory = syncs.directory_entries(connection)
    admins = installation.settings.email.admins
    managers = managers_under(email, admins=admins, directory=directory, judged=plan.judged)
    return CoverSheet(
        as_of=today,
        managers=managers,
        people=_reachable(installation, people_of(directory)),
        recorded={
            stored.id: stored.cover
            for stored in covers.from_day(connection, today)
            if address_key(stored.cover.manager_email) in managers
        },
        of_directory=[
            cover for cover in _of_directory(directory, today) if address_key(cover.manager_email) in managers
        ],
        scope=scope(installation, connection, plan, email),
    )


def _reachable(installation: Installation, people: Mapping[str, Recipient]) -> dict[str, Recipient]:
    """Return those of *people* whose digest may be sent."""
    domains = installation.rules.allowed_domains
    return {
        key: person
        for key, person in people.items()
        if is_address(person.email) and is_in_domains(person.email, domains)
    }


def _of_directory(directory: Iterable[DirectoryEntry], today: date) -> list[Cover]:
    """Return the directory's covers that hold on *today* or later."""
    return [cover for cover in covers_in(directory) if cover.last is None or cover.last >= today]
