"""Every part tried once: what is found, what needs a look, and what cannot be used."""

from datetime import timedelta
from pathlib import Path

import pytest

from alerter.app.check import Checked, check, send_test
from alerter.app.status import status_of
from alerter.errors import ConfigError, MailDeferredError, MailError
from alerter.installation.installation import Installation
from alerter.pipeline.sync import sync
from alerter.sources.directory import UNREADABLE
from alerter.store import syncs
from tests.app.office import DAYS, EXTRACTED_AT, NORTH, SOUTH, Office, row, text_of, today
from tests.mail import gallery
from tests.world.mail_server import MailServer, free_port

TEMPLATES = Path(__file__).parents[2] / "alerter" / "mail" / "templates"


def parts(installation: Installation) -> dict[str, Checked]:
    """Return the last row found for each part."""
    return {each.part: each for each in check(installation)}


def warnings(installation: Installation, part: str) -> list[str]:
    """Return what needs a look about one part."""
    return [each.found for each in check(installation) if each.part == part and each.is_warning]


def test_language_look_and_templates_are_told(office: Office) -> None:
    """With how many templates of the council's own are used."""
    (office.folder / "own").mkdir()
    (office.folder / "own" / "parts.html.j2").write_bytes((TEMPLATES / "parts.html.j2").read_bytes())
    (office.folder / "logo.png").write_bytes(gallery.logo())
    office.extract(row("A-1"))
    look = {"branding__name": "Sampleford", "branding__logo": "logo.png"}
    installation = office.open(email__language="cy", email__templates="own", **look)
    assert parts(installation)["emails"].found == (
        "in Welsh, under the name Sampleford, with a logo, 1 template of your own, tried on made-up digests"
    )


def test_a_template_that_cannot_be_used_is_a_fault_of_the_settings(office: Office) -> None:
    """
    All of them at once, each with its file and line: `check` says so, and a run before it reads anything.
    """
    (office.folder / "own").mkdir()
    for name in ("digest.txt.j2", "summary.txt.j2"):
        (office.folder / "own" / name).write_text("fine\n{{ nothing }}", encoding="utf-8")
    office.extract(row("A-1"))
    weekly = office.weekly(email__templates="own")
    with pytest.raises(ConfigError) as caught:
        weekly.run()
    assert [fault.split(": ")[:2] for fault in caught.value.faults] == [
        ["email.templates", "digest.txt.j2, line 2"], ["email.templates", "summary.txt.j2, line 2"],
    ]  # fmt: skip
    status = status_of(weekly.of)
    assert (status.last_run, status.data_age_hours) == (None, None)
    emails = parts(weekly.of)["emails"]
    assert (emails.exit_code, emails.found) == (caught.value.exit_code, str(caught.value))


def test_an_address_above_the_managers_is_tried_too(office: Office) -> None:
    """A service manager's address that cannot be used is named with its line of the directory."""
    office.council.directory({**NORTH, "escalate_to": "head@elsewhere.example"})
    office.extract(row("A-1"))
    (found,) = warnings(office.open(), "directory")
    assert found.startswith("the address in escalate_to (directory line 2) is at elsewhere.example")


def test_lines_of_the_directory_that_need_a_look_are_named(office: Office) -> None:
    """A line with a fault, and a cover that never ends, each by its number."""
    always = {**SOUTH, "cover_email": NORTH["manager_email"]}
    never = {**NORTH, "cover_email": SOUTH["manager_email"], "cover_until": "until further notice"}
    office.council.directory(always, never)
    office.extract(row("A-1"))
    assert warnings(office.open(), "directory") == [
        "line 2: the cover has no dates, so it holds always.",
        f"line 3: cover_until {UNREADABLE}.",
    ]


def test_old_open_records_have_a_key_proposed(office: Office) -> None:
    """Where more than a tenth began over 250 working days ago; with the key they are only counted."""
    office.extract(*(row(f"A-{n}", days=251 if n < 2 else 3, as_of=today()) for n in range(19)))
    since = DAYS.latest_start(today(), 251) + timedelta(days=1)
    (proposed,) = warnings(office.open(), "old records")
    assert proposed == (
        "2 of 19 open assessments began more than 250 working days ago: if these are records that "
        f"nobody closed, write ignore_started_before = {since} under [source], and they are only counted."
    )
    with_key = office.open(source__ignore_started_before=since)
    assert warnings(with_key, "old records") == []
    assert parts(with_key)["source"].found.endswith("17 open, 2 ignored")


def test_a_tenth_of_old_records_is_no_reason(office: Office) -> None:
    """Nor are those of exactly 250 working days."""
    office.extract(*(row(f"A-{n}", days=251 if n < 1 else 250, as_of=today()) for n in range(10)))
    assert warnings(office.open(), "old records") == []


def over_smtp(office: Office, port: int) -> Installation:
    """Return an installation whose mail server listens on *port*."""
    return office.open(email__transport="smtp", email__smtp__port=port)


def test_everything_in_order(office: Office) -> None:
    """Each part says what was found, and nothing of the try stays in the store."""
    office.extract(row("A-1", as_of=today()), row("A-2", authorised_on="2009-11-20"))
    installation = office.open()
    found = list(check(installation))
    assert [each.part for each in found] == [
        "settings", "calendar", "database", "source", "reading", "directory", "emails",
        "mail server", "send dates",
    ]  # fmt: skip
    assert not any(each.is_warning or each.exit_code for each in found)
    said = {each.part: each.found for each in found}
    assert said["settings"] == f"Sampleford; fingerprint {installation.settings.fingerprint}"
    assert said["calendar"].startswith("england, holidays ")
    assert said["calendar"].endswith("known to 2035-12-31; the start is day 0")
    assert said["database"] == "sqlite, schema current"
    assert said["source"] == "extract.csv of 2009-11-22 18:05: 2 rows, 0 rejected, 1 open"
    assert said["directory"] == "1 recipient for the open assessments"
    assert said["emails"] == "in English"
    assert said["mail server"] == str(office.folder / "sent")
    assert said["send dates"].count(";") == 4
    with installation.database.read() as connection:
        assert syncs.latest_applied(connection) is None


def test_how_dates_were_read_is_noted_once(office: Office) -> None:
    """Also where the extract is in the store already, whose rows are not read again."""
    office.extract(row("A-1", started_on="12/10/09"), row("A-2", started_on="13/10/09"))
    installation = office.open()
    with installation.database.write() as connection:
        sync(connection, installation, is_accepted=True)
    noted = [each.found for each in check(installation) if each.part == "reading"]
    assert noted[1:] == ['the column "started_on" has years of two digits: read day first, as 12/10/26']


def test_start_day_rule_is_said(office: Office) -> None:
    """Where the start counts, the calendar says so."""
    office.extract(row("A-1"))
    found = parts(office.open(calendar__count_start_day=True))
    assert found["calendar"].found.endswith("the first working day is day 1")


def test_override_that_changes_nothing_needs_a_look(office: Office) -> None:
    """A day off on a weekend is a slip more often than a wish."""
    office.extract(row("A-1"))
    (warning,) = warnings(office.open(calendar__days_off=[EXTRACTED_AT.date()]), "calendar")
    assert warning.startswith("calendar.days_off: 2009-11-22")
    assert "changes nothing" in warning


def test_rejected_rows_need_a_look(office: Office) -> None:
    """What cannot be believed is counted."""
    office.extract(row("A-1"), row("A-2", started_on=""))
    (warning,) = warnings(office.open(), "source")
    assert warning.endswith("2 rows, 1 rejected, 1 open")


def test_places_without_a_manager_need_a_look(office: Office) -> None:
    """A team that the directory does not have is named, with what it has that is spelt nearly so."""
    office.extract(row("A-1", team="Nrth", worker=""), row("A-2", team="Elsewhere", worker=""))
    assert warnings(office.open(), "directory") == [
        "team 'Elsewhere' is not in the directory.",
        "team 'Nrth' is not in the directory; did you mean 'North'?.",
    ]


def test_many_places_without_a_manager_are_counted(office: Office) -> None:
    """Twenty are named, and the others counted."""
    office.extract(*(row(f"A-{number}", team=f"Team {number}") for number in range(23)))
    found = warnings(office.open(), "directory")
    assert len(found) == 21
    assert found[-1] == "and 3 more like these."


def test_missing_extract_is_a_fault_and_the_rest_is_tried(office: Office) -> None:
    """The source cannot be used (exit code 3); mail server and send dates are looked at all the same."""
    found = parts(office.open())
    assert found["data"].exit_code == 3
    assert "extract.csv does not exist" in found["data"].found
    assert (found["mail server"].exit_code, found["send dates"].exit_code) == (0, 0)


def test_mail_server_that_is_away_is_a_fault(office: Office) -> None:
    """It is named with its port, and the exit code is the one for mail."""
    office.extract(row("A-1"))
    port = free_port()
    found = parts(over_smtp(office, port))["mail server"]
    assert found.exit_code == 1
    assert f"127.0.0.1:{port} cannot be reached" in found.found


def test_mail_server_is_greeted(office: Office) -> None:
    """A server that answers is told goodbye, and nothing is sent."""
    office.extract(row("A-1"))
    with MailServer() as server:
        found = parts(over_smtp(office, server.port))["mail server"]
        assert found.found == f"127.0.0.1:{server.port} (none)"
    assert server.verbs() == ["EHLO", "QUIT"]


def test_database_that_cannot_be_used_is_a_fault(office: Office) -> None:
    """A file that is no database is refused by name, for the database and for what needs it."""
    office.extract(row("A-1"))
    (office.folder / "alerter.db").write_text("no database", encoding="utf-8")
    found = parts(office.open())
    assert (found["database"].exit_code, found["data"].exit_code) == (3, 3)
    assert "no SQLite database" in found["database"].found


def test_test_message_says_nothing_but_that_it_came(office: Office) -> None:
    """It names the council, asks nothing, and the server's answer is returned."""
    assert send_test(office.open(), "n.okafor@council.example").startswith("written to ")
    (mail,) = office.sent()
    assert mail["To"] == "n.okafor@council.example"
    assert (
        text_of(mail) == "This is a test of the assessment alerts of Sampleford. Nothing is asked of you.\n"
    )


@pytest.mark.parametrize("address", ["n.okafor", "n.okafor@elsewhere.example", "a@council.example, b@x"])
def test_test_message_goes_to_an_allowed_address_only(office: Office, address: str) -> None:
    """What is no plain address in the allowed domains is refused before anything is sent."""
    with pytest.raises(ConfigError, match=r"--send-test: write one plain address in council\.example"):
        send_test(office.open(), address)
    assert office.sent() == []


def test_test_message_that_is_refused_is_a_fault(office: Office) -> None:
    """The server's words are in the error."""
    with (
        MailServer({"RCPT": b"550 no such user\r\n"}) as server,
        pytest.raises(MailError, match=r"not accepted \(refused\): 550 no such user"),
    ):
        send_test(over_smtp(office, server.port), "n.okafor@council.example")


def test_test_message_without_a_server_is_a_fault(office: Office) -> None:
    """A server that is not there defers the message."""
    with pytest.raises(MailDeferredError, match="cannot be reached"):
        send_test(over_smtp(office, free_port()), "n.okafor@council.example")


def test_settings_and_extract_may_lie_anywhere(office: Office, tmp_path: Path) -> None:
    """A folder as the source gives its newest file."""
    office.extract(row("A-1"))
    (tmp_path / "extracts").mkdir()
    (tmp_path / "extract.csv").rename(tmp_path / "extracts" / "newest.csv")
    assert parts(office.open(source__path="extracts"))["source"].found.startswith("newest.csv of ")
