"""Holds a run whose extract looks wrong, and says which held run may be released."""

import re
from datetime import date

from sqlalchemy import Connection

from alerter.domain.schedule import AHEAD
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.pipeline.conclude import tell_held
from alerter.pipeline.letters import Basis
from alerter.pipeline.prepare import RunRequest, hold
from alerter.pipeline.refusals import TOO_FAR_AHEAD
from alerter.pipeline.sync import Synced, apply_staged
from alerter.store import runs, syncs
from alerter.store.runs import Run

_NUMBER = re.compile(r"\d+")  # an extract that grows older by the hour is held for the same reason


def hold_and_tell(
    connection: Connection, of: Installation, synced: Synced, request: RunRequest
) -> Run | None:
    """Enter the held run, and write to the admins unless they have had the same of the same bytes."""
    before = runs.by_send_date(connection, of.rules.schedule.due_on_or_before(request.as_of))
    basis = Basis.of(of)
    run = hold(connection, basis, request, synced)
    if run is not None and not _is_repeated(connection, before, synced):
        tell_held(connection, run, basis)
    return run


def releasable(connection: Connection, run_id: int, today: date) -> Run:
    """
    Return the held run of this number.

    Raises:
        ConfigError: There is no such run, it is not held, it lies too far ahead, or a later send date has
            come and has its run.
    """
    held, latest = runs.find(connection, run_id), runs.latest_come(connection, today)
    if held is None or held.state != "held":
        raise ConfigError([f"run {run_id} is not held, so there is nothing to release."])
    runs.refuse_other_kind(connection, held)
    if held.as_of > today + AHEAD:
        raise ConfigError([f"run {run_id} is as of {held.as_of}, which {TOO_FAR_AHEAD}."])
    if latest is not None and latest.send_date > held.send_date:
        raise ConfigError([f"run {run_id} was overtaken by run {latest.id}, which is for a later send date."])
    return held


def apply_held(connection: Connection, held: Run, today: date) -> None:
    """
    Apply the extract of a held run, unless it, or a later one, was applied since.

    Raises:
        ConfigError: Another reading took its place, and was not applied either.
    """
    read = syncs.by_id(connection, held.sync_id or 0)  # what holds a run is something it has read
    last = syncs.latest_applied(connection)
    if read.state == "staged":
        apply_staged(connection, read.id, today)
    elif read.state == "discarded" and (last is None or last.read_at < read.read_at):
        said = f"the extract was read anew since run {held.id} was held, which was held too"
        raise ConfigError([f"{said}: read it again with `alerter run`, and release what that holds."])


def release_day(of: Installation, held: Run) -> date:
    """Return the day a released run judges by: today, unless its send date is not the one last due."""
    today = of.today()
    due = of.rules.schedule.due_on_or_before(today)
    return today if due == held.send_date else held.as_of


def _is_repeated(connection: Connection, before: Run | None, synced: Synced) -> bool:
    if before is None or before.sync_id is None or before.state != "held":
        return False
    is_same_extract = syncs.by_id(connection, before.sync_id).sha256 == synced.sync.sha256
    old, new = ([_NUMBER.sub("", reason) for reason in held.held_because] for held in (before, synced))
    return is_same_extract and old == new
