"""The sessions of a PostgreSQL server: what each is set to, and that each is one of our own."""

from typing import Any

from sqlalchemy import Connection, func, select

from alerter.errors import StoreError

ENCODING = "UTF8"
SETTINGS = {
    "client_encoding": ENCODING,
    "TimeZone": "UTC",
    "DateStyle": "ISO, MDY",
    "IntervalStyle": "postgres",
    "bytea_output": "hex",
    "standard_conforming_strings": "on",
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    "default_transaction_deferrable": "off",
    "synchronous_commit": "on",
    "idle_session_timeout": "0",  # a sender's lock lives as long as its idle session
}
_SET = """
    SELECT set_config(name, value, false)
    FROM pg_settings JOIN (VALUES {wanted}) AS wanted (name, value) USING (name)
    WHERE name <> 'synchronous_commit' OR setting = 'off'
"""
"""A release without one of them is left so; a commit that waits for a standby is not made to wait less."""
POOLED = (
    "database.url: a pooler hands the server's sessions out by the transaction, and a sender cannot hold the "
    "lock that shows it is alive: set pool_mode = session in PgBouncer, or connect to the server itself."
)
ASKED = 3


def begin_session(connection: Any, _record: object) -> None:
    """
    Set a new session's settings, whatever the role and the database have for theirs.

    Raises:
        StoreError: The database's encoding cannot hold every name.
    """
    encoding = connection.info.parameter_status("server_encoding")
    if encoding != ENCODING:
        connection.close()
        raise StoreError(
            f"database.url: the database's encoding is {encoding}, and has to be {ENCODING} for every name: "
            "make one with createdb --encoding=UTF8 --template=template0, and name it here."
        )
    wanted = ", ".join(f"('{name}', '{value}')" for name, value in SETTINGS.items())
    connection.execute(_SET.format(wanted=wanted))
    connection.commit()


def refuse_pooler(one: Connection, other: Connection) -> None:
    """
    Refuse a server whose sessions wander: *one* is outside of any transaction, *other* in one.

    A session that is our own is served by the same process each time it asks, and by none that serves
    another. Poolers that hand out what was last given back fail the second, those that take turns the first.

    Raises:
        StoreError: They do.
    """
    process = select(func.pg_backend_pid())
    served_by = {one.execute(process).scalar_one() for _ in range(ASKED)}
    if len(served_by) > 1 or other.execute(process).scalar_one() in served_by:
        raise StoreError(POOLED)
