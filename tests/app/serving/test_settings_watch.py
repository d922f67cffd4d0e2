"""Settings read again while the service runs: a good edit holds, a broken one keeps the last good ones."""

import pytest

from alerter.errors import ConfigError
from tests.world.council import ADMINS
from tests.world.mail_server import LATER, MailServer, free_port
from tests.world.service import EVERYBODY, MANAGERS, Service, subjects, text_of


def test_a_broken_edit_keeps_the_last_good_settings(service: Service, post_office: MailServer) -> None:
    """The admins are told once for what stands there, and Monday's run goes out all the same."""
    config = service.council.folder / "config.toml"
    good = config.read_text(encoding="utf-8")
    service.tick_at("Sun 2026-11-22 10:00")
    config.write_text(f"{good}\ncouncli = 1\n", encoding="utf-8")
    for minute in range(3):
        service.tick_at(f"Sun 2026-11-22 10:{minute + 1:02d}")
    assert post_office.tally() == {ADMINS: 1}
    assert "councli" in text_of(post_office, ADMINS)
    service.tick_at("Mon 2026-11-23 08:00")
    assert post_office.tally() == {**EVERYBODY, ADMINS: 2}
    assert len(service.events("settings_broken")) == 1
    config.write_text(f"{good}\ncouncli = 2\nnonsense", encoding="utf-8")
    service.tick_at("Mon 2026-11-23 09:00")
    assert post_office.tally()[ADMINS] == 3
    config.write_text(good, encoding="utf-8")
    service.tick_at("Mon 2026-11-23 09:01")
    assert service.events()[-1]["event"] == "settings_read"


def test_the_admins_are_told_of_a_broken_edit_when_their_server_is_back(
    service: Service, post_office: MailServer
) -> None:
    """One admin's server says later at first; nobody is told twice."""
    other = "head@council.example"
    service.council.configure(email__admins=[ADMINS, other])
    service.tick_at("Sun 2026-11-22 10:00")
    post_office.reply(other, LATER)
    service.council.write("config.toml", "council =")
    service.tick_at("Sun 2026-11-22 10:01")
    assert post_office.tally() == {ADMINS: 1}
    service.tick_at("Sun 2026-11-22 10:02")
    service.tick_at("Sun 2026-11-22 10:03")
    assert post_office.tally() == {ADMINS: 1, other: 1}


def test_a_good_edit_holds_from_the_next_tick(service: Service, post_office: MailServer) -> None:
    """The send time is moved to nine while the service runs: at eight nothing goes."""
    service.tick_at("Sun 2026-11-22 10:00")
    service.council.configure(schedule__time="09:00", email__subject_prefix="[NEW]")
    service.tick_at("Mon 2026-11-23 08:00")
    assert not post_office.arrived
    service.tick_at("Mon 2026-11-23 09:00")
    assert subjects(post_office, MANAGERS[0])[0].startswith("[NEW]")


def test_an_edit_that_names_another_database_is_followed(service: Service, post_office: MailServer) -> None:
    """Its schema is made, and it has no run yet: it waits for the next send date."""
    service.tick_at("Sun 2026-11-22 10:00")
    service.council.configure(database__url="sqlite:///other.db")
    service.tick_at("Sun 2026-11-22 10:01")
    service.tick_at("Mon 2026-11-23 08:00")
    assert (service.council.folder / "other.db").exists()
    assert post_office.tally() == EVERYBODY


def test_a_settings_file_that_is_gone_is_a_broken_one(service: Service, post_office: MailServer) -> None:
    """The run goes out by what it said last."""
    service.tick_at("Sun 2026-11-22 10:00")
    (service.council.folder / "config.toml").unlink()
    service.tick_at("Mon 2026-11-23 08:00")
    assert post_office.tally() == {**EVERYBODY, ADMINS: 2}


def test_a_password_changed_in_its_own_file_is_read_before_the_run(
    service: Service, post_office: MailServer
) -> None:
    """Nothing in the settings file changed; a secret that is gone keeps the last good settings."""
    service.council.write("url", "sqlite:///alerter.db")
    service.council.configure(database__url=None, database__url_file="url")
    service.tick_at("Sun 2026-11-22 10:00")
    (service.council.folder / "url").unlink()
    service.tick_at("Mon 2026-11-23 07:59")
    assert not service.events("settings_broken")
    service.tick_at("Mon 2026-11-23 08:00")
    assert post_office.tally() == {**EVERYBODY, ADMINS: 2}
    assert "database.url_file" in service.events("settings_broken")[0]["why"]


def test_a_mail_server_that_is_away_is_no_error(service: Service) -> None:
    """The log says that the admins could not be told."""
    service.council.configure(email__smtp__port=free_port())
    service.tick_at("Sun 2026-11-22 10:00")
    service.council.write("config.toml", "council =")
    service.tick_at("Sun 2026-11-22 10:01")
    assert [each["fault"] for each in service.events("admins_not_told")] == ["MailDeferredError"]


def test_the_service_does_not_start_on_broken_settings(service: Service) -> None:
    """There are no last good ones yet."""
    service.council.write("config.toml", "council =")
    with pytest.raises(ConfigError):
        service.start()
