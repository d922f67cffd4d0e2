"""What Windows has not: no module asks for it, and the first hour does without."""

import subprocess
import sys
from pathlib import Path

from tests.world.first_hour import address_teams, fill_in
from tests.world.office import Office, row, today

REMOVE = """
import importlib, io, os, pkgutil, signal, socket, sys, time, types
import fcntl

def modules():
    import alerter
    names = [module.name for module in pkgutil.walk_packages(alerter.__path__, "alerter.")]
    return [importlib.import_module(name) for name in names if not name.endswith("__main__")]

modules()  # what they need of others: what that does on Windows is not ours
for name in [name for name in sys.modules if name == "alerter" or name.startswith("alerter.")]:
    del sys.modules[name]

class Absent:
    NAMES = {"fcntl", "resource", "pwd", "grp", "termios", "tty", "pty", "syslog", "posix", "crypt", "spwd"}

    def find_spec(self, name, path=None, target=None):
        if name in self.NAMES:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

for name in Absent.NAMES:
    sys.modules.pop(name, None)
sys.meta_path.insert(0, Absent())

ABSENT = {
    os: "fork forkpty geteuid getuid getegid getgid getgroups getpgid setsid killpg uname statvfs chown "
        "fchown lchown mkfifo "
        "nice sched_getaffinity getloadavg wait3 wait4 posix_fadvise O_NOFOLLOW O_DIRECTORY "
        "O_CLOEXEC O_NONBLOCK O_SYNC O_DSYNC",
    signal: "SIGHUP SIGUSR1 SIGUSR2 SIGKILL SIGALRM SIGCHLD SIGPIPE SIGQUIT SIGTSTP SIGSTOP alarm setitimer "
        "pthread_kill pthread_sigmask pause sigwait",
    socket: "AF_UNIX",
    time: "tzset clock_gettime CLOCK_BOOTTIME CLOCK_MONOTONIC pthread_getcpuclockid",
}
for module, names in ABSENT.items():
    for name in names.split():
        if hasattr(module, name):
            delattr(module, name)

def locking(descriptor, mode, count):
    assert (mode, count) == (2, 1)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

sys.modules["msvcrt"] = types.SimpleNamespace(LK_NBLCK=2, locking=locking)
sys.platform = "win32"
"""
IMPORT = "print(len(modules()))"
CHOOSE = """
import pathlib
from datetime import timedelta
modules()
main = importlib.import_module("alerter.sources.workbook.__main__")
from alerter.cli.options import login_name
from alerter.errors import ConfigError
from alerter.installation.clock import steady
from alerter.store import senders
from alerter.store.engine import network_drive

folder = pathlib.Path(sys.argv[1])
main._limit(10)
assert steady() > timedelta(0)
assert network_drive(pathlib.PureWindowsPath(r"\\\\server\\share\\alerter.db"))
engine = types.SimpleNamespace(url=types.SimpleNamespace(database=folder / "x.db"))
database = types.SimpleNamespace(engine=engine)
with senders._hold_file(database, "one"):
    (lock,) = folder.glob("*.lock")
    assert senders._is_locked(lock)
assert not list(folder.iterdir())
lock.touch()
assert not senders._is_locked(lock)
assert not list(folder.iterdir())
for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
    os.environ.pop(name, None)
try:
    login_name()
except ConfigError:
    print("chosen")
"""
COMMAND = """
from alerter.cli.main import main
main(sys.argv[1:])
"""


def on_windows(
    script: str, *arguments: object, folder: Path | None = None
) -> subprocess.CompletedProcess[str]:
    """Run *script* in a process that has nothing of what only other systems have."""
    return subprocess.run(  # noqa: S603 - this Python, on what the tests wrote
        [sys.executable, "-c", REMOVE + script, *map(str, arguments)],
        capture_output=True, text=True, check=False, cwd=folder, encoding="utf-8",
    )  # fmt: skip


def test_every_module_is_imported_without_what_windows_has_not() -> None:
    """No `fcntl`, `resource`, `pwd`, `os.fork`, `os.geteuid`, `os.O_NOFOLLOW`, `signal.SIGHUP` and so on."""
    done = on_windows(IMPORT)
    assert done.stderr == ""
    assert int(done.stdout) > 200


def test_what_chooses_by_the_system_chooses_for_windows(tmp_path: Path) -> None:
    """Locks by `msvcrt`, no limits, the one steady clock; a nameless caller is asked for a name."""
    done = on_windows(CHOOSE, tmp_path)
    assert (done.stdout, done.stderr) == ("chosen\n", "")


def test_the_first_hour_needs_nothing_of_another_system(office: Office) -> None:
    """From the extract to the digests and a run into a folder, each command in a process of its own."""
    office.extract(row("A-1", as_of=today()), row("A-2", team="South", as_of=today()))
    extract = office.folder / "extract.csv"
    text = extract.read_text(encoding="utf-8").replace(",", ";")
    extract.write_bytes(text.replace("Adeyemi", "Adéyemi").replace("\n", "\r\n").encode("cp1252"))
    new = office.folder / "new"
    said = on_windows(COMMAND, "init", new, "--extract", extract)
    assert (said.returncode, "Traceback" in said.stderr) == (0, False)
    fill_in(new, authorised_on="authorised_on")
    assert address_teams(new) == ["North", "South"]
    for command in (("check",), ("preview", "--out", "look"), ("run",), ("status",)):
        done = on_windows(COMMAND, *command, folder=new)
        assert done.returncode == 0, done.stdout + done.stderr
    assert (new / "look" / "index.html").is_file()
