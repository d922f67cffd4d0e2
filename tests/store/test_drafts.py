"""Digests that wait, and may be written anew until one was on its way."""

from alerter.domain.delivery import Settlement
from alerter.store import claims, drafts
from alerter.store.database import Database
from tests.world.readings import LEASE, NOW, claim, claimed, letter, run_with

A = "a@council.example"


def test_what_was_ever_marked_is_neither_written_anew_nor_withdrawn(database: Database) -> None:
    """Not even by whoever saw it waiting a moment before: its bytes may have arrived."""
    with database.write() as connection:
        run_with(connection, A)
        (draft,) = drafts.waiting(connection)
        first = claimed(connection)
        assert claims.mark(connection, first, NOW, NOW + LEASE)
        deferred = Settlement(state="deferred", next_attempt_at=NOW)
        claims.settle(connection, first, deferred, reply="451", now=NOW)
        drafts.rewrite(connection, draft, letter(A, body=b"X: y\r\n\r\nnew\r\n"), NOW)
        drafts.withdraw(connection, draft, NOW)
        again = claim(connection, by="t2")
    assert again is not None
    assert again.message == first.message


def test_what_was_never_marked_is_written_anew(database: Database) -> None:
    """It is due at once, in the place of the old one."""
    new = letter(A, body=b"X: y\r\n\r\nnew\r\n")
    with database.write() as connection:
        run_with(connection, A)
        (draft,) = drafts.waiting(connection)
        drafts.rewrite(connection, draft, new, NOW)
        assert claimed(connection).message.body == new.body
