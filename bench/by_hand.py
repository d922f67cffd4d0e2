"""
The promise of `deliver` written by hand: a SQLite file, a table, two commits a message, and bare sockets.

Each message is claimed in the transaction that settles the one before it, and marked in another just before
its final dot; both wait for the disk. Nothing else is there: no retries, no second sender, no run that
overtakes another, no server that misbehaves, no TLS.
"""

import socket
import sqlite3
from pathlib import Path
from uuid import uuid4

from bench.mail_sink import HOST

PIECE = 4096
SCHEMA = """
CREATE TABLE outbox (
    id INTEGER PRIMARY KEY, recipient TEXT NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
    claim_token TEXT, lease_until TEXT, next_attempt_at TEXT NOT NULL, marked_at TEXT, settled_at TEXT,
    reply TEXT NOT NULL DEFAULT '', body BLOB NOT NULL
);
CREATE INDEX unsettled ON outbox (next_attempt_at) WHERE settled_at IS NULL;
"""
CLAIM = """
UPDATE outbox SET state = 'claimed', claim_token = ?, lease_until = ?, attempts = attempts + 1
WHERE id = (
    SELECT id FROM outbox WHERE settled_at IS NULL AND state = 'queued' AND next_attempt_at <= ?
    ORDER BY next_attempt_at, id LIMIT 1
) AND state = 'queued'
RETURNING id, recipient, body
"""
MARK = """
UPDATE outbox SET state = 'marked', marked_at = ?, lease_until = ?
WHERE id = ? AND claim_token = ? AND state = 'claimed' RETURNING id
"""
SETTLE = """
UPDATE outbox SET state = 'sent', settled_at = ?, reply = ?, claim_token = NULL, lease_until = NULL
WHERE id = ? AND claim_token = ? AND state = 'marked' RETURNING id
"""
RESET = "UPDATE outbox SET state = 'queued', settled_at = NULL, marked_at = NULL, reply = '', attempts = 0"
NOW, LATER = "2026-11-23 07:00:00", "2026-11-23 07:30:00"


def opened(path: Path) -> sqlite3.Connection:
    """Return the outbox at *path*, each of whose commits waits for the disk."""
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


def fill(path: Path, messages: list[tuple[str, bytes]]) -> None:
    """Put *messages* into a new outbox at *path*."""
    connection = opened(path)
    connection.executescript(SCHEMA)
    rows = [(recipient, body, NOW) for recipient, body in messages]
    connection.execute("BEGIN")
    connection.executemany(
        "INSERT INTO outbox (recipient, body, state, next_attempt_at) VALUES (?, ?, 'queued', ?)", rows
    )
    connection.execute("COMMIT")
    connection.close()


def refill(path: Path) -> None:
    """Let everything be due again."""
    connection = opened(path)
    connection.execute(RESET)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


class Line:
    """A connection to a mail server that takes commands together (RFC 2920)."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection((HOST, port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._read = b""
        self._reply()
        self.ask(b"EHLO bench\r\n", 1)

    def ask(self, commands: bytes, replies: int) -> bytes:
        """Send *commands* and return the last of so many replies, none of which may refuse."""
        self._socket.sendall(commands)
        last = b""
        for _ in range(replies):
            last = self._reply()
            if last[:1] not in b"23":
                raise ConnectionError(last)
        return last

    def say(self, body: bytes) -> None:
        """Send *body* as DATA wants it, without the final dot."""
        self._socket.sendall((b"\r\n" + body).replace(b"\r\n.", b"\r\n..")[2:])

    def close(self) -> None:
        """Say QUIT and hang up."""
        self.ask(b"QUIT\r\n", 1)
        self._socket.close()

    def _reply(self) -> bytes:
        while True:
            line, ended, rest = self._read.partition(b"\r\n")
            if not ended:
                piece = self._socket.recv(PIECE)
                if not piece:
                    raise ConnectionError("the server hung up")
                self._read += piece
                continue
            self._read = rest
            if line[3:4] != b"-":
                return line


def push(path: Path, sender: str, port: int) -> None:
    """Send all that is due: claim, talk, mark, dot, settle."""
    connection, line = opened(path), Line(port)
    connection.execute("BEGIN IMMEDIATE")
    token = uuid4().hex
    message = connection.execute(CLAIM, (token, LATER, NOW)).fetchone()
    connection.execute("COMMIT")
    while message is not None:
        number, recipient, body = message
        line.ask(f"MAIL FROM:<{sender}>\r\nRCPT TO:<{recipient}>\r\nDATA\r\n".encode("ascii"), 3)
        line.say(body)
        connection.execute("BEGIN IMMEDIATE")
        is_ours = connection.execute(MARK, (NOW, LATER, number, token)).fetchone()
        connection.execute("COMMIT")
        if is_ours is None:
            raise RuntimeError("somebody else has the message")
        reply = line.ask(b".\r\n", 1)
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(SETTLE, (NOW, reply.decode("ascii"), number, token))
        token = uuid4().hex
        message = connection.execute(CLAIM, (token, LATER, NOW)).fetchone()
        connection.execute("COMMIT")
    line.close()
    connection.close()
