"""The command line itself: quick, with help for every command, and every command in the README."""

import re
import subprocess
import sys

from tests.world.council import Council
from tests.world.process import REPOSITORY

SLOW = ("sqlalchemy", "alembic", "pydantic", "jinja2", "holidays", "aiosmtpd")
CONTRACTED = (
    "demo", "init", "check", "migrate", "sync", "run", "deliver", "preview", "dates", "reassure", "status",
)  # fmt: skip
LISTED = re.compile(r"^  ([a-z]+)\s", re.MULTILINE)


def test_help_imports_nothing_slow(council: Council) -> None:
    """`alerter --help` answers without SQLAlchemy and its like."""
    program = (
        "import sys\n"
        "from alerter.__main__ import main\n"
        "sys.argv = ['alerter', '--help']\n"
        "try:\n    main()\nexcept SystemExit as ended:\n    assert not ended.code\n"
        f"print([name for name in {SLOW!r} if name in sys.modules], file=sys.stderr)\n"
    )
    ended = subprocess.run(  # noqa: S603 - this Python, on the program above
        [sys.executable, "-c", program], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    assert ended.stderr.strip() == "[]"
    assert "Usage: alerter" in ended.stdout


def test_every_command_has_help_and_a_line_in_the_readme(council: Council) -> None:
    """The commands of the contract are there, and each that is there says what it does."""
    listed = LISTED.findall(council.start("--help", is_cold=True).ended().out.partition("Commands:")[2])
    assert set(CONTRACTED) <= set(listed)
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    for command in listed:
        said = council.alerter(command, "--help")
        assert (said.exit_code, said.err) == (0, "")
        assert re.search(r"^Usage: alerter " + command, said.out)
        assert len(said.out.splitlines()[2].strip()) > len("Does it.")
        assert f"`alerter {command}" in readme
