"""What is told of single records: the ones to mend, and one assessment's past."""

import csv
import json
from datetime import datetime

from tests.world.office import AS_OF, NEXT, NORTH, Office, row
from tests.world.terminal import alerter

HEADINGS = ["team", "assessment_id", "child_id", "worker", "field", "dfe_rule", "what"]


def read(office: Office, *rows: dict[str, object]) -> None:
    """Read these rows into the store."""
    office.extract(*rows)
    assert alerter(office, "sync").exit_code == 0


def test_records_to_mend_are_listed_by_team(office: Office) -> None:
    """Each with its team, its field, and the DfE's rule where there is one."""
    twice = [row(f"A-{number}", child_id="7", team="South") for number in (4, 5)]
    read(office, row("A-1"), row("A-2", started_on="2009-12-01"), *twice)
    lines = [line.split("\t") for line in alerter(office, "quality", "--as-of", AS_OF).out.splitlines()]
    assert lines[0] == HEADINGS
    assert [(line[0], line[1], line[4], line[5]) for line in lines[1:]] == [
        ("North", "A-2", "started_on", ""),
        ("South", "A-4", "assessment_id", "8896"),
        ("South", "A-5", "assessment_id", "8896"),
    ]
    answer = json.loads(alerter(office, "quality", "--as-of", AS_OF, "--json").out)
    assert answer["as_of"] == AS_OF.isoformat()
    assert [list(record.values()) for record in answer["records"]] == lines[1:]


def test_list_for_a_spreadsheet_computes_nothing(office: Office) -> None:
    """A cell that a spreadsheet would take for a formula is written as text."""
    read(office, row("=1+1", child_id="7", started_on="2009-12-01", team="@North"))
    out = office.folder / "to mend.csv"
    result = alerter(office, "quality", "--as-of", AS_OF, "--out", out)
    assert (result.exit_code, str(out) in result.out) == (0, True)
    with out.open(encoding="utf-8-sig", newline="") as file:
        headings, only = list(csv.reader(file))
    assert headings == HEADINGS
    assert only[:3] == ["'@North", "'=1+1", "7"]


def test_nothing_to_mend_is_an_empty_list(office: Office) -> None:
    """Without faults there are only the headings, judged by today where no day is named."""
    read(office, row("A-1"))
    assert alerter(office, "quality").out.splitlines() == ["\t".join(HEADINGS)]


def test_history_tells_who_was_told_what(office: Office) -> None:
    """A digest, a reassurance and a changed date are told in the order they happened."""
    office.extract(row("A-1"))
    alerter(office, "run", "--as-of", AS_OF)
    by = NORTH["manager_email"]
    alerter(office, "reassure", "A-1", "--by", by, "--expected", NEXT, "--on", AS_OF)
    read(office, row("A-1", started_on="2009-10-20"))
    result = alerter(office, "history", "A-1", "--child", "91")
    lines = [line.split("\t") for line in result.out.splitlines()]
    assert lines[0] == ["at", "child_id", "kind", "what"]
    kinds = ["told", "reassured", "changed", "changed"]
    assert [line[1:3] for line in lines[1:]] == [["91", kind] for kind in kinds]
    assert [line[3].partition(" ")[0] for line in lines[3:]] == ["clock_on", "started_on"]
    assert lines[1][3] == f"run 1: past alert, day 27, to {by} (sent, a trial into a folder)"
    events = json.loads(alerter(office, "history", "A-1", "--json").out)["events"]
    assert [[each["child_id"], each["kind"], each["what"]] for each in events] == [
        line[1:] for line in lines[1:]
    ]
    moments = [datetime.fromisoformat(each["at"]) for each in events]
    assert [f"{moment:%Y-%m-%d %H:%M}" for moment in moments] == [line[0] for line in lines[1:]]


def test_history_of_nobody_is_refused(office: Office) -> None:
    """An unknown id is a mistake of the caller's."""
    assert alerter(office, "history", "A-7").exit_code == 2


def test_a_reassurance_is_taken_back_and_history_shows_both(office: Office) -> None:
    """With `--undo` in place of `--expected`; one of the two must be given."""
    read(office, row("A-1"))
    by = NORTH["manager_email"]
    alerter(office, "reassure", "A-1", "--by", by, "--expected", NEXT, "--on", AS_OF, "--reason", "OTHER")
    undone = alerter(office, "reassure", "A-1", "--by", by, "--undo")
    assert undone.out == "Withdrawn for 1 child; the record is kept.\n"
    events = json.loads(alerter(office, "history", "A-1", "--json").out)["events"]
    assert [event["kind"] for event in events] == ["reassured", "withdrawn"]
    assert events[0]["what"] == f"by {by} on 2009-11-23, expected 2009-11-30, other (by command)"
    assert events[1]["what"] == f"by {by} on 2009-11-23, expected 2009-11-30: withdrawn by {by}"
    for options in (("--undo", "--expected", NEXT), ()):
        refused = alerter(office, "reassure", "A-1", "--by", by, *options)
        assert refused.exit_code == 2
        assert "Give either --expected, the day of the sign-off, or --undo." in refused.err
