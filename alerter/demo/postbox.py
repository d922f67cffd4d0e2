"""A mail server inside the process that keeps each message as a file."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import TYPE_CHECKING

from alerter.private_files import make_private_folder, write_private

if TYPE_CHECKING:
    from aiosmtpd.smtp import SMTP, Envelope, Session

HOST = "127.0.0.1"
_UNFIT_FOR_FILE_NAME = re.compile(r"[^A-Za-z0-9.@_-]")


@dataclass(frozen=True, slots=True)
class Arrived:
    """One message as the server took it, and the file its HTML part is in."""

    recipient: str
    subject: str
    page: Path


@dataclass(slots=True)
class Postbox:
    """The server's shelf: each message as .eml, and its HTML part as .html."""

    folder: Path
    arrived: list[Arrived] = field(default_factory=list)

    async def handle_DATA(self, _server: "SMTP", _session: "Session", envelope: "Envelope") -> str:  # noqa: N802 - aiosmtpd's name
        """Keep one message, and accept it."""
        content = envelope.content or b""
        raw = content if isinstance(content, bytes) else content.encode()
        message = BytesParser(policy=policy.default).parsebytes(raw)
        recipient = envelope.rcpt_tos[0]
        name = f"{len(self.arrived) + 1:02d}-{_UNFIT_FOR_FILE_NAME.sub('_', recipient)}"
        page = self.folder / f"{name}.html"
        part = message.get_body(preferencelist=("html",))
        write_private(self.folder / f"{name}.eml", raw)
        write_private(page, b"" if part is None else part.get_content().encode())
        self.arrived.append(Arrived(recipient, str(message["Subject"]), page))
        return "250 OK"


@contextmanager
def open_postbox(folder: Path) -> Iterator[tuple[Postbox, int]]:
    """Run the server on a free port of this machine; give its shelf and the port."""
    from aiosmtpd.controller import Controller  # noqa: PLC0415 - an extra

    make_private_folder(folder)
    postbox = Postbox(folder)
    port = free_port()
    controller = Controller(postbox, hostname=HOST, port=port)
    controller.start()
    try:
        yield postbox, port
    finally:
        controller.stop()


def free_port(wanted: int = 0) -> int:
    """Return a port nobody listens on: the one *wanted* if it is free; aiosmtpd cannot be asked for any."""
    with socket.socket() as probe:
        try:
            probe.bind((HOST, wanted))
        except OSError:
            probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    return port
