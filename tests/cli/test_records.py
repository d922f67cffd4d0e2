"""What is told of single records: the ones to mend, and one assessment's past."""

import csv
import json
from datetime import datetime, timedelta

import pytest

from tests.world.office import AS_OF, NEXT, NORTH, Office, row, today
from tests.world.terminal import alerter

OKAFOR = str(NORTH["manager_email"])
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
    assert lines[0] == ["at", "assessment_id", "child_id", "kind", "what"]
    kinds = ["told", "reassured", "changed", "changed"]
    assert [line[1:4] for line in lines[1:]] == [["A-1", "91", kind] for kind in kinds]
    assert [line[4].partition(" ")[0] for line in lines[3:]] == ["clock_on", "started_on"]
    assert lines[1][4] == f"run 1: past alert, day 27, to {by} (sent, a trial into a folder)"
    events = json.loads(alerter(office, "history", "A-1", "--json").out)["events"]
    assert [list(event.values())[1:] for event in events] == [line[1:] for line in lines[1:]]
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


def test_history_of_a_period_has_ids_and_no_notes(office: Office) -> None:
    """Who was emailed what, reassurances, extensions, covers and audits of the days named, in a file."""
    on = today()
    read(office, row("A-1", days=30, as_of=on), row("A-2", days=40, as_of=on))
    until = str(on + timedelta(days=30))
    given = ["--by", OKAFOR, "--note", "the family moved"]
    assert alerter(office, "reassure", "A-1", *given, "--expected", until).exit_code == 0
    assert alerter(office, "extend", "A-2", *given, "--until", until, "--reason", "family").exit_code == 0
    days = ["--from", str(on), "--until", until]
    assert (
        alerter(office, "cover", "--for", OKAFOR, "--by", "s.lindqvist@council.example", *days).exit_code == 0
    )
    assert alerter(office, "audit", "A-1", "--by", OKAFOR, "--score", "84").exit_code == 0
    assert alerter(office, "run").exit_code == 0
    file = office.folder / "history.csv"
    assert alerter(office, "history", "--from", on, "--to", on, "--out", file).exit_code == 0
    _, *rows = csv.reader(file.read_text("utf-8-sig").splitlines())
    assert sorted((kind, id_) for _, id_, _, kind, _ in rows) == [
        ("audited", "A-1"), ("covered", ""), ("extended", "A-2"), ("reassured", "A-1"), ("told", "A-1"),
        ("told", "A-2"),
    ]  # fmt: skip
    assert "moved" not in file.read_text("utf-8-sig")
    assert "moved" in alerter(office, "history", "A-1").out
    before = on - timedelta(days=1)
    assert json.loads(alerter(office, "history", "--from", before, "--to", before, "--json").out) == {
        "events": []
    }


@pytest.mark.parametrize(
    "options", [["--from", "2026-11-02"], ["A-1", "--from", "2026-11-02", "--to", "2026-11-03"], []]
)
def test_half_a_period_is_a_usage_error(office: Office, options: list[str]) -> None:
    """Both days, or one id."""
    read(office, row("A-1"))
    assert alerter(office, "history", *options).exit_code == 2
    assert alerter(office, "history", "--from", "2026-11-03", "--to", "2026-11-02").exit_code == 2
