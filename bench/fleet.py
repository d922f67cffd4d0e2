"""Several senders on one outbox, each in a process of its own, that begin together."""

import multiprocessing
from multiprocessing.synchronize import Event, Semaphore

from alerter.pipeline.deliver import Channel, deliver
from alerter.store.database import Database, open_database
from alerter.transports.conversation import SmtpServer
from alerter.transports.smtp import SmtpTransport
from bench import council
from bench.mail_sink import HOST

SENDER = f"alerts@{council.DOMAIN}"
PATIENCE = 600


class Fleet:
    """So many senders, which have started and wait; to call it lets them send all that is due."""

    def __init__(self, count: int, url: str, port: int) -> None:
        context = multiprocessing.get_context("spawn")
        ready, self._go = context.Semaphore(0), context.Event()
        self._senders = [
            context.Process(target=_be_one, args=(url, port, ready, self._go), daemon=True)
            for _ in range(count)
        ]
        for each in self._senders:
            each.start()
        for _ in self._senders:
            ready.acquire(timeout=PATIENCE)

    def __call__(self) -> None:
        """Let all begin, and wait for the last."""
        self._go.set()
        for each in self._senders:
            each.join(PATIENCE)


def send(database: Database, port: int) -> None:
    """Deliver what is due as `alerter deliver` does, without a limit on the pace."""
    transport = SmtpTransport(SmtpServer(host=HOST, port=port, sender=SENDER, security="none"))
    channel = Channel(
        database=database, transport=transport, unknown_outcome="resend", clock=lambda: council.NOW,
        pace=lambda: None,
    )  # fmt: skip
    deliver(channel)
    transport.close()


def _be_one(url: str, port: int, ready: Semaphore, go: Event) -> None:
    database = open_database(url)
    with database.read():
        ready.release()
    go.wait(PATIENCE)
    send(database, port)
    database.close()
