"""A visit to the page: begun by a link, good for the database it was begun on, and over once it is left."""

from dataclasses import dataclass

from alerter.installation.installation import Installation
from alerter.store import ended_sessions
from alerter.store.database import installation_id


@dataclass(frozen=True, slots=True, kw_only=True)
class PageSession:
    """
    What a browser's cookie says: whose session it is, its own *id*, and the id of the *database* it is for.
    """

    id: str
    email: str
    database: str


def database_id(installation: Installation) -> str:
    """
    Return the id of the database as it is now, which links and sessions are good for.

    Raises:
        StoreError: The database cannot be used.
    """
    with installation.database.read() as connection:
        return installation_id(connection)


def is_open(installation: Installation, session: PageSession) -> bool:
    """
    Say whether *session* was begun on this database, and was not left.

    Raises:
        StoreError: The database cannot be used.
    """
    with installation.database.read() as connection:
        return session.database == installation_id(connection) and not ended_sessions.has_ended(
            connection, session.id
        )


def end(installation: Installation, session: PageSession) -> None:
    """
    End *session*: a copy of its cookie opens nothing from now on.

    Raises:
        StoreError: The database cannot be used.
    """
    with installation.database.write() as connection:
        ended_sessions.end(connection, session.id, installation.now())
