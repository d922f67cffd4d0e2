"""A fast mail server for many senders, which takes a message at its final dot and writes down each copy."""

import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from email import policy
from email.parser import BytesHeaderParser
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
LONGEST = 1 << 24
REPLIES = {b"MAIL": b"250 ok", b"RCPT": b"250 ok", b"RSET": b"250 ok", b"DATA": b"354 go ahead"}


@dataclass(frozen=True, slots=True)
class Copy:
    """One message as it was taken; *was_marked* is what the ledger said at its dot, None if it was away."""

    recipient: str
    message_id: str
    body: bytes
    was_marked: bool | None


class Sink:
    """
    Listens on a free port of 127.0.0.1 while its `with` block lasts, and takes everything.

    A message counts as taken when its final dot is read, *pause* seconds before that is answered: a sender
    that dies in between will never know. *is_marked* is asked at each dot whether the ledger has the mark.
    """

    def __init__(self, is_marked: Callable[[str], bool | None], pause: float = 0) -> None:
        self.is_marked = is_marked
        self.copies: list[Copy] = []
        self.port = 0
        self._pause = pause
        self._callers: dict[str, asyncio.StreamWriter] = {}
        self._is_listening = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()))

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._is_listening.wait(60)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._loop.call_soon_threadsafe(self._is_over.set)
        self._thread.join()

    def take(self) -> list[Copy]:
        """Return the copies taken so far, and forget them."""
        taken, self.copies = self.copies, []
        return taken

    def hang_up(self, caller: str) -> None:
        """Close the connection of the sender that introduced itself as *caller*, if it has one."""
        closed = asyncio.run_coroutine_threadsafe(self._hang_up(caller), self._loop)
        closed.result(60)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._is_over = asyncio.Event()
        server = await asyncio.start_server(self._converse, HOST, 0, limit=LONGEST)
        self.port = server.sockets[0].getsockname()[1]
        self._is_listening.set()
        await self._is_over.wait()
        server.close()

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._answer(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # the sender died, or was hung up on
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 sink ready\r\n")
        recipient = ""
        while line := await reader.readline():
            verb, _, rest = line.strip().partition(b" ")
            if verb.upper() in (b"EHLO", b"HELO"):
                self._callers[rest.decode("ascii")] = writer
            elif verb.upper() == b"RCPT":
                recipient = rest.decode("ascii").partition("<")[2].partition(">")[0]
            writer.write(REPLIES.get(verb.upper(), b"250 sink") + b"\r\n")
            if verb.upper() == b"QUIT":
                return
            if verb.upper() == b"DATA":
                self._accept(recipient, await reader.readuntil(b"\r\n.\r\n"))
                await asyncio.sleep(self._pause)
                writer.write(b"250 taken\r\n")

    def _accept(self, recipient: str, wire: bytes) -> None:
        body = wire.removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
        message_id = str(BytesHeaderParser(policy=policy.SMTP).parsebytes(body)["Message-ID"])
        self.copies.append(Copy(recipient, message_id, body, self.is_marked(message_id)))

    async def _hang_up(self, caller: str) -> None:
        if writer := self._callers.pop(caller, None):
            writer.transport.abort()
