"""The replay of past weeks under other alert days, from the store."""

from collections.abc import Sequence
from datetime import date

from alerter.domain.replay import Replayed, World, replay
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.store import assessments, syncs


def replay_weeks(
    installation: Installation, alert_days: Sequence[int], first: date, last: date
) -> list[Replayed]:
    """
    Return what each of *alert_days* would have meant in the weeks from *first* to *last*.

    Raises:
        ConfigError: The weeks are out of order or to come, or no type's limit is above an alert day.
    """
    if faults := _faults(installation, alert_days, first, last):
        raise ConfigError(faults)
    installation.ensure_schema()
    rules = installation.rules
    with installation.database.read() as connection:
        world = World(
            calendar=rules.calendar,
            clocks=rules.clocks,
            schedule=rules.schedule,
            directory=syncs.directory_entries(connection),
            fallback=rules.fallback,
            allowed_domains=rules.allowed_domains,
            assessments=[
                each
                for each in assessments.every(connection).values()
                if not rules.ignores(each, installation.today())
            ],
        )
    return [replay(world, day, first, last) for day in alert_days]


def _faults(installation: Installation, alert_days: Sequence[int], first: date, last: date) -> list[str]:
    longest = max(clock.working_days for clock in installation.rules.clocks.values())
    faults = {
        "--from: the day lies after --to.": first > last,
        "--to: the day lies in the future.": last > installation.today(),
        f"--alert-after: must be from 1 to {longest - 1}, for the longest limit is {longest}.": any(
            not 1 <= day < longest for day in alert_days
        ),
    }
    return [sentence for sentence, is_fault in faults.items() if is_fault]
