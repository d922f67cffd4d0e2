"""Fault matrix, rows 75 to 77: text that means harm, and far more of it than an email holds."""

from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.errors import SourceError
from alerter.mail.build import build
from tests.world import samples
from tests.world.council import ADMINS
from tests.world.letters import text_of
from tests.world.office import AS_OF, NORTH, SOUTH, Office, row

OKAFOR, LINDQVIST = NORTH["manager_email"], SOUTH["manager_email"]
HEADERS = {
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
    "X-Alerter-Run", "MIME-Version", "Content-Type",
}  # fmt: skip
CONTROLS = ("\r\n", "\r", "\n", "\x85", "\u2028", "\u2029", "\u202e", "\u2066", "\x1b[2J", "\x0b", "\x0c")
RENDERER = samples.writer()
UNREADABLE = "\ud800", "\udfff", "\0"
"""What no text file can hold, but a query's answer can."""
ENCODED = "=?UTF-8?Q?=0D=0ABcc=3A_evil=40elsewhere.example?="
hostile = st.lists(st.sampled_from((*CONTROLS, *UNREADABLE)) | st.text(max_size=6), max_size=5).map("".join)


def test_fault_075_control_characters(desk: Office) -> None:
    """
    In every text there is: no header shows one, the body has neutralised them, and all managers get theirs.
    """
    evil = "".join(f"{control}Bcc: evil@elsewhere.example{control}" for control in CONTROLS)
    desk.council.directory({**NORTH, "manager_name": f"N.{evil}Okafor"}, SOUTH)
    desk.extract(
        row("A-1", worker=f"P.{evil}Adeyemi"),
        *(row(f"A-2{control}x", child_id=f"92{control}x") for control in CONTROLS),
        row("A-3", team=f"Nor{evil}th", manager_email=OKAFOR),
        row("A-4", team="South"),
    )
    done = desk.weekly().run(AS_OF)
    assert done.state == "done"
    assert {mail["To"].addresses[0].addr_spec for mail in desk.sent()} == {OKAFOR, LINDQVIST, ADMINS}
    for mail in desk.sent():
        _assert_plain(mail)
        assert not set("".join(CONTROLS)) & set(text_of(mail)) - set("\n[2J")
    lines = [line for line in text_of(desk.sent(OKAFOR)[0]).splitlines() if line.startswith("A-")]
    assert len(lines) == done.counts["open"] - 1


@given(hostile, hostile, hostile, hostile)
def test_more_of_075_any_text(id_: str, child: str, worker: str, name: str) -> None:
    """
    Lone surrogates and NUL too, which the standard library stumbles over: a message of ours, or none at all.
    """
    digest = samples.digest_of([samples.started(27, id_, child, worker=worker, team=name)])
    message = build(RENDERER.digest(digest, samples.facts()), digest.recipient, samples.letterhead())
    head = message.body.partition(b"\r\n\r\n")[0]
    assert {line.partition(b":")[0].decode() for line in head.split(b"\r\n")} == HEADERS
    assert not set(b"\0\x85\x1b") & set(message.body)


@pytest.mark.parametrize("place", ["manager_name", "worker", "team", "assessment_id"])
def test_fault_076_encoded_word_newline(desk: Office, place: str) -> None:
    """
    An encoded word that hides a line end makes no header: not from a name, and not from any text of a row.
    """
    desk.council.directory(NORTH | ({place: f"N. {ENCODED}"} if place == "manager_name" else {}))
    hidden = {} if place == "manager_name" else {place: f"A-{ENCODED}", "manager_email": OKAFOR}
    desk.extract(row("A-1") | hidden)
    assert desk.weekly().run(AS_OF).state == "done"
    assert {mail["To"].addresses[0].addr_spec for mail in desk.sent()} == {OKAFOR, ADMINS}
    for mail in desk.sent():
        _assert_plain(mail)
        assert mail["Bcc"] is None


def test_fault_077_five_thousand_for_one_manager(desk: Office) -> None:
    """The digest lists what it has room for and counts the rest; all 5,000 are recorded as told in it."""
    desk.extract(*(row(f"A-{number}") for number in range(10_000, 15_000)))
    done = desk.weekly().run(AS_OF)
    assert (done.state, done.digests, done.counts["past_alert"]) == ("done", 1, 5_000)
    (digest,) = desk.sent(OKAFOR)
    lines = text_of(digest).splitlines()
    listed = sum(line.startswith("A-1") for line in lines)
    assert 10 <= listed <= 200
    assert any(f"{5_000 - listed:,} more" in line for line in lines)
    assert len(digest.as_bytes()) < 400_000
    with desk.opened[-1].database.read() as connection:
        told = connection.exec_driver_sql("SELECT count(*) FROM alerts").scalar_one()
    assert told == 5_000


def test_more_of_077_notes_of_ten_megabytes(desk: Office) -> None:
    """Notes are never read; as CSV a cell of 10 MB is refused as a quotation mark that was never closed."""
    notes = ("canary " * 14_000, "canary " * 1_500_000)
    for length, text in enumerate(notes):
        columns = [*row("A-1"), "notes"]
        desk.council.extract([row("A-1", notes=text)], columns=columns)
        if length:
            with pytest.raises(SourceError, match="line 2: a cell is longer than 128 KB"):
                desk.weekly().run(AS_OF, again="longer notes")
        else:
            assert desk.weekly().run(AS_OF).state == "done"
    assert "canary" not in "".join(text_of(mail) for mail in desk.sent())
    assert b"canary" not in (desk.folder / "alerter.db").read_bytes()


def _assert_plain(mail: EmailMessage) -> None:
    """Say that the headers are those we write, each printable."""
    assert set(mail.keys()) == HEADERS
    assert len(mail.keys()) == len(HEADERS)
    assert all(str(value).isprintable() for value in mail.values())
