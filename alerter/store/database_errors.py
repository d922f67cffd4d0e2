"""Turns a database's faults into an operator's sentences, never with a value out of a row."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.engine import URL
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, OperationalError, SQLAlchemyError

from alerter.errors import StoreAwayError, StoreBrokenError, StoreError

# By the beginning of SQLite's own name for the fault (sqlite.org/rescode.html).
SQLITE_ADVICE = {
    "SQLITE_NOTADB": "the file is no SQLite database; name another one in database.url",
    "SQLITE_CORRUPT": "the file is damaged; restore a backup of it",
    "SQLITE_READONLY": "it may only be read; let the alerter's account write the file and its folder",
    "SQLITE_CANTOPEN": "it cannot be opened; let the alerter's account use the file and its folder",
    "SQLITE_BUSY": "another program keeps it locked; end that program, then run the command again",
    "SQLITE_FULL": "the disk is full; make room, then run the command again",
    "SQLITE_IOERR": "the disk reports an error; mend it, then run the command again",
}
PASSING = ("SQLITE_BUSY", "SQLITE_FULL")
BROKEN = ("SQLITE_IOERR",)
# A server that answers so was reached, and would only answer the same again.
HOPELESS = ("authentication failed", "does not exist", "no pg_hba.conf entry", "no password supplied")


@contextmanager
def translated(url: URL) -> Iterator[None]:
    """
    Let whatever fails inside come out in a sentence; our own errors pass as they are.

    Raises:
        StoreAwayError: The database cannot be reached or written to now, and may be later.
        StoreBrokenError: The disk reported an error.
        StoreError: The database cannot be used, or refused a statement.
    """
    try:
        yield
    except SQLAlchemyError as error:
        raise _kind_of(error)(f"the database {named(url)} cannot be used: {_reason(error)}.") from None


def is_worth_waiting(error: OperationalError) -> bool:
    """
    Say whether what could not be connected to may yet come: a server that is away, starting or full,
    or a new file that another process is just making ready, for which SQLite itself does not wait.
    """
    kind = getattr(error.orig, "sqlite_errorname", "")
    if kind:
        return bool(kind.startswith("SQLITE_BUSY"))
    return not any(words in str(error.orig) for words in HOPELESS)


def named(url: URL) -> str:
    """Return what an operator calls this database: the file, or name and host; never a password."""
    if url.host is None:
        return url.database or "in memory"
    return f"{url.database} on {url.host}"


def _kind_of(error: SQLAlchemyError) -> type[StoreError]:
    """Return the error to raise, by whether the fault may pass by itself."""
    kind = getattr(getattr(error, "orig", None), "sqlite_errorname", "")
    if kind.startswith(BROKEN):
        return StoreBrokenError
    if kind:
        return StoreAwayError if kind.startswith(PASSING) else StoreError
    is_lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if is_lost or (isinstance(error, OperationalError) and is_worth_waiting(error)):
        return StoreAwayError
    return StoreError


def _reason(error: SQLAlchemyError) -> str:
    """
    Return why, from the driver alone: SQLAlchemy's text repeats the statement and its values.

    A server's text about a value it refuses quotes that value, so there only the kind is told.
    """
    if not isinstance(error, DBAPIError) or error.orig is None:
        return f"it could not carry out a statement ({type(error).__name__})"
    kind = getattr(error.orig, "sqlite_errorname", type(error.orig).__name__)
    if isinstance(error, IntegrityError | DataError):
        return f"it refused a value ({kind})"
    for name, advice in SQLITE_ADVICE.items():
        if kind.startswith(name):
            return advice
    return " ".join(_first_words(error.orig).split()).rstrip(".")


def _first_words(error: BaseException) -> str:
    """Return what a server says of a fault, without its detail and its context, which quote rows."""
    return getattr(getattr(error, "diag", None), "message_primary", None) or str(error)
