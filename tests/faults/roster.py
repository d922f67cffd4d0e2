"""Which row of the matrix is shown by which test, or why it cannot be: read from the test modules' text."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
BEGINNING = "test_fault_"
CONSTANT = "CANNOT_RUN_HERE"


@dataclass(frozen=True, slots=True)
class Entry:
    """What there is for one row: a test's *name*, or a *reason* why there is none."""

    number: int
    name: str = ""
    reason: str = ""


def entries() -> list[Entry]:
    """Return every entry of every module of this folder."""
    return [entry for path in sorted(FOLDER.glob("test_*.py")) for entry in _entries_of(path)]


def number_of(name: str) -> int | None:
    """
    Return the row that a test bears in its name.

    >>> number_of("test_fault_003_killed_after_a_claim[sqlite]")
    3
    >>> number_of("test_every_row_has_a_test") is None
    True
    """
    digits = name.removeprefix(BEGINNING)[:3]
    return int(digits) if name.startswith(BEGINNING) and digits.isdigit() else None


def _entries_of(path: Path) -> Iterator[Entry]:
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef) and (number := number_of(node.name)) is not None:
            yield Entry(number, name=node.name)
        if isinstance(node, ast.Assign | ast.AnnAssign) and _is_constant(node) and node.value is not None:
            for number, reason in ast.literal_eval(node.value).items():
                yield Entry(number, reason=reason)


def _is_constant(node: ast.Assign | ast.AnnAssign) -> bool:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    return any(isinstance(target, ast.Name) and target.id == CONSTANT for target in targets)
