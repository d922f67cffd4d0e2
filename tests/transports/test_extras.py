"""What is said when the package that a way of sending needs is not installed."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOKENS = """
from alerter.transports.oauth import EntraTokens, Registration
registration = Registration(authority="https://x.example/t", client_id="c", client_secret="s", scope="p")
EntraTokens(registration)(is_anew=False)
"""
NOTIFY = """
from alerter.transports.notify import NotifyService, NotifyTransport
NotifyTransport(NotifyService(api_key="k", template_id="t")).connect()
"""


@pytest.mark.parametrize(
    ("program", "command"),
    [(TOKENS, 'pip install "alerter[m365]"'), (NOTIFY, 'pip install "alerter[notify]"')],
    ids=["xoauth2", "notify"],
)
def test_a_missing_package_is_named_with_its_command(program: str, command: str) -> None:
    """In a Python without any packages both ways load, and stop with the command that mends it."""
    bare = [sys.executable, "-S", "-c", program]
    done = subprocess.run(bare, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words
    assert "MailStoppedError" in done.stderr
    assert command in done.stderr.splitlines()[-1]
