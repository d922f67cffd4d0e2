"""The outbox as the proofs read it: what is in it, how it stands, and what somebody has in hand."""

from dataclasses import dataclass

from sqlalchemy import select

from alerter.errors import StoreError
from alerter.store.database import Database, open_database
from alerter.store.schema import UNSETTLED_STATES, alerts, outbox, runs


@dataclass(frozen=True, slots=True)
class Entry:
    """One message of the outbox."""

    message_id: str
    kind: str
    recipient: str
    state: str
    unanswered: int
    body: bytes


class Ledger:
    """Reads the database at *url* while others write to it."""

    def __init__(self, url: str) -> None:
        self._database: Database = open_database(url, patience_seconds=0)

    def close(self) -> None:
        """Let go of the database."""
        self._database.close()

    def entries(self) -> list[Entry]:
        """Return every message there is."""
        columns = outbox.c
        query = select(
            columns.message_id, columns.kind, columns.recipient, columns.state, columns.unanswered,
            columns.body,
        ).order_by(columns.id)  # fmt: skip
        with self._database.read() as connection:
            return [Entry(*row) for row in connection.execute(query)]

    def states(self) -> dict[str, str]:
        """Return the state of each message by its Message-ID."""
        with self._database.read() as connection:
            rows = connection.execute(select(outbox.c.message_id, outbox.c.state)).all()
        return {row.message_id: row.state for row in rows}

    def is_settled(self) -> bool:
        """Say whether nothing is owed."""
        return not self.unsettled()

    def is_delivered(self) -> bool:
        """Say whether there is a plan, and nothing of it is owed any more."""
        states = set(self.states().values())
        return bool(states) and not states & set(UNSETTLED_STATES)

    def unsettled(self) -> dict[str, str]:
        """Return the state of each message that is still owed."""
        return {each: state for each, state in self.states().items() if state in UNSETTLED_STATES}

    def marked(self) -> set[str]:
        """Return the messages whose dot may have gone out, and whose outcome nobody has written down yet."""
        return {message_id for message_id, state in self.states().items() if state == "marked"}

    def told(self) -> int:
        """Return how many alerts there are, over all runs."""
        with self._database.read() as connection:
            return len(connection.execute(select(alerts.c.assessment)).all())

    def runs(self) -> list[str]:
        """Return the state of each run."""
        with self._database.read() as connection:
            return list(connection.execute(select(runs.c.state).order_by(runs.c.id)).scalars())

    def is_marked(self, message_id: str) -> bool | None:
        """Say whether a message has been marked; None while the database is away."""
        query = select(outbox.c.marked_at).where(outbox.c.message_id == message_id)
        try:
            with self._database.read() as connection:
                return connection.execute(query).scalar() is not None
        except StoreError:
            return None
