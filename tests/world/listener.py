"""What servers made of bare sockets share: they listen, by TLS where they have any, and talk to several."""

import socket
import ssl
import threading
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
PATIENCE_SECONDS = 60


class Listener:
    """
    Listens on a port of 127.0.0.1 while its `with` block lasts.

    `serve` has the conversation with one client. *is_over* is set when the block ends, for whoever waits.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self._tls = tls
        self._listener = socket.create_server((HOST, 0))
        self._threads = [threading.Thread(target=self._listen, daemon=True)]
        self.port = int(self._listener.getsockname()[1])
        self.is_over = threading.Event()

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"{'http' if self._tls is None else 'https'}://{HOST}:{self.port}"

    def serve(self, connection: socket.socket) -> None:
        """Have one conversation."""
        raise NotImplementedError

    def met(self) -> None:
        """Do what is to be done when a client has connected."""

    def left(self) -> None:
        """Do what is to be done when a client is gone before its conversation is over."""

    def wait_for_all(self) -> None:
        """Wait until every conversation that was begun has come to its end."""
        for thread in self._threads[1:]:
            thread.join(PATIENCE_SECONDS)

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.is_over.set()
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)
        self._listener.close()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self._threads.append(threading.Thread(target=self._converse, args=(connection,), daemon=True))
            self._threads[-1].start()

    def _converse(self, connection: socket.socket) -> None:
        connection.settimeout(PATIENCE_SECONDS)
        self.met()
        with connection:
            try:
                if self._tls is None:
                    self.serve(connection)
                else:
                    with self._tls.wrap_socket(connection, server_side=True) as encrypted:
                        self.serve(encrypted)
            except OSError:
                self.left()
