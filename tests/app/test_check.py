"""Every part tried once: what is found, what needs a look, and what cannot be used."""

import os
from datetime import date, timedelta
from pathlib import Path

import pytest

from alerter.app.check import check, send_test
from alerter.app.check_directory import NOT_THERE
from alerter.app.check_extract import how_far_back
from alerter.app.section import Section, State
from alerter.app.status import status_of
from alerter.domain.periods import Period, year_of
from alerter.errors import ConfigError, MailDeferredError, MailError
from alerter.installation.installation import Installation
from alerter.pipeline.sync import sync
from alerter.sources.directory import UNREADABLE
from alerter.store import syncs
from tests.mail import gallery
from tests.world.letters import text_of
from tests.world.mail_server import MailServer, free_port
from tests.world.office import DAYS, EXTRACTED_AT, NORTH, SOUTH, Office, row, today

TEMPLATES = Path(__file__).parents[2] / "alerter" / "mail" / "templates"


def parts(installation: Installation) -> dict[str, Section]:
    """Return the sections by name."""
    return {section.name: section for section in check(installation)}


def words(installation: Installation, part: str) -> list[str]:
    """Return the lines of one part."""
    return [line.words for line in parts(installation)[part].lines]


def warnings(installation: Installation, part: str) -> list[str]:
    """Return what needs a look about one part."""
    section = parts(installation).get(part)
    return [line.words for line in section.lines if line.state is State.LOOK] if section else []


def test_language_look_and_templates_are_told(office: Office) -> None:
    """With how many templates of the council's own are used."""
    (office.folder / "own").mkdir()
    (office.folder / "own" / "parts.html.j2").write_bytes((TEMPLATES / "parts.html.j2").read_bytes())
    (office.folder / "logo.png").write_bytes(gallery.logo())
    office.extract(row("A-1"))
    look = {"branding__name": "Sampleford", "branding__logo": "logo.png"}
    installation = office.open(email__language="cy", email__templates="own", **look)
    assert words(installation, "emails") == [
        "in Welsh, under the name Sampleford, with a logo, 1 template of your own, tried on made-up digests"
    ]


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
    assert (emails.exit_code, [line.text for line in emails.lines]) == (2, str(caught.value).splitlines())


def test_an_address_above_the_managers_is_tried_too(office: Office) -> None:
    """A service manager's address that cannot be used is named with its line of the directory."""
    office.council.directory({**NORTH, "escalate_to": "head@elsewhere.example"})
    office.extract(row("A-1"))
    (found,) = warnings(office.open(), "managers")
    assert found.startswith("the address in escalate_to (directory line 2) is at elsewhere.example")


def test_lines_of_the_directory_that_need_a_look_are_named(office: Office) -> None:
    """A line with a fault, one without an address, and a cover that never ends, each by its number."""
    always = {**SOUTH, "cover_email": NORTH["manager_email"]}
    never = {**NORTH, "cover_email": SOUTH["manager_email"], "cover_until": "until further notice"}
    office.council.directory(always, never, {"team": "West"})
    office.extract(row("A-1"))
    installation = office.open()
    assert warnings(installation, "directory") == [
        f"3 lines, 1 without an address{NOT_THERE}",
        f"line 3: cover_until {UNREADABLE}.",
    ]
    (always_covered,) = warnings(installation, "covers")
    assert always_covered == (
        "n.okafor@council.example stands in for S. Lindqvist; "
        "the cover has no dates, so it holds always (directory line 2)"
    )


def test_covers_of_today_are_named(office: Office) -> None:
    """Once for all the lines of one cover, with its dates; not those that are over or have not begun."""
    until = {**SOUTH, "cover_email": NORTH["manager_email"], "cover_until": today().isoformat()}
    over = {**NORTH, "cover_email": SOUTH["manager_email"], "cover_until": "2009-11-30"}
    office.council.directory(until, {**until, "team": "West"}, over)
    office.extract(row("A-1"))
    assert words(office.open(), "covers") == [
        f"n.okafor@council.example stands in for S. Lindqvist until {today()} (directory lines 2, 3)"
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
    assert words(with_key, "old records") == [
        f"ignored: 2 open and begun before {since}: counted, not chased"
    ]
    assert words(with_key, "open today")[0].startswith("17 open: ")


def test_a_tenth_of_old_records_is_no_reason(office: Office) -> None:
    """Nor are those of exactly 250 working days."""
    office.extract(*(row(f"A-{n}", days=251 if n < 1 else 250, as_of=today()) for n in range(10)))
    assert warnings(office.open(), "old records") == []


def over_smtp(office: Office, port: int) -> Installation:
    """Return an installation whose mail server listens on *port*."""
    return office.open(email__transport="smtp", email__smtp__port=port)


def test_everything_in_order(office: Office) -> None:
    """Each part says what was understood, and nothing of the try stays in the store."""
    started_on = DAYS.latest_start(today(), 30).isoformat()
    office.extract(
        row("A-1", as_of=today()), row("A-2", started_on=started_on, authorised_on=today().isoformat())
    )
    installation = office.open()
    found = parts(installation)
    assert list(found) == [
        "how far back", "mail server", "settings", "emails", "calendar", "database", "source", "columns",
        "types", "dates", "directory", "covers", "rows", "gates", "open today", "managers", "page",
        "send dates",
    ]  # fmt: skip
    assert [name for name, section in found.items() if section.state is not State.OK] == [
        "how far back", "mail server",
    ]  # fmt: skip
    said = {name: [line.words for line in section.lines] for name, section in found.items()}
    assert said["settings"] == [f"Sampleford; fingerprint {installation.settings.fingerprint}"]
    assert said["calendar"][0].startswith("england, holidays ")
    assert said["calendar"][0].endswith("known to 2035-12-31; the start is day 0")
    assert said["database"] == ["sqlite, schema current"]
    assert said["source"] == ["extract.csv of 2009-11-22 18:05", "read as UTF-8, comma"]
    assert said["types"] == ["core: 2 rows, 1 open; 35 working days from started_on, alert after 25"]
    first, last = started_on, found["dates"].lines[0].text.rpartition(" ")[2]
    assert said["dates"] == [
        f"starts: first {first}, last {last}", f"sign-offs: first {today()}, last {today()}",
    ]  # fmt: skip
    assert said["directory"] == ["2 lines, 0 without an address"]
    assert said["covers"] == ["nobody stands in today"]
    assert said["open today"] == ["1 open: 0 overdue, 1 past alert, 0 reassured, 0 approaching, 0 on track"]
    assert said["managers"] == ["1 recipient for the open assessments"]
    assert said["emails"] == ["in English"]
    assert len(said["send dates"]) == 5
    with installation.database.read() as connection:
        assert syncs.latest_applied(connection) is None


def test_a_folder_for_transport_mails_nobody(office: Office) -> None:
    """That is said, with the key that changes it."""
    office.extract(row("A-1"))
    (said,) = warnings(office.open(), "mail server")
    folder = office.folder / "sent"
    assert said == (
        f'nobody is mailed: messages are written into {folder}; [email] transport = "smtp" mails them'
    )


def test_the_page_is_named(office: Office) -> None:
    """Its address where there is one, and else the key that makes one."""
    office.extract(row("A-1"))
    (none,) = words(office.open(), "page")
    assert none.endswith("[web] base_url makes one")
    page = {"web__base_url": "https://alerts.council.example", "web__secret_key": "k" * 32}
    assert words(office.open(**page), "page") == [
        "https://alerts.council.example: answers while `alerter web` runs"
    ]


def test_a_team_without_a_heading_needs_a_look(office: Office) -> None:
    """A directory of teams would lead nowhere, while all of it was mapped but for that."""
    columns = {"assessment_id": "Ref", "child_id": "Child", "started_on": "Begun", "worker": "SW"}
    office.council.extract(
        [{"Ref": "A-1", "Child": "7", "Begun": "2009-10-12", "SW": "A. Bell", "Organisation": "North"}]
    )
    mapped = {f"source__columns__{name}": heading for name, heading in columns.items()}
    said = next(line for line in parts(office.open(**mapped))["columns"].lines if line.item == "team")
    assert said.state is State.LOOK
    assert said.text.endswith("map its heading if there is one")


def test_columns_show_their_headings(office: Office) -> None:
    """What is mapped, what has no heading and what that means, and which headings nobody asked for."""
    office.council.extract(
        [{"Ref": "A-1", "Child": "7", "Begun": "2009-10-12", "Form Name": "x", "Surname": "x", "Notes": "y"}]
    )
    columns = {"assessment_id": "Ref", "child_id": "Child", "started_on": "Begun"}
    mapped = {f"source__columns__{name}": heading for name, heading in columns.items()}
    section = parts(office.open(**mapped))["columns"]
    assert [line.item for line in section.lines if line.state is State.LOOK] == [
        "team, worker", "authorised_on", '"Form Name"',
    ]  # fmt: skip
    assert section.lines[2].text == 'may be type, which has no heading: [source.columns] type = "Form Name"'
    said = [line.words for line in section.lines if line.state is State.OK]
    assert said == [
        'assessment_id: "Ref"', 'child_id: "Child"', "type: no heading: every row is 'core'",
        'started_on: "Begun"', 'headings not used: "Form Name", "Surname", "Notes"',
    ]  # fmt: skip


def test_types_are_seen_by_their_names(office: Office) -> None:
    """A column of them that is not mapped counts as one type what are two, whatever its heading is."""
    types = ("Core assessment", "Initial Assessment", "Core assessment", "")
    office.council.extract(
        [
            {"child_id": n, "started_on": "2009-10-12", "Process": type_, "Surname": "Core"}
            for n, type_ in enumerate(types)
        ]
    )
    (said,) = (line for line in warnings(office.open(), "columns") if "type" in line)
    assert said == '"Process": may be type, which has no heading: [source.columns] type = "Process"'


def test_how_far_back_the_sign_offs_go(office: Office) -> None:
    """Without any of this year, and with those since April and before."""
    april = year_of(today()).first
    for authorised_on in ("", "2009-12-14"):
        office.extract(row("A-1", authorised_on=authorised_on))
        (said,) = warnings(office.open(), "how far back")
        assert said.startswith(
            f"this year's figures: no sign-off since {april} is known: the digests are right"
        )
    office.extract(row("A-1", authorised_on="2009-12-14"), row("A-2", authorised_on=april.isoformat()))
    assert words(office.open(), "how far back") == [
        f"this year's figures: whole: the sign-offs since {april} are known",
        "the report: known since 2009-12-14; the forecast needs a year of sign-offs, its back-test three",
    ]


@pytest.mark.parametrize(("days", "is_whole"), [(31, True), (32, False)])
def test_sign_offs_may_be_a_month_away_from_april(days: int, *, is_whole: bool) -> None:
    """A later first one means that the extract leaves the earlier ones out, and the day it lacks is said."""
    known = Period(date(2026, 4, 1) + timedelta(days=days), date(2026, 11, 27), "sign-offs")
    first, *_ = how_far_back(known, date(2026, 11, 30))
    assert (first.state is State.OK) == is_whole
    assert is_whole or first.text.endswith("let the extract go back to 2026-04-01")


def test_several_files_of_a_folder_are_named(office: Office, tmp_path: Path) -> None:
    """Which was taken and what the others are; it needs a look where one is of another kind."""
    office.extract(row("A-1"))
    (tmp_path / "extracts").mkdir()
    for name in ("old.csv", "~$open.xlsx"):
        (tmp_path / "extracts" / name).write_text("x", encoding="utf-8")
        os.utime(tmp_path / "extracts" / name, (1, 1))
    (tmp_path / "extract.csv").rename(tmp_path / "extracts" / "newest.csv")
    installation = office.open(source__path="extracts")
    assert (
        words(installation, "source")[-1]
        == "newest.csv: the newest that kind = 'csv' reads; also there: old.csv"
    )
    assert warnings(installation, "source") == []
    (tmp_path / "extracts" / "list.xlsx").write_text("x", encoding="utf-8")
    assert warnings(installation, "source") == [
        "newest.csv: the newest that kind = 'csv' reads; also there: list.xlsx, old.csv"
    ]


def test_how_dates_were_read_is_noted_once(office: Office) -> None:
    """Also where the extract is in the store already, whose rows are not read again."""
    office.extract(row("A-1", started_on="12/10/09"), row("A-2", started_on="13/10/09"))
    installation = office.open()
    with installation.database.write() as connection:
        sync(connection, installation, is_accepted=True)
    noted = words(installation, "source")
    assert noted[2:] == ['the column "started_on" has years of two digits: read day first, as 12/10/26']


def test_start_day_rule_is_said(office: Office) -> None:
    """Where the start counts, the calendar says so."""
    office.extract(row("A-1"))
    (said,) = words(office.open(calendar__count_start_day=True), "calendar")
    assert said.endswith("the first working day is day 1")


def test_override_that_changes_nothing_needs_a_look(office: Office) -> None:
    """A day off on a weekend is a slip more often than a wish."""
    office.extract(row("A-1"))
    (warning,) = warnings(office.open(calendar__days_off=[EXTRACTED_AT.date()]), "calendar")
    assert warning.startswith("calendar.days_off: 2009-11-22")
    assert "changes nothing" in warning


def test_rejected_rows_need_a_look(office: Office) -> None:
    """What cannot be believed is counted by reason; so is what counts as blank in a row that is kept."""
    office.extract(row("A-1", authorised_on="TBC"), row("A-2", started_on=""), row("A-3", started_on=""))
    installation = office.open()
    assert words(installation, "rows") == [
        "rejected: 2 rows: has no started_on (lines 3, 4)", "3 rows, 2 rejected",
    ]  # fmt: skip
    assert warnings(installation, "unreadable values") == [
        "authorised_on: 1 value taken as blank, because it cannot be read or believed"
    ]


def test_places_without_a_manager_need_a_look(office: Office) -> None:
    """A team that the directory lacks is one line, with what it has that is spelt nearly so."""
    workers = ("P. Adeyemi", "S. Malik")
    office.extract(
        row("A-1", team="Nrth", worker=""),
        *(
            row(f"A-{number}", team="Elsewhere", worker=worker)
            for number, worker in enumerate(workers, start=2)
        ),
        row("A-4", team="", worker="S. Malik"),
    )
    assert warnings(office.open(), "managers") == [
        "team 'Elsewhere' is not in the directory: 2 open assessments for the fallback.",
        "team 'Nrth' is not in the directory: 1 open assessment for the fallback; did you mean 'North'?",
        "worker 'S. Malik' is not in the directory: 1 open assessment for the fallback.",
    ]


def test_many_places_without_a_manager_are_counted(office: Office) -> None:
    """Twenty are named, and the others counted."""
    office.extract(*(row(f"A-{number}", team=f"Team {number}") for number in range(23)))
    found = warnings(office.open(), "managers")
    assert len(found) == 21
    assert found[-1] == "and 3 more like these."


def test_missing_extract_is_a_fault_and_the_rest_is_tried(office: Office) -> None:
    """The source cannot be used (exit code 3); mail server and send dates are looked at all the same."""
    found = parts(office.open())
    assert next(iter(found)) == "source"
    assert (found["source"].exit_code, found["source"].state) == (3, State.FAULT)
    assert "extract.csv does not exist" in found["source"].lines[0].text
    assert {found[part].exit_code for part in ("directory", "mail server", "send dates")} == {0}


def test_missing_directory_is_a_fault_and_the_extract_is_shown(office: Office) -> None:
    """What is understood of the extract needs no directory."""
    office.extract(row("A-1"))
    (office.folder / "directory.csv").unlink()
    found = parts(office.open())
    assert [name for name, section in found.items() if section.exit_code] == ["directory"]
    assert found["types"].lines[0].counts == {"rows": 1, "open": 1}


def test_mail_server_that_is_away_is_a_fault(office: Office) -> None:
    """It is named with its port, and the exit code is the one for mail."""
    office.extract(row("A-1"))
    port = free_port()
    found = parts(over_smtp(office, port))["mail server"]
    assert found.exit_code == 1
    assert f"127.0.0.1:{port} cannot be reached" in found.lines[0].text


def test_mail_server_is_greeted(office: Office) -> None:
    """A server that answers is told goodbye, and nothing is sent."""
    office.extract(row("A-1"))
    with MailServer() as server:
        assert words(over_smtp(office, server.port), "mail server") == [f"127.0.0.1:{server.port} (none)"]
    assert server.verbs() == ["EHLO", "QUIT"]


def test_database_that_cannot_be_used_is_a_fault(office: Office) -> None:
    """A file that is no database is refused by name, once; what needs none is shown."""
    office.extract(row("A-1"))
    (office.folder / "alerter.db").write_text("no database", encoding="utf-8")
    found = parts(office.open())
    assert [name for name, section in found.items() if section.exit_code == 3] == ["database"]
    assert "no SQLite database" in found["database"].lines[0].text
    assert found["columns"].lines


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
    assert words(office.open(source__path="extracts"), "source")[0].startswith("newest.csv of ")
