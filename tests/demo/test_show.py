"""The demonstration: the real job on a made-up borough, into a folder that is ours."""

import os
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from alerter.demo.show import MARK, show
from alerter.errors import ConfigError

AS_OF = date(2026, 11, 23)

ROOT = Path(__file__).parents[2]


def test_every_email_arrives_and_is_kept(tmp_path: Path) -> None:
    """Each digest and the admins' summary is there as the server took it, and as a page to open."""
    shown = show(tmp_path / "demo", AS_OF)
    assert (shown.result.state, shown.result.outcomes) == ("done", {"sent": shown.result.digests})
    assert len(shown.arrived) == shown.result.digests + 1
    assert shown.result.counts["open"] == shown.borough.open
    emails = tmp_path / "demo" / "emails"
    assert sorted(emails.iterdir()) == sorted(
        path for each in shown.arrived for path in (each.page, each.page.with_suffix(".eml"))
    )
    assert all(
        each.page.read_text(encoding="utf-8").lower().startswith("<!doctype html>") for each in shown.arrived
    )
    (summary,) = [each for each in shown.arrived if each.recipient.startswith("performance@")]
    assert (
        summary.subject
        == f"Assessment alerts: all {shown.result.digests} digests delivered (23 November 2026)"
    )


def test_demonstration_may_be_repeated(tmp_path: Path) -> None:
    """A second one into the same folder begins anew, and shows the same."""
    first, second = (show(tmp_path, AS_OF) for _ in range(2))
    assert second.result.run is not None
    assert second.result.run.id == 1
    assert [(each.recipient, each.subject) for each in first.arrived] == [
        (each.recipient, each.subject) for each in second.arrived
    ]
    assert len(list((tmp_path / "emails").glob("*.eml"))) == len(second.arrived)


def test_demonstration_of_today_needs_no_day(tmp_path: Path) -> None:
    """Without a day the borough is as of today."""
    shown = show(tmp_path, None)
    assert shown.result.run is not None
    assert shown.result.as_of == shown.result.run.prepared_at.date()


def test_folder_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """What is no earlier demonstration is neither emptied nor written into."""
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(ConfigError, match="name another folder with --out"):
        show(tmp_path, AS_OF)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]
    assert not (tmp_path / MARK).exists()


def test_demonstration_without_its_mail_server_names_the_command(tmp_path: Path) -> None:
    """It is an extra, for nothing else needs it; nothing is written then."""
    program = "import sys; sys.modules['aiosmtpd'] = None; from alerter.cli.main import main; main(['demo'])"
    done = subprocess.run(  # noqa: S603 - this Python, on fixed words
        [sys.executable, "-c", program],
        cwd=tmp_path, env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert (
        done.stderr
        == 'alerter: demo: needs the package of its mail server: run pip install "alerter[demo]".\n'
    )
    assert list(tmp_path.iterdir()) == []
