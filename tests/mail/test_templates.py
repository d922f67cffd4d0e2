"""Templates that somebody spoiled: what they leave out or make up is an error, and never an email."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TEMPLATE = Path("alerter", "mail", "templates", "digest.txt.j2")
WRITE = """
from tests.world import samples
print(samples.writer().digest(samples.usual_week(), samples.facts()).text)
"""


def write_with(folder: Path, old: str, new: str) -> str:
    """Write a digest with a copy of the program in whose template *old* is *new*; return what was said."""
    shutil.copytree(REPOSITORY / "alerter", folder / "alerter", ignore=shutil.ignore_patterns("__pycache__"))
    template = folder / TEMPLATE
    text = template.read_text(encoding="utf-8")
    assert text.count(old) == 1
    template.write_text(text.replace(old, new), encoding="utf-8")
    written = subprocess.run(  # noqa: S603 - this Python, and a script of our own
        [sys.executable, "-c", WRITE], capture_output=True, check=False, text=True, encoding="utf-8",
        cwd=REPOSITORY, env={"PYTHONPATH": f"{folder}:{REPOSITORY}", "PYTHONSAFEPATH": "1"},
    )  # fmt: skip
    return written.stdout + written.stderr


def test_a_value_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    """A slip of the pen in a name leaves no blank in an email."""
    assert "UndefinedError" in write_with(tmp_path, "{{ view.reason }}", "{{ view.raeson }}")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{% for row in group.rows %}", "{% for row in group.rows[1:] %}"),
        ("{{ row.mark }}", "{{ row.assessment_id }}  child {{ row.assessment_id }}  "),
    ],
)
def test_rows_that_are_not_those_planned_are_an_error(tmp_path: Path, old: str, new: str) -> None:
    """The text is held against the plan before it becomes a message."""
    assert "PartitionError" in write_with(tmp_path, old, new)


def test_a_sound_template_is_no_error(tmp_path: Path) -> None:
    """Other words in the same place are the template's own affair."""
    assert write_with(tmp_path, "{{ view.reason }}", "{{ view.reason }} indeed").count("indeed") == 1
