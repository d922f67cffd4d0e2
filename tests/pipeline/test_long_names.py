"""A manager's name from the directory to the reader's screen: whole up to 300 characters."""

from dataclasses import replace
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.parser import BytesParser
from pathlib import Path

import pytest

from alerter.sources.directory import read_directory
from tests.world.stored_council import NORTH, Council, row

NAMES = ["a" * 300, "Ann Łukasiewicz-Öztürk " * 13, "漢" * 300, "É" * 299 + "漢", "O'Brien-" * 37 + "Ngo"]


@pytest.mark.parametrize("name", NAMES)
def test_a_name_of_300_characters_arrives_whole(council: Council, tmp_path: Path, name: str) -> None:
    """In the header that a mail program shows, and in both parts of the body."""
    whole = name.strip()
    written = f"team,manager_name,manager_email\nNorth,{whole},{NORTH.manager_email}\n"
    (tmp_path / "directory.csv").write_text(written, encoding="utf-8")
    council = replace(council, directory=read_directory(tmp_path / "directory.csv"))
    council.read([row("A-1")])
    council.prepare()
    (digest,) = council.letters()
    mail = BytesParser(policy=policy.default).parsebytes(digest.body)
    raw = message_from_bytes(digest.body)["To"].replace("\r\n", "")
    assert str(make_header(decode_header(raw))).replace('"', "") == f"{whole} <{NORTH.manager_email}>"
    for kind in ("plain", "html"):
        part = mail.get_body(preferencelist=(kind,))
        assert part is not None
        shown = str(part.get_content()).replace("&#39;", "'")
        assert "".join(whole.split()) in "".join(shown.split())


def test_a_longer_name_is_cut_and_the_digest_goes(council: Council, tmp_path: Path) -> None:
    """At 300 characters, so that a cell full of text does not become a letterhead."""
    written = f"team,manager_name,manager_email\nNorth,{'b' * 301},{NORTH.manager_email}\n"
    (tmp_path / "directory.csv").write_text(written, encoding="utf-8")
    (entry,) = read_directory(tmp_path / "directory.csv")
    assert entry.manager_name == "b" * 300
