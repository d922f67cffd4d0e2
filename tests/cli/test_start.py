"""What a command imports before it does anything: the time it takes to start is mostly that."""

import subprocess
import sys

from tests.world.office import Office, row, today
from tests.world.terminal import alerter

NOT_FOR_STATUS = (
    "alembic", "apscheduler", "babel", "flask", "holidays", "jinja2", "psycopg", "python_calamine", "rich",
    "sqlalchemy.dialects.postgresql",
    "alerter.demo", "alerter.domain.digest", "alerter.domain.plan", "alerter.mail", "alerter.pipeline",
    "alerter.reports", "alerter.scheduler", "alerter.sources.source", "alerter.statistics",
    "alerter.transports", "alerter.web",
)  # fmt: skip
SCRIPT = """
import sys
from alerter.__main__ import main
sys.argv = ["alerter", *sys.argv[1:]]
try:
    main()
finally:
    print(*sys.modules, sep="\\n")
"""


def imported(*arguments: object) -> set[str]:
    """Return the modules that a fresh process has imported when a command has ended well."""
    command = [sys.executable, "-c", SCRIPT, *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - our own
    return set(done.stdout.splitlines())


def test_help_imports_no_command() -> None:
    """The list of commands comes from its table: nothing that a command needs is imported for it."""
    assert {name for name in imported("--help") if name.startswith("alerter")} == {
        "alerter", "alerter.__main__", "alerter.cli", "alerter.cli.commands", "alerter.cli.main",
        "alerter.errors",
    }  # fmt: skip


def test_status_imports_what_it_asks_for(office: Office) -> None:
    """
    No templates, readers, ways of sending or bank holidays, and no server's dialect; settings that were
    changed since the last run have the bank holidays looked up again.
    """
    office.extract(row("A-1", as_of=today()))
    alerter(office, "run")
    modules = imported("--config", office.config, "status")
    assert {"sqlalchemy", "alerter.app.status"} <= modules
    assert [name for name in NOT_FOR_STATUS if name in modules] == []
    office.configure(calendar__office_closed=[today()])
    assert "holidays" in imported("--config", office.config, "status")
