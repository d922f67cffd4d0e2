"""
`docs/architecture.md`: the floors, and one row of data walked from CSV to email.

`make documents` draws them anew in the page: the floors from import-linter's contract in `pyproject.toml`,
each file and function of the walk looked up in the code, the values from a preview of the row.
"""

import ast
import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs/architecture.md"
AS_OF = "2026-11-23"
DIRECTORY = """team,worker,manager_name,manager_email
Duty and Assessment North,,N. Okafor,n.okafor@council.example
"""
HEADINGS = "assessment_id,child_id,started_on,authorised_on,team,worker"
ROW = "A-10518,90177,12/10/2026,,Duty and Assessment North,M. Osei"
SETTINGS = """
council = "Sampleford"
[source]
kind = "csv"
path = "extract.csv"
[directory]
path = "directory.csv"
[calendar]
nation = "england"
[assessments.core]
label = "Core assessment"
[email]
allowed_domains = ["council.example"]
sender = "alerts@council.example"
admins = ["performance@council.example"]
fallback = "service.manager@council.example"
"""

FLOORS = {
    "__main__": "starts the command line",
    "cli": "one thin file a command: options in, text and exit code out",
    "web": "the page: who may see it, its forms, its views",
    "scheduler": "wakes the service; the ledger decides what is owed",
    "demo": "the made-up borough",
    "app": "what a command or a page does that is not the weekly job: one use case a file",
    "pipeline": "the weekly job: sync, prepare, deliver, conclude; `weekly.py` tells it",
    "installation": "one council: settings made into parts, and the only reader of the clock",
    "sources": "in: each kind of extract becomes assessments, or rejected rows",
    "transports": "out: each way of sending",
    "store": "our own database: functions take a connection and never commit",
    "mail": "what an email says, and its bytes",
    "reports": "the panel's paper: page, Word, CSV, charts",
    "bank_holidays": "the four nations' days off",
    "config": "one TOML file made into frozen settings, or all its faults at once",
    "deadline": "web requests that have an end",
    "statistics": "pure: shares, durations, forecast, small numbers, replay",
    "domain": "pure: calendar, clocks, stages, routing, digests, escalation, gates",
    "errors": "the error tree with its exit codes",
    "private_files": "files that only their owner may read",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One room of the walk: its file, the functions passed there, and the row when it leaves."""

    file: str
    functions: str
    value: str

    @property
    def names(self) -> list[str]:
        """Return the names of the functions."""
        return self.functions.split()


WALK = (
    Step("cli/run.py", "command", "`alerter run` opens the installation"),
    Step("pipeline/weekly.py", "run", "the story: learn bounces, sync, prepare, deliver, conclude"),
    Step("sources/csv_file.py", "open_csv", "cells, with the line they stand on"),
    Step("sources/rows.py", "read", "typed values, 2026-10-12 among them; or `Rejected` with its line"),
    Step("pipeline/sync.py", "sync apply_staged", "one transaction, undone if a gate closes"),
    Step(
        "store/staging.py",
        "stage collapse apply",
        "a staged row; then the store's, new, changed or as it was",
    ),
    Step("domain/gate.py", "reasons_to_hold", "no reason: the reading is applied"),
    Step("store/assessments.py", "open_on", "`Assessment`, with every other open one"),
    Step("domain/plan.py", "work_out", "the pure stretch: judge, route, compile, check the sums"),
    Step("domain/policy.py", "cut_offs judge", "`Alert`: day {day}, due {due}, past day 25"),
    Step("domain/routing.py", "route", "`Recipient`: n.okafor@council.example, by the team's line"),
    Step(
        "domain/compiling.py", "compile_digests check_partition", "in exactly one `Digest`, or nothing goes"
    ),
    Step("mail/view.py", "view_of", "ready sentences, for text and HTML alike"),
    Step("mail/digest_rows.py", "row_of", "the row's line, below"),
    Step("mail/writer.py", "check_receipt", "text and HTML; every planned row is read back from the text"),
    Step("mail/build.py", "build check", "bytes and Message-ID, read back and compared"),
    Step("pipeline/prepare.py", "draft_run enter", "one transaction: run, alerts, messages, all or none"),
    Step("store/outbox.py", "enqueue", "a message that waits"),
    Step("store/claims.py", "claim mark settle", "the message: claimed, marked, settled"),
    Step("pipeline/deliver.py", "deliver", "claim, talk, mark, dot, settle; no transaction while talking"),
    Step("transports/smtp.py", "send", "MAIL, RCPT, DATA, body; the mark; then the final dot"),
    Step("domain/delivery.py", "settlement", "sent; or deferred, refused, unknown, with the next attempt"),
    Step("pipeline/conclude.py", "conclude", "the run is closed, and the admins' summary queued"),
)


def floors() -> list[list[str]]:
    """Return the rooms of each floor of import-linter's contract, from the top."""
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]
    contracts = tools["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract["id"] == "floors")
    return [[name.strip() for name in layer.split("|")] for layer in layers]


def missing_functions() -> list[str]:
    """Return what the walk names and the code does not have."""
    return [f"{step.file}: {name}" for step in WALK for name in step.names if name not in _defined(step.file)]


def _defined(file: str) -> set[str]:
    path = ROOT / "alerter" / file
    tree = ast.parse(path.read_text(encoding="utf-8")) if path.exists() else ast.Module([], [])
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def line_of_the_email() -> str:
    """Return the row as a preview by the real program writes it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {"config.toml": SETTINGS, "directory.csv": DIRECTORY, "extract.csv": f"{HEADINGS}\n{ROW}\n"}
        for file, text in files.items():
            (folder / file).write_text(text, encoding="utf-8")
        command = [sys.executable, "-m", "alerter", "--config", str(folder / "config.toml"), "preview"]
        command += ["--as-of", AS_OF, "--out", str(folder / "out")]
        subprocess.run(  # noqa: S603 - this Python, on the files above
            command, cwd=ROOT, check=True, capture_output=True
        )
        (text,) = (path.read_text(encoding="utf-8") for path in (folder / "out").glob("*.txt"))
    (line,) = (line for line in text.splitlines() if line.startswith("A-10518"))
    return line


def page() -> str:
    """Return the whole page, its drawn parts anew."""
    line = line_of_the_email()
    text = PAGE.read_text(encoding="utf-8")
    for name, part in {"floors": _floors(), "row": _row(), "walk": _walk(line), "line": _block(line)}.items():
        begin, end = f"<!-- drawn: {name} -->\n", "<!-- end -->"
        before, _, rest = text.partition(begin)
        text = f"{before}{begin}{part}{end}{rest.partition(end)[2]}"
    return text


def _block(text: str) -> str:
    return f"```\n{text}\n```\n"


def _row() -> str:
    return _block(f"{HEADINGS}\n{ROW}")


def _floors() -> str:
    lines = ["| floor | room | what is in it |", "|---|---|---|"]
    for number, rooms in zip(range(len(floors()), 0, -1), floors(), strict=True):
        for room in rooms:
            place = room if (ROOT / "alerter" / room).is_dir() else f"{room}.py"
            lines.append(f"| {number} | [{room}](../alerter/{place}) | {FLOORS[room]} |")
    return "\n".join(lines) + "\n"


def _walk(email_line: str) -> str:
    lines = ["| | file | function | the row when it leaves |", "|---|---|---|---|"]
    day, due = email_line.partition("  day ")[2].split(", due ")
    for number, step in enumerate(WALK, start=1):
        called = ", ".join(f"`{name}`" for name in step.names)
        value = step.value.format(day=day, due=due.partition(" (")[0])
        lines.append(f"| {number} | [{step.file}](../alerter/{step.file}) | {called} | {value} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    if missing := missing_functions():
        sys.exit("The walk names what is no longer there: " + ", ".join(missing))
    PAGE.write_text(page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE}\n")
