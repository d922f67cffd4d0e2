"""Digests as files to look at, with a page that leads to them."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from html import escape
from pathlib import Path

from alerter.domain.wording import counted, full_day_words
from alerter.installation import wiring
from alerter.installation.installation import Installation
from alerter.mail.template_set import CONTENT_ID
from alerter.mail.writer import Email
from alerter.pipeline.letters import Basis
from alerter.pipeline.prepare import emails_of
from alerter.pipeline.sync import Synced, sync
from alerter.private_files import make_private_folder, write_private

LOGO = "logo.png"
_STYLE = """
:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;margin:0;padding:1rem}
main{max-width:44rem;margin:auto}
h1{font-size:1.5rem;line-height:1.2}
ol{list-style:none;margin:0;padding:0}
li{border-top:1px solid #8888;padding:.75rem 0;overflow-wrap:anywhere}
p{margin:.25rem 0}
a{color:#0b57d0;display:inline-block;padding:.25rem 0;margin-right:1rem}
.held{border-left:4px solid #b00;padding-left:.75rem}
@media(prefers-color-scheme:dark){body{background:#121212;color:#eee}a{color:#8ab4f8}}
"""
_OURS = re.compile(r"\d{3}-.+@.+\.(txt|html|eml)")
_UNFIT_FOR_FILE_NAME = re.compile(r"[^A-Za-z0-9.@_-]")


@dataclass(frozen=True, slots=True)
class Previewed:
    """How many digests were written, the page that leads to them, and what was read for them."""

    digests: int
    index: Path
    synced: Synced


def preview(installation: Installation, as_of: date | None, folder: Path) -> Previewed:
    """
    Write every digest into *folder*, whatever the gates say; nothing is sent, and nothing recorded.

    Raises:
        SourceError: The source or the directory cannot be read.
        PartitionError: The digests do not add up.
    """
    judged_by = as_of or installation.today()
    writer = wiring.writer(installation.settings, is_whole=True)
    basis = Basis(installation.rules, writer, installation.now())
    with installation.rehearse() as connection:
        synced = sync(connection, installation, as_of, is_accepted=True)
        emails = emails_of(connection, basis, judged_by)
    names = write_previews(emails, folder, logo=writer.brand.logo)
    index = folder / "index.html"
    heading = f"Digests of {installation.settings.council}"
    write_private(index, index_page(heading, judged_by, names, synced.held_because).encode())
    return Previewed(len(names), index.absolute(), synced)


def write_previews(emails: Sequence[Email], folder: Path, *, logo: bytes = b"") -> dict[str, Email]:
    """
    Write each digest into *folder* as .txt, .html and .eml; return them by the names of their files.

    A page on its own has no attachment: the *logo* lies beside it.
    """
    make_private_folder(folder)
    if logo:
        write_private(folder / LOGO, logo)
    for earlier in (path for path in folder.iterdir() if _OURS.fullmatch(path.name)):
        earlier.unlink()
    names: dict[str, Email] = {}
    for number, email in enumerate(emails, start=1):
        name = f"{number:03d}-{_UNFIT_FOR_FILE_NAME.sub('_', email.message.recipient)}"
        page = email.rendered.html.replace(f"cid:{CONTENT_ID}", LOGO)
        write_private(folder / f"{name}.txt", email.rendered.text.encode())
        write_private(folder / f"{name}.html", page.encode())
        write_private(folder / f"{name}.eml", email.message.body)
        names[name] = email
    return names


def index_page(
    heading: str, as_of: date, names: Mapping[str, Email], held_because: Sequence[str] = ()
) -> str:
    """Return a page that leads to each digest, and says of which day they are and which gates would hold."""
    title = escape(heading)
    holds = "".join(f"<p class=held>Would be held: {escape(reason)}.</p>\n" for reason in held_because)
    items = "\n".join(
        f'<li><a href="{name}.html">{escape(email.message.recipient)}</a>\n'
        f"<p>{escape(email.rendered.subject)}</p>\n"
        f'<p><a href="{name}.txt">as text</a> <a href="{name}.eml">as .eml</a></p></li>'
        for name, email in names.items()
    )
    return (
        f'<!doctype html>\n<html lang="en-GB">\n<head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>\n'
        f"<style>{_STYLE}</style></head>\n<body><main>\n<h1>{title}</h1>\n"
        f"<p>As of {full_day_words(as_of)}: {counted(len(names), 'digest')}; nothing was sent.</p>\n{holds}"
        f"<ol>\n{items}\n</ol>\n</main></body>\n</html>\n"
    )
