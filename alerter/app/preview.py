"""Digests as files to look at, with a page that leads to them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path

from alerter.domain.wording import counted
from alerter.installation import wiring
from alerter.installation.installation import Installation
from alerter.mail.template_set import CONTENT_ID
from alerter.mail.writer import Email
from alerter.pipeline.letters import Basis
from alerter.pipeline.prepare import emails_of
from alerter.pipeline.sync import Synced, sync
from alerter.private_files import make_private_folder, write_private

LOGO = "logo.png"
_OURS = re.compile(r"\d{3}-.+@.+\.(txt|html|eml)")
_UNFIT_FOR_FILE_NAME = re.compile(r"[^A-Za-z0-9.@_-]")


@dataclass(frozen=True, slots=True)
class Previewed:
    """How many digests were written, what was read for them, and which gates would hold the run."""

    digests: int
    synced: Synced


def preview(installation: Installation, as_of: date | None, folder: Path) -> Previewed:
    """
    Write every digest into *folder*, whatever the gates say; nothing is sent, and nothing recorded.

    Raises:
        SourceError: The source or the directory cannot be read.
        PartitionError: The digests do not add up.
    """
    writer = wiring.writer(installation.settings, is_whole=True)
    basis = Basis(installation.rules, writer, installation.now())
    with installation.rehearse() as connection:
        synced = sync(connection, installation, as_of, is_accepted=True)
        emails = emails_of(connection, basis, as_of or installation.today())
    count = write_previews(emails, folder, installation.settings.council, logo=writer.brand.logo)
    return Previewed(count, synced)


def write_previews(emails: Sequence[Email], folder: Path, council: str, *, logo: bytes = b"") -> int:
    """
    Write each digest into *folder* as .txt, .html and .eml, and an index.html; return how many there are.

    A page on its own has no attachment: the *logo* lies beside it.
    """
    make_private_folder(folder)
    if logo:
        write_private(folder / LOGO, logo)
    for earlier in (path for path in folder.iterdir() if _OURS.fullmatch(path.name)):
        earlier.unlink()
    links: list[tuple[str, str, str, int]] = []
    for number, email in enumerate(emails, start=1):
        rendered, message = email.rendered, email.message
        name = f"{number:03d}-{_UNFIT_FOR_FILE_NAME.sub('_', message.recipient)}"
        page = rendered.html.replace(f"cid:{CONTENT_ID}", LOGO)
        write_private(folder / f"{name}.txt", rendered.text.encode())
        write_private(folder / f"{name}.html", page.encode())
        write_private(folder / f"{name}.eml", message.body)
        links.append((name, message.recipient, rendered.subject, len(rendered.html.encode())))
    write_private(folder / "index.html", _index(links, council).encode())
    return len(emails)


def _index(links: Sequence[tuple[str, str, str, int]], council: str) -> str:
    rows = "\n".join(
        f'<tr><th scope="row"><a href="{name}.html">{escape(recipient)}</a></th><td>{escape(subject)}</td>'
        f'<td><a href="{name}.txt">text</a> <a href="{name}.eml">eml</a></td><td>{size:,} bytes</td></tr>'
        for name, recipient, subject, size in links
    )
    title, count = f"Digests of {escape(council)}", counted(len(links), "digest")
    return (
        f'<!doctype html>\n<html lang="en-GB">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>\n'
        "<style>body{font:16px/1.5 sans-serif;margin:2rem}"
        "th,td{text-align:left;padding:.25rem 1rem .25rem 0}</style>"
        f"</head>\n<body>\n<h1>{title}</h1>\n<p>{count}; nothing was sent.</p>\n<table>\n"
        "<caption>One line a recipient; service managers' digests are among them</caption>\n"
        '<tr><th scope="col">Recipient</th><th scope="col">Subject</th><th scope="col">Other parts</th>'
        f'<th scope="col">Size</th></tr>\n{rows}\n</table>\n</body>\n</html>\n'
    )
