"""Who may see what on the page, and what is written down of an attempt at more."""

from sqlalchemy import Connection

from alerter.domain.oversight import Scope, scope_of
from alerter.domain.plan import Plan
from alerter.installation.installation import Installation
from alerter.store import syncs, trail
from alerter.store.trail import Entry


def scope(installation: Installation, connection: Connection, plan: Plan, email: str) -> Scope:
    """Return whose figures *email* may see."""
    return scope_of(
        email,
        admins=installation.settings.email.admins,
        fallback=installation.settings.email.fallback,
        directory=syncs.directory_entries(connection),
        judged=plan.judged,
    )


def refuse(
    installation: Installation, connection: Connection, email: str, attempt: str, number: int | None = None
) -> None:
    """Write down an *attempt* on the page at what is not this person's, perhaps an assessment's *number*."""
    refused = Entry(
        at=installation.now(), actor=email, means="page", act="refused", assessment=number, detail=attempt
    )
    trail.append(connection, refused)
