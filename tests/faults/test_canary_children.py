"""
Children with names and numbers that nobody has: where they turn up in a week that goes wrong.

What a child is called is read by nobody. Its numbers stand in the store, in digests, in the admins' lists of
exceptions and in those of `--json`; in no subject, header, log, error, file name or process title.
"""

import json
import signal
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.acceptance.caseload import MONDAY, NEXT_MONDAY, row
from tests.world.council import Council
from tests.world.letters import read
from tests.world.mail_server import DROP, LATER, NEVER, MailServer
from tests.world.process import Process, Said, until
from tests.world.terminal import alerter

NAME, BORN, NOTE = "Nightjar Canaria", "1989-07-19", "canary-note"
NAMES = (NAME, "Nightjar", "nightjar", "Canaria", BORN, "19/07/1989", NOTE)
IDS = ("CANARYCHILD", "CANARYCASE")
SCRIPT = {"m00@council.example": [NEVER], "m01@council.example": [LATER], "m02@council.example": [DROP]}
FAULTY: tuple[Mapping[str, object], ...] = (
    {"started_on": "soon"},
    {"started_on": ""},
    {"started_on": "2099-01-01"},
    {"authorised_on": "2020-01-01"},
    {"authorised_on": "TBC"},
    {"type": "phantom"},
    {"manager_email": "no address"},
    {"manager_email": "x@elsewhere.example"},
    {"manager_email": "", "team": "Nowhere"},
    {"audit_score": "many"},
    {"child_id": "1.07E+07"},
)


@dataclass(slots=True)
class Week:
    """A council, its mail server, and whatever was said, by any process, in any way."""

    council: Council
    post_office: MailServer
    said: list[str] = field(default_factory=list)
    seen: list[bytes] = field(default_factory=list)

    def does(self, exit_code: int, *arguments: object) -> Said:
        """Run one command, which must end so; keep what it said."""
        said = alerter(self.council, *arguments)
        assert said.exit_code == exit_code, (arguments, said)
        self.said += [without_exceptions(said.out), said.err]
        return said

    def starts(self, *arguments: object) -> Process:
        """Start one command in a process of its own."""
        return self.council.start(*arguments, is_cold=True)

    def keeps(self, process: Process) -> None:
        """Keep what a process said until its end."""
        said = process.ended()
        self.said += [without_exceptions(said.out), said.err]


@pytest.fixture
def week(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Week]:
    """Run the mail server, and let temporary files fall where they are found."""
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    (tmp_path / "tmp").mkdir()
    (tmp_path / "council").mkdir()
    looked_at: list[Process] = []
    seen: list[bytes] = []

    def look(_recipient: str) -> None:
        for process in looked_at:
            folder = Path(f"/proc/{process.pid}")
            seen.extend((folder / name).read_bytes() for name in ("cmdline", "comm", "environ"))

    with MailServer(to=SCRIPT, on_rcpt=look) as post_office:
        council = Council(tmp_path / "council", post_office.port)
        council.configure()
        week = Week(council, post_office, seen=seen)
        _go_wrong(week, looked_at)
        yield week


def test_canary_children_are_where_they_may_be_alone(week: Week, tmp_path: Path) -> None:
    """
    After a week of refusals, bad rows, broken files, a held run and a service: every byte is looked through.
    """
    letters = [read(parcel) for parcel in week.post_office.seen]
    bodies = "".join(letter.text + letter.html for letter in letters)
    heads = "".join(f"{key}: {value}\n" for letter in letters for key, value in letter.message.items())
    store = b"".join(path.read_bytes() for path in week.council.folder.glob("alerter.db*"))
    assert all(id_ in bodies and id_.encode() in store for id_ in IDS)
    files = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if _is_ours_to_look_at(path))
    names = "\n".join(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*"))
    said = "\n".join(week.said)
    assert all(words in said for words in ("refused", "month first", "quotation mark", "held"))
    assert week.seen
    places = {"said": said, "heads": heads, "files": files.decode("latin-1"), "names": names,
              "processes": b"".join(week.seen).decode("latin-1")}  # fmt: skip
    for place, content in places.items():
        assert [word for word in (*IDS, *NAMES) if word in content] == [], place
    for place, content in {"bodies": bodies, "store": store.decode("latin-1")}.items():
        assert [word for word in NAMES if word in content] == [], place


def without_exceptions(out: str) -> str:
    """Return what a command printed, less the exceptions, which name assessments."""
    if not out.startswith("{"):
        return out
    value = json.loads(out)
    value.pop("exceptions", None)
    return json.dumps(value)


def _is_ours_to_look_at(path: Path) -> bool:
    """Say whether a file is neither the extract nor the store."""
    return path.is_file() and not path.name.startswith(("extract", "alerter.db"))


def _go_wrong(week: Week, looked_at: list[Process]) -> None:
    """Do two weeks in which whatever can be wrong with data, files and mail server is."""
    council = week.council
    council.extract(_rows())
    week.does(3, "run", "--as-of", MONDAY)
    council.directory()
    council.write("config.toml", "council = \n")
    week.does(2, "run", "--as-of", MONDAY)
    council.configure()
    running = week.starts("run", "--as-of", MONDAY, "--json")
    looked_at.append(running)
    week.keeps(running)
    looked_at.clear()
    week.does(1, "status")
    week.does(0, "deliver")
    for text in (_month_first(), _open_quote()):
        council.write("extract.csv", text)
        week.does(3, "run", "--as-of", NEXT_MONDAY)
        week.does(3, "check")
    council.extract([], columns=list(_child(0)))
    week.does(1, "run", "--as-of", NEXT_MONDAY, "--json")
    week.does(1, "status", "--json")
    council.extract(_rows())
    week.does(0, "run", "--as-of", NEXT_MONDAY, "--json")
    service = week.starts("serve", "--log", "json")
    until(lambda: "\n" in service.err)
    service.send(signal.SIGTERM)
    week.keeps(service)


def _child(number: int, **changed: object) -> dict[str, object]:
    manager = f"m{number % 4:02d}"
    ids = {"assessment_id": f"CANARYCASE-{number}", "child_id": f"CANARYCHILD-{number}"}
    more = {"type": "core", "authorised_on": "", "audit_score": "", "child_name": NAME}
    return row(number, manager=manager) | ids | more | {"date_of_birth": BORN, "notes": NOTE} | changed


def _rows() -> list[dict[str, object]]:
    sound = [_child(number) for number in range(8)]
    twice = [_child(20), _child(20, authorised_on=MONDAY.isoformat()), _child(21), _child(21, team="Court")]
    return sound + twice + [_child(number, **fault) for number, fault in enumerate(FAULTY, start=30)]


def _month_first() -> str:
    return f"assessment_id,child_id,started_on,child_name\nCANARYCASE-1,CANARYCHILD-1,09/25/2025,{NAME}\n"


def _open_quote() -> str:
    return f'assessment_id,child_id,started_on,child_name\n"CANARYCASE-1,CANARYCHILD-1,2025-09-25,{NAME}\n'
