"""Proof of life: what a watcher outside hears, and when."""

import io

import pytest

from alerter.app.heartbeat import Heartbeat, asked, fault_of
from alerter.app.logs import open_journal
from alerter.config.file import load_settings
from alerter.errors import ConfigError
from tests.world.council import ADMINS
from tests.world.mail_server import LATER, NEVER, MailServer
from tests.world.service import MANAGERS, Service
from tests.world.web import Watcher


@pytest.fixture
def log() -> io.StringIO:
    """Return what is written to the log."""
    return io.StringIO()


@pytest.fixture
def heartbeat(log: io.StringIO) -> Heartbeat:
    """Return a heartbeat that has signalled nothing yet."""
    journal = open_journal(log, "text", "alerter.test")
    return Heartbeat(lambda signal, why: journal.warn("heartbeat_failed", signal=signal, why=why))


def test_success_is_signalled_after_the_summary_was_accepted(
    service: Service, post_office: MailServer, watcher: Watcher
) -> None:
    """When the watcher hears the plain address, the admins have their summary."""
    arrived: list[int] = []
    watcher.on_heard = lambda: arrived.append(post_office.tally()[ADMINS])
    service.tick_at("Sun 2026-11-22 09:00")
    service.tick_at("Mon 2026-11-23 08:00")
    service.tick_at("Mon 2026-11-23 08:01")
    assert watcher.heard == ["/ping/abc/start", "/ping/abc"]
    assert arrived == [0, 1]


def test_success_is_withheld_while_the_summary_is_not_accepted(
    service: Service, post_office: MailServer, watcher: Watcher
) -> None:
    """The digests went out, and the admins' mailbox says later."""
    post_office.reply(ADMINS, LATER)
    service.tick_at("Sun 2026-11-22 09:00")
    service.tick_at("Mon 2026-11-23 08:00")
    assert watcher.heard == ["/ping/abc/start", "/ping/abc/fail"]
    service.tick_at("Mon 2026-11-23 08:02")
    assert watcher.heard[2:] == ["/ping/abc"]


def test_a_refused_digest_is_signalled_as_a_failure(
    service: Service, post_office: MailServer, watcher: Watcher
) -> None:
    """Once, and not again each minute."""
    post_office.reply(MANAGERS[0], NEVER)
    service.tick_at("Sun 2026-11-22 09:00")
    for minute in range(3):
        service.tick_at(f"Mon 2026-11-23 08:{minute:02d}")
    assert watcher.heard == ["/ping/abc/start", "/ping/abc/fail"]


def test_a_watcher_that_is_away_changes_nothing_for_the_managers(
    service: Service, post_office: MailServer, dead_url: str
) -> None:
    """Everything is sent, and the log says once that nobody heard of it."""
    service.council.configure(schedule__heartbeat_url=dead_url)
    service.tick_at("Sun 2026-11-22 09:00")
    for minute in range(3):
        service.tick_at(f"Mon 2026-11-23 08:{minute:02d}")
    assert post_office.tally() == {**dict.fromkeys(MANAGERS, 1), ADMINS: 1}
    assert [each["signal"] for each in service.events("heartbeat_failed")] == ["start", "success"]


def test_success_is_signalled_when_the_watcher_is_back(service: Service, watcher: Watcher) -> None:
    """It is tried again by each tick until it is heard."""
    watcher.answer = 503
    service.tick_at("Sun 2026-11-22 09:00")
    service.tick_at("Mon 2026-11-23 08:00")
    watcher.answer = 200
    service.tick_at("Mon 2026-11-23 08:01")
    service.tick_at("Mon 2026-11-23 08:02")
    assert watcher.heard == ["/ping/abc/start", "/ping/abc", "/ping/abc"]


@pytest.mark.parametrize(("restart", "heard"), [("Mon 2026-11-23 08:05", 1), ("Wed 2026-11-25 10:00", 0)])
def test_a_restart_is_no_new_proof_that_the_last_run_went_well(
    service: Service, watcher: Watcher, restart: str, heard: int
) -> None:
    """
    Within a day it is signalled again, in case it was lost with the process; later it is taken as heard.
    """
    service.tick_at("Sun 2026-11-22 09:00")
    service.tick_at("Mon 2026-11-23 08:00")
    service.stop()
    watcher.heard.clear()
    service.tick_at(restart)
    assert watcher.heard == ["/ping/abc"] * heard


def test_without_an_address_nobody_is_asked(heartbeat: Heartbeat, log: io.StringIO) -> None:
    """The heartbeat is an offer."""
    heartbeat.begin("", "2026-11-23")
    heartbeat.say("", "fail", "2026-11-23")
    assert log.getvalue() == ""


@pytest.mark.parametrize("answer", [404, 500])
def test_any_answer_but_a_good_one_is_a_fault(watcher: Watcher, answer: int) -> None:
    """The number is told, and the address is not: it is a secret."""
    watcher.answer = answer
    assert fault_of(asked(watcher.url, "success")) == f"the answer was {answer}"


def test_nobody_listening_is_a_fault_without_the_address(
    heartbeat: Heartbeat, log: io.StringIO, dead_url: str
) -> None:
    """It is logged in words that do not repeat the address."""
    assert fault_of(asked(dead_url, "fail")) == "ConnectionRefusedError"
    heartbeat.say(dead_url, "fail", "2026-11-23")
    heartbeat.say(dead_url, "fail", "2026-11-23")
    assert log.getvalue().count("heartbeat_failed") == 1
    assert "ping" not in log.getvalue()


@pytest.mark.parametrize("url", ["file:///etc/hostname", "ftp://127.0.0.1/x", "http://[", "nonsense"])
def test_nothing_but_the_web_is_asked(url: str) -> None:
    """Whatever stands there, it is a fault and no error."""
    assert fault_of(asked(url, "success")) != ""


def test_the_address_is_a_secret_that_may_lie_in_a_file(service: Service) -> None:
    """It never shows in the settings' own words, and no other kind of address is taken."""
    config = service.council.folder / "config.toml"
    service.council.write("url", "https://watch.example/canary-7\n")
    service.council.configure(schedule__heartbeat_url_file="url")
    settings = load_settings(config, {})
    url = settings.schedule.heartbeat_url
    assert url is not None
    assert url.get_secret_value() == "https://watch.example/canary-7"
    assert "canary" not in repr(settings)
    for wrong in ("ftp://watch.example/x", "watch.example/x", "https://", "file:///x", "https://a b"):
        service.council.configure(schedule__heartbeat_url=wrong)
        with pytest.raises(ConfigError, match=r"schedule\.heartbeat_url: must be a web address"):
            load_settings(config, {})
