"""Fault matrix, rows 95 to 99: settings and secrets that are broken, or changed in the midst of it."""

import os
import traceback
from pathlib import Path

import pytest

from alerter.errors import ConfigError
from tests.world.council import ADMINS
from tests.world.mail_server import MailServer
from tests.world.office import Office as Desk
from tests.world.service import EVERYBODY, MANAGERS, Service, rows_of, text_of, waiting
from tests.world.terminal import alerter

SECRET = "made-up-canary-secret"
UNREADABLE = ("missing", "a folder", "not text", "empty", "no permission")


def test_fault_095_broken_settings(monday: Service, post_office: MailServer) -> None:
    """
    The last good ones stay in force and their hash is what is told; the next start refuses what stands there.
    """
    monday.at("07:00")
    good = monday.serving
    assert good is not None
    fingerprint = good.installation.settings.fingerprint
    monday.council.write("config.toml", "council = \n")
    monday.at("07:01", "07:02")
    assert post_office.tally() == {ADMINS: 1}
    assert fingerprint in text_of(post_office, ADMINS)
    assert [each["settings"] for each in monday.events("settings_broken")] == [fingerprint]
    monday.at("08:00")
    assert post_office.tally() == {**EVERYBODY, ADMINS: 2}
    assert fingerprint in text_of(post_office, ADMINS)
    monday.stop()
    with pytest.raises(ConfigError, match=r"config\.toml"):
        monday.start()


def test_fault_096_settings_changed_while_sending(tmp_path: Path, migrated_file: Path) -> None:
    """
    A new sender and limit, written while the first digest goes: this run ends as planned, the next has them.
    """
    with Editing() as post_office, waiting(tmp_path, migrated_file, post_office.port) as monday:
        post_office.monday = monday
        monday.at("07:00", "08:00", "08:01")
        assert post_office.tally() == EVERYBODY
        assert [_is_new(post_office, each) for each in MANAGERS] == [False, False]
        monday.extract(*[{**row, "started_on": "2026-10-19"} for row in rows_of(MANAGERS)])
        monday.tick_at("Mon 2026-11-30 08:00")
        assert [_is_new(post_office, each) for each in MANAGERS] == [True, True]
        assert "overdue" in text_of(post_office, MANAGERS[0]).casefold()


class Editing(MailServer):
    """A mail server that edits the settings when the first recipient is named."""

    def __init__(self) -> None:
        super().__init__(on_rcpt=self._edit)
        self.monday: Service | None = None

    def _edit(self, _address: str) -> None:
        if self.monday is not None:
            monday, self.monday = self.monday, None
            monday.configure(
                email__sender="New name <new@council.example>",
                assessments__core__working_days=27,
                assessments__core__alert_after=20,
            )


def test_fault_098_no_allowed_domain(desk: Desk) -> None:
    """Without a domain to send to, every command refuses to begin, and names the key."""
    desk.extract()
    desk.configure(email__allowed_domains=[])
    for command in ("run", "deliver", "serve", "check"):
        said = alerter(desk.council, command)
        assert (said.exit_code, said.out) == (2, ""), command
        assert "email.allowed_domains: must not be empty" in said.err


@pytest.mark.parametrize("fault", UNREADABLE)
def test_fault_099_secret_not_read(monday: Service, fault: str) -> None:
    """A secret that is not there, or not to be read, is refused at start, with none of its bytes."""
    path = monday.folder / "password"
    match fault:
        case "a folder":
            path.mkdir()
        case "not text":
            path.write_bytes(SECRET.encode() + b"\xff\xfe")
        case "empty":
            path.touch()
        case "no permission":
            if os.geteuid() == 0:
                pytest.skip("the superuser may read everything")
            path.write_text(SECRET, encoding="utf-8")
            path.chmod(0)
    monday.configure(email__smtp__username="alerts", email__smtp__password_file="password")
    with pytest.raises(ConfigError, match=r"email\.smtp\.password_file: ") as caught:
        monday.start()
    assert caught.value.exit_code == 2
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def _is_new(post_office: MailServer, manager: str) -> bool:
    """Say whether the last digest of *manager* came from the new sender."""
    last = [each for each in post_office.arrived if each.recipient == manager][-1]
    return b"new@council.example" in last.content.partition(b"\r\n\r\n")[0]
