"""Debian's Postfix on a port of 127.0.0.1, with settings, queue and mailboxes apart from the system's."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from alerter.pipeline.sending import wait_until
from tests.world.mail_server import free_port

PATIENCE_SECONDS = 60
DOMAIN = "council.example"
UNKNOWN_TO_IT = 67  # EX_NOUSER of sysexits.h: a mailbox that is not there after all
SETTINGS = """
compatibility_level = 3.6
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log/mail.log
maillog_file_prefixes = {folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
myhostname = mail.council.example
mydestination =
alias_maps =
alias_database =
smtp_dns_support_level = disabled
virtual_mailbox_domains = council.example
virtual_mailbox_base = {folder}/mail
virtual_mailbox_maps = texthash:{folder}/etc/mailboxes
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
transport_maps = texthash:{folder}/etc/transports
smtpd_recipient_restrictions = check_recipient_access texthash:{folder}/etc/access, permit_mynetworks, reject
smtpd_forbid_bare_newline = yes
smtpd_forbid_bare_newline_exclusions =
"""
SERVICES = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
proxymap unix - - n - - proxymap
smtp unix - - n - - smtp
error unix - - n - - error
retry unix - - n - - error
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
gone unix - n n - - pipe flags= user={user} argv={folder}/etc/gone
"""


@dataclass(frozen=True, slots=True)
class Postfix:
    """A running server, its folder and its port."""

    folder: Path
    port: int

    def answer(self, answers: Mapping[str, str]) -> None:
        """Answer RCPT for these addresses so from now on, and take everybody else."""
        lines = [f"{address} {answer}\n" for address, answer in answers.items()]
        (self.folder / "etc" / "access").write_text("".join(lines), encoding="ascii")
        self.told("reload")

    def told(self, command: str) -> None:
        """Tell the server a command of `postfix`."""
        words = ["postfix", "-c", str(self.folder / "etc"), command]
        subprocess.run(words, check=True, capture_output=True, timeout=PATIENCE_SECONDS)  # noqa: S603 - our words

    def mailbox(self, address: str) -> list[bytes]:
        """Return what was delivered to one address, as it lies in its Maildir."""
        new = self.folder / "mail" / address.partition("@")[0] / "new"
        return [file.read_bytes() for file in sorted(new.iterdir())] if new.is_dir() else []

    def wait_for(self, is_there: Callable[[], bool]) -> None:
        """Wait until something *is_there*, and show the server's log if it never is."""
        log = self.folder / "log" / "mail.log"
        assert wait_until(is_there, PATIENCE_SECONDS), log.read_text(encoding="utf-8")


@contextmanager
def running(users: Sequence[str], gone: str) -> Iterator[Postfix]:
    """
    Run a server that has mailboxes for *users*, and finds out too late that the one of *gone* is not there.
    """
    with TemporaryDirectory(prefix="alerter-postfix-") as made:
        folder, port = Path(made), free_port()
        _set_up(folder, port, users, gone)
        postfix = Postfix(folder, port)
        postfix.told("check")
        postfix.told("start")
        try:
            postfix.wait_for((folder / "queue" / "pid" / "master.pid").exists)
            yield postfix
        finally:
            postfix.told("stop")


def _set_up(folder: Path, port: int, users: Sequence[str], gone: str) -> None:
    nobody, owner = pwd.getpwnam("nobody"), pwd.getpwnam("postfix")
    folder.chmod(0o755)
    for name in ("etc", "queue", "data", "log", "mail"):
        (folder / name).mkdir()
    os.chown(folder / "data", owner.pw_uid, owner.pw_gid)
    os.chown(folder / "mail", nobody.pw_uid, nobody.pw_gid)
    named = {"folder": folder, "port": port, "uid": nobody.pw_uid, "gid": nobody.pw_gid, "user": "nobody"}
    files = {
        "main.cf": SETTINGS.format_map(named),
        "master.cf": SERVICES.format_map(named),
        "mailboxes": "".join(f"{user}@{DOMAIN} {user}/\n" for user in [*users, gone]),
        "transports": f"{gone}@{DOMAIN} gone:\n",
        "access": "",
        "gone": f"#!/bin/sh\nexit {UNKNOWN_TO_IT}\n",
    }
    for name, content in files.items():
        (folder / "etc" / name).write_text(content, encoding="ascii")
    (folder / "etc" / "gone").chmod(0o755)


def is_installed() -> bool:
    """Say whether Postfix is there, and this process may run it."""
    return shutil.which("postfix") is not None and os.geteuid() == 0
