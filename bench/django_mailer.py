"""django-mailer, an outbox that is a peer of ours, at work in a process of its own."""

import email
import multiprocessing
from email import policy
from importlib.util import find_spec
from multiprocessing.connection import Connection
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from bench.fleet import SENDER
from bench.mail_sink import HOST
from bench.rounds import Cost, cost_of

IS_INSTALLED = find_spec("django") is not None and find_spec("mailer") is not None


class DjangoMailer:
    """Holds a queue in a SQLite file in *folder*, opened as ours is, while its `with` block lasts."""

    def __init__(self, folder: Path, port: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._line, theirs = context.Pipe()
        self._process = context.Process(target=_work, args=(str(folder), port, theirs), daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        self._line.recv()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._line.send(None)
        self._process.join()

    def fill(self, messages: list[tuple[str, bytes]]) -> None:
        """Put *messages* into its queue."""
        self._line.send(messages)
        self._line.recv()

    def send(self) -> Cost:
        """Let it send all, which is done when this returns; what it cost is its own process's to say."""
        self._line.send([])
        cost: Cost = self._line.recv()
        return cost


def _work(folder: str, port: int, line: Connection) -> None:
    _set_up(folder, port)
    from mailer.engine import send_all  # noqa: PLC0415 - Django has to be set up first

    line.send("ready")
    while (messages := line.recv()) is not None:
        if messages:
            _enqueue(messages)
            line.send("done")
        else:
            line.send(cost_of(send_all))


def _set_up(folder: str, port: int) -> None:
    import django  # noqa: PLC0415 - only here, where it is installed
    from django.conf import settings  # noqa: PLC0415
    from django.core.management import call_command  # noqa: PLC0415

    settings.configure(
        INSTALLED_APPS=["mailer"],
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.sqlite3",
                "NAME": f"{folder}/django.db",
                "OPTIONS": {
                    "transaction_mode": "IMMEDIATE",
                    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
                },
            }
        },
        EMAIL_HOST=HOST,
        EMAIL_PORT=port,
        MAILER_LOCK_PATH=f"{folder}/send_mail",
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)


def _enqueue(messages: list[tuple[str, bytes]]) -> None:
    from django.db import transaction  # noqa: PLC0415 - Django has to be set up first
    from mailer.models import Message, MessageLog  # noqa: PLC0415

    with transaction.atomic():
        MessageLog.objects.all().delete()
        for recipient, body in messages:
            queued = Message()
            queued.email = _multipart(recipient, body)
            queued.save()


def _multipart(recipient: str, body: bytes) -> Any:
    """Return a digest as Django has it: the same text and the same HTML."""
    from django.core.mail import EmailMultiAlternatives  # noqa: PLC0415 - Django has to be set up first

    parsed = email.message_from_bytes(body, policy=policy.SMTP)
    text, html = (parsed.get_body((kind,)) for kind in ("plain", "html"))
    assert text is not None  # noqa: S101 - every digest has both
    assert html is not None  # noqa: S101
    made = EmailMultiAlternatives(str(parsed["Subject"]), text.get_content(), SENDER, [recipient])
    made.attach_alternative(html.get_content(), "text/html")
    return made
