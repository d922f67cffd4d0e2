"""`alerter list` and `alerter extend`: every open assessment, and what was authorised beyond the limit."""

import csv
import json
from collections import Counter
from datetime import date, timedelta

import pytest
from python_calamine import CalamineWorkbook

from tests.world.office import AS_OF, DAYS, NORTH, SOUTH, Office, row, today
from tests.world.terminal import alerter

COLUMNS = [
    "assessment_id", "child_id", "type", "team", "worker", "manager_email", "stage", "age", "alert_on",
    "due_on", "expected_on", "extended_until", "extended_by", "extension_reason",
]  # fmt: skip
OKAFOR, SERVICE = "n.okafor@council.example", "h.service@council.example"
AGES = (3, 24, 25, 26, 30, 35, 36, 60)


def listed(office: Office, *options: object) -> list[dict[str, object]]:
    """Return the rows of the list as JSON."""
    said = alerter(office, "list", "--json", *options)
    assert said.exit_code == 0, said.err
    rows = json.loads(said.out)["assessments"]
    assert isinstance(rows, list)
    return rows


def service(office: Office) -> None:
    """Give North a service manager."""
    office.council.directory(NORTH | {"escalate_to": SERVICE}, SOUTH)


def test_list_holds_every_open_assessment_with_its_dates(office: Office) -> None:
    """Stage, age and dates by counting days one by one; worst first; ended ones are not in it."""
    ended = row("A-99", days=40, authorised_on=AS_OF.isoformat())
    office.extract(*(row(f"A-{age}", days=age) for age in AGES), ended, row("B-1", team="Nowhere"))
    alerter(office, "sync")
    rows = listed(office, "--as-of", AS_OF)
    assert [list(row_) for row_ in rows] == [COLUMNS] * 9
    by_id = {str(row_["assessment_id"]): row_ for row_ in rows}
    for age in AGES:
        start = DAYS.latest_start(AS_OF, age)
        weekdays = (start + timedelta(days=days) for days in range(1, 90))
        counted = [day.isoformat() for day in weekdays if DAYS.is_working_day(day)]
        row_ = by_id[f"A-{age}"]
        assert (row_["age"], row_["alert_on"], row_["due_on"]) == (age, counted[24], counted[34])
        assert row_["manager_email"] == OKAFOR
    assert by_id["B-1"]["manager_email"] == ""
    stages = Counter(row_["stage"] for row_ in rows)
    assert stages == {"overdue": 2, "past_alert": 4, "approaching": 2, "on_track": 1}
    assert [row_["age"] for row_ in rows][:3] == [60, 36, 35]
    assert listed(office, "--as-of", AS_OF, "--stage", "on_track") == [by_id["A-3"]]
    assert listed(office, "--as-of", AS_OF, "--team", "NOWHERE") == [by_id["B-1"]]
    assert len(listed(office, "--as-of", AS_OF, "--manager", OKAFOR.upper())) == 8


def test_list_as_a_file_computes_nothing(office: Office) -> None:
    """A cell that begins like a formula is text in CSV and workbook; only its owner may read the file."""
    office.extract(row("=1+1", worker="@SUM(A1)"))
    alerter(office, "sync")
    for ending in ("csv", "xlsx"):
        file = office.folder / f"open.{ending}"
        assert alerter(office, "list", "--as-of", AS_OF, "--out", file).exit_code == 0
        assert file.stat().st_mode & 0o077 == 0
    headings, cells = csv.reader((office.folder / "open.csv").read_text("utf-8-sig").splitlines())
    assert headings == COLUMNS
    assert (cells[0], cells[4]) == ("'=1+1", "'@SUM(A1)")
    sheet = CalamineWorkbook.from_path(office.folder / "open.xlsx").get_sheet_by_index(0).to_python()
    assert sheet[0] == COLUMNS
    assert (sheet[1][0], sheet[1][4], sheet[1][7]) == ("=1+1", "@SUM(A1)", 27)
    assert isinstance(sheet[1][9], date)


@pytest.mark.parametrize("options", [["--stage", "late"], ["--out", "open.pdf"]])
def test_list_refuses_what_it_does_not_know(office: Office, options: list[str]) -> None:
    """A stage or an ending that is none is a usage error, and nothing is written."""
    office.extract(row("A-1"))
    alerter(office, "sync")
    assert alerter(office, "list", *options).exit_code == 2
    assert not (office.folder / "open.pdf").exists()


def test_extension_is_told_and_changes_no_stage(office: Office) -> None:
    """List, explain and history say who authorised it, until when and why; the assessment stays overdue."""
    on = today()
    office.extract(row("A-1", days=40, as_of=on), row("A-2", days=40, as_of=on))
    alerter(office, "sync")
    until = on + timedelta(days=9)
    given = ["--by", OKAFOR, "--until", str(until), "--reason", "worker absence", "--note", "back soon"]
    said = alerter(office, "extend", "A-1", *given)
    assert (said.exit_code, said.out) == (0, f"Recorded for 1 child; extended until {until}.\n")
    rows = {str(row_["assessment_id"]): row_ for row_ in listed(office)}
    assert {row_["stage"] for row_ in rows.values()} == {"overdue"}
    assert [rows["A-1"][name] for name in COLUMNS[-3:]] == [until.isoformat(), OKAFOR, "worker absence"]
    assert [rows["A-2"][name] for name in COLUMNS[-3:]] == [None, "", ""]
    explained = alerter(office, "explain", "A-1").out
    assert f"authorised by {OKAFOR}: worker absence." in explained
    assert "back soon" in alerter(office, "history", "A-1").out
    assert alerter(office, "extend", "A-1", "--by", OKAFOR, "--undo").exit_code == 0
    assert listed(office)[0]["extended_until"] is None
    twice = alerter(office, "extend", "A-1", "--by", OKAFOR, "--undo")
    assert twice.exit_code == 2
    assert "reassurance" not in twice.err


def test_same_extension_twice_is_one(office: Office) -> None:
    """Word for word, within the hour; another day is another record."""
    office.extract(row("A-1", days=40, as_of=today()))
    alerter(office, "sync")
    for days in (9, 9, 12):
        until = today() + timedelta(days=days)
        said = alerter(office, "extend", "A-1", "--by", OKAFOR, "--until", until, "--reason", "absence")
        assert said.exit_code == 0
    events = alerter(office, "history", "A-1").out
    assert events.count("authorised by") == 2


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"--until": "2026-01-02"}, "does not lie beyond the due date"),
        ({"--reason": "weather"}, "--reason: no such reason is configured"),
        ({"--reason": ""}, "--reason: say why it goes beyond the limit"),
        ({"--by": "s.lindqvist@council.example"}, "--by: this address may not authorise it"),
        ({"--by": "n.okafor@elsewhere.example"}, "--by: the address lies outside allowed_domains"),
        ({"--note": "x" * 201}, "--note: a note has at most 200 characters"),
        ({"--child": "1"}, "no open assessment in the store has this id"),
    ],
)
def test_extension_that_cannot_be_is_refused(office: Office, changed: dict[str, str], said: str) -> None:
    """One sentence that names the option, exit 2, and nothing is recorded."""
    office.extract(row("A-1", days=30, as_of=today()))
    alerter(office, "sync")
    usual = {"--by": OKAFOR, "--until": str(today() + timedelta(days=60)), "--reason": "absence"}
    options = [word for pair in (usual | changed).items() for word in pair]
    refused = alerter(office, "extend", "A-1", *options)
    assert refused.exit_code == 2
    assert said in refused.err
    assert listed(office)[0]["extended_until"] is None


def test_only_a_service_manager_extends_where_the_settings_say_so(office: Office) -> None:
    """With `by = "service_manager"` the manager's own word is not enough."""
    office.configure(extensions__by="service_manager")
    service(office)
    office.extract(row("A-1", days=40, as_of=today()))
    alerter(office, "sync")
    options = ["--until", str(today() + timedelta(days=9)), "--reason", "absence"]
    refused = alerter(office, "extend", "A-1", "--by", OKAFOR, *options)
    assert (refused.exit_code, "[extensions] by is 'service_manager'" in refused.err) == (2, True)
    assert alerter(office, "extend", "A-1", "--by", SERVICE, *options).exit_code == 0
