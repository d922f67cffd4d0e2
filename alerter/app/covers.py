"""Records who stands in for an absent manager, and ends that."""

from collections.abc import Iterator
from datetime import date

from alerter.app.reassurances import address_faults
from alerter.domain.address import address_key
from alerter.domain.cover import Cover
from alerter.domain.reassurance import Means
from alerter.domain.routing import covers_in
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.store import covers, syncs, trail

NOTHING_TO_END = (
    "--end: no cover recorded here stands for this manager. One of the directory is ended there, or by "
    "recording the manager as their own cover."
)


def record_cover(installation: Installation, cover: Cover, *, means: Means) -> None:
    """
    Record *cover*; where it and an earlier one say different things for a day, it is the one that counts.

    Raises:
        ConfigError: An address is none or not allowed, or the days are out of order or have all passed.
    """
    if faults := list(_faults(installation, cover)):
        raise ConfigError(faults)
    installation.ensure_schema(may_make=True)
    with installation.database.write() as connection:
        trail.take_turns_as(connection, cover.manager_email)
        standing = [stored.cover for stored in covers.from_day(connection, installation.today())]
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
        of_directory = covers_in(syncs.directory_entries(connection))
    current = [cover for cover in of_directory if cover.last is None or cover.last >= today]
    return sorted([*current, *recorded], key=lambda cover: (cover.manager_email, cover.first or date.min))


def _is_same(cover: Cover, other: Cover) -> bool:
    return (
        address_key(cover.manager_email) == address_key(other.manager_email)
        and address_key(cover.cover_email) == address_key(other.cover_email)
        and (cover.first, cover.last) == (other.first, other.last)
    )


def _faults(installation: Installation, cover: Cover) -> Iterator[str]:
    yield from address_faults(installation, "--for", cover.manager_email)
    yield from address_faults(installation, "--by", cover.cover_email)
    if cover.first is not None and cover.last is not None and cover.first > cover.last:
        yield "--until: the day lies before --from."
    if cover.last is not None and cover.last < installation.today():
        yield "--until: the day has passed."
