"""The commands about timeliness: report, replay and audit."""

import json

import pytest
from click import UsageError

from tests.world.office import AS_OF, NORTH, Office, row
from tests.world.terminal import alerter

BY = NORTH["manager_email"]
FORM = {
    "quality_audit__criteria__a__name": "Child seen", "quality_audit__criteria__a__description": "Alone.",
    "quality_audit__criteria__a__weight": 100,
}  # fmt: skip


def read(office: Office, *rows: dict[str, object]) -> None:
    """Read these rows into the store."""
    office.extract(*rows)
    assert alerter(office, "sync", "--accept").exit_code == 0


def test_report_is_a_table_with_the_open_ones_beside(office: Office) -> None:
    """Data on standard output, what is open and overdue on standard error."""
    read(office, row("A-1", authorised_on="2009-11-16"), row("A-2", days=40), row("A-3"))
    result = alerter(office, "report", "--to", AS_OF)
    lines = [line.split("\t") for line in result.out.splitlines()]
    assert lines[1:] == [
        ["core", "2009-11", "1", "1", "100.00", ""],
        ["core", "total", "1", "1", "100.00", ""],
    ]
    assert result.err.strip() == "Open: 2, of these overdue and in no figure above: 1."


def test_report_goes_into_a_file(office: Office) -> None:
    """Of the kind its name ends in; another ending is a mistake."""
    read(office, row("A-1", authorised_on="2009-11-16"))
    out = office.folder / "report.csv"
    assert str(out) in alerter(office, "report", "--from", "2009-11-01", "--out", out).out
    assert out.read_bytes().startswith(
        b"type,month,authorised,in_time,percent,target_percent\ncore,2009-11,1,1,"
    )
    assert alerter(office, "report", "--out", office.folder / "x.txt").exit_code == 2


def test_replay_compares_alert_days(office: Office) -> None:
    """For each day the rows a manager would have had, and how many late ones were told before."""
    read(office, row("A-1", days=40), row("A-2", days=3), row("A-3", days=22))
    options = ("--from", "2009-10-26", "--to", AS_OF)
    result = alerter(office, "replay", "--alert-after", 20, "--alert-after", 30, *options, "--json")
    found = result.json
    assert (found["from"], found["to"]) == ("2009-10-26", "2009-11-23")
    assert [each["alert_after"] for each in found["alert_after"]] == [20, 30]
    twenty, thirty = found["alert_after"]
    assert (twenty["weeks"], twenty["late"], twenty["warned"]) == (5, 1, 1)
    assert twenty["rows"] > thirty["rows"]
    assert twenty["days_left"]["median"] > thirty["days_left"]["median"]
    (manager,) = twenty["managers"]
    assert manager["manager"] == BY
    assert manager["rows_per_week"] == pytest.approx(twenty["rows"] / 5, abs=0.01)
    told = alerter(office, "replay", "--alert-after", 20, *options)
    assert told.out.splitlines()[1].split("\t")[:2] == ["20", BY]
    assert "1 became overdue, 1 of them listed before, with " in told.err
    nothing = alerter(office, "replay", "--alert-after", 20, "--from", "2009-01-05", "--to", "2009-01-12")
    assert nothing.err.strip() == "Day 20: 0 rows in 2 weeks; 0 became overdue, 0 of them listed before."
    empty = ("--from", "2009-01-06", "--to", "2009-01-07", "--json")
    assert alerter(office, "replay", "--alert-after", 20, *empty).json["alert_after"][0]["weeks"] == 0


@pytest.mark.parametrize(
    "options",
    [
        ("--alert-after", 35, "--from", "2009-10-26", "--to", "2009-11-23"),
        ("--alert-after", 0, "--from", "2009-10-26", "--to", "2009-11-23"),
        ("--alert-after", 20, "--from", "2009-11-24", "--to", "2009-11-23"),
        ("--alert-after", 20, "--from", "2009-11-24", "--to", "2035-11-23"),
    ],
)
def test_replay_of_no_weeks_or_no_day_is_refused(office: Office, options: tuple[object, ...]) -> None:
    """An alert day beyond every limit, days out of order, or days to come."""
    assert alerter(office, "replay", *options).exit_code == 2


def test_audit_records_points_or_a_sum(office: Office) -> None:
    """By criterion, or the score alone; history tells both."""
    office.configure(**FORM)
    read(office, row("A-1"))
    first = alerter(office, "audit", "A-1", "--by", BY, "--scores", "a=74", "--on", AS_OF)
    assert first.out.strip() == "Recorded for 1 child: 74 of 100."
    assert alerter(office, "audit", "A-1", "--by", BY, "--score", 85).exit_code == 0
    events = json.loads(alerter(office, "history", "A-1", "--json").out)["events"]
    assert [each["what"].rpartition(": ")[2] for each in events] == ["74 of 100", "85 of 100"]
    assert {each["kind"] for each in events} == {"audited"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ((), "either --scores"),
        (("--score", 80, "--scores", "a=80"), "either --scores"),
        (("--scores", "a"), "as in a=8,b=10"),
        (("--scores", "a=1,a=2"), "given twice"),
    ],
)
def test_audit_wants_one_of_the_two(office: Office, options: tuple[object, ...], said: str) -> None:
    """Neither, both, or no pairs: the command says how it is written."""
    office.configure(**FORM)
    result = alerter(office, "audit", "A-1", "--by", BY, *options)
    assert (result.exit_code, said in result.err) == (UsageError.exit_code, True)


def test_audit_names_each_criterion_that_is_wrong(office: Office) -> None:
    """Points beyond the weight, and a key the form has not."""
    office.configure(**FORM)
    result = alerter(office, "audit", "A-1", "--by", BY, "--scores", "a=101,z=1")
    assert result.exit_code == 2
    assert result.err.splitlines() == [
        "alerter: --scores: a (Child seen): give 0 to 100 points.",
        "alerter: --scores: z: is no criterion; those are a.",
    ]
