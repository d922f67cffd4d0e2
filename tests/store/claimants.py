"""Senders that compete: each claims and settles until nothing is left."""

from alerter.domain.delivery import Settlement
from alerter.store import claims
from alerter.store.database import open_database
from tests.world.readings import LEASE, NOW, claim


def drain(url: str, name: str) -> list[str]:
    """Claim, mark and settle one message after another from the database at *url*; return whose they were."""
    database = open_database(url)
    taken: list[str] = []
    try:
        while True:
            with database.write() as connection:
                message = claim(connection, by=f"{name}-{len(taken)}")
            if message is None:
                return taken
            with database.write() as connection:
                assert claims.mark(connection, message, NOW, NOW + LEASE)
            with database.write() as connection:
                assert claims.settle(connection, message, Settlement(state="sent"), reply="250", now=NOW)
            taken.append(message.message.recipient)
    finally:
        database.close()
