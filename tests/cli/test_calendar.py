"""What the commands say about days: threshold dates, the days off of a year, and one assessment explained."""

import json
from datetime import date
from pathlib import Path

import icalendar
import pytest

from alerter.bank_holidays import bank_holidays
from tests.world.office import AS_OF, NORTH, WEEK, Office, row
from tests.world.terminal import alerter

GOOD_FRIDAY = date(2009, 4, 10)


def test_dates_of_the_contract(office: Office) -> None:
    """The worked example in JSON, to the letter."""
    assert json.loads(alerter(office, "dates", "2009-04-09", "--json").out) == {
        "start": "2009-04-09", "nation": "england", "alert_on": "2009-05-19",
        "past_alert_from": "2009-05-20", "due_on": "2009-06-03", "overdue_from": "2009-06-04",
    }  # fmt: skip


@pytest.mark.parametrize(
    "changes", [{"calendar__nation": "scotland"}, {"calendar__count_start_day": True}], ids=str
)
def test_dates_go_by_the_settings(office: Office, changes: dict[str, object]) -> None:
    """In Scotland, and where the start counts, everything comes a day earlier in that spring."""
    office.configure(**changes)
    answer = json.loads(alerter(office, "dates", "2009-04-09", "--json").out)
    assert (answer["alert_on"], answer["due_on"]) == ("2009-05-18", "2009-06-02")


def test_dates_for_a_person(office: Office) -> None:
    """Each date has its weekday, and the rule of counting is said beside it."""
    result = alerter(office, "dates", "2009-04-09")
    assert result.out.splitlines() == [
        "\tCore assessment",
        "Start\tThu 2009-04-09",
        "Day 25\tTue 2009-05-19",
        "First day past 25\tWed 2009-05-20",
        "Day 35, due\tWed 2009-06-03",
        "First day overdue\tThu 2009-06-04",
    ]
    assert "the start is day 0." in result.err
    office.configure(calendar__count_start_day=True)
    assert "the first working day is day 1." in alerter(office, "dates", "2009-04-09").err


def test_dates_of_a_type_that_is_not_configured(office: Office) -> None:
    """The configured ones are named."""
    result = alerter(office, "dates", "2009-04-09", "--type", "initial")
    assert result.exit_code == 2
    assert "core" in result.err
    assert alerter(office, "dates", "2009-04-09", "--type", "CORE").exit_code == 0


def test_days_off_of_a_year(office: Office) -> None:
    """Each is listed with its name and who says so, in lines for people and in JSON."""
    office.configure(calendar__days_off=[date(2009, 12, 24)])
    result = alerter(office, "calendar", "2009")
    lines = result.out.splitlines()
    assert lines[0] == "date\tname\tsource"
    assert "Fri 2009-04-10\tGood Friday\tbank holiday" in lines
    assert any(line.startswith("Thu 2009-12-24\t") and line.endswith("council") for line in lines)
    assert result.err.startswith("9 days off in 2009: england, ")
    answer = json.loads(alerter(office, "calendar", "2009", "--json").out)
    assert (answer["year"], answer["nation"], len(answer["days_off"])) == (2009, "england", 9)
    assert {"date": "2009-04-10", "name": "Good Friday", "source": "bank holiday"} in answer["days_off"]


def test_days_off_for_a_calendar_program(office: Office) -> None:
    """The iCalendar file holds each day off once, and is the same each time."""
    written = alerter(office, "calendar", "2009", "--ics").out
    events = icalendar.Calendar.from_ical(written).walk("VEVENT")
    assert GOOD_FRIDAY in [event.decoded("dtstart") for event in events]
    assert len({str(event["uid"]) for event in events}) == len(events) == 8
    assert written == alerter(office, "calendar", "2009", "--ics").out


def published(folder: Path, changes: dict[str, str] | None = None) -> str:
    """Write England's days off in GOV.UK's form for 2026, with *changes*; a day named "" is left out."""
    days = {on.isoformat(): day.name for on, day in bank_holidays("england").items() if on.year == 2026}
    events = [
        {
            "title": name.removesuffix(" (substitute day)").replace("'", "\N{RIGHT SINGLE QUOTATION MARK}"),
            "date": on,
            "notes": "Substitute day" if name.endswith("day)") else "",
            "bunting": True,
        }
        for on, name in sorted({**days, **(changes or {})}.items())
        if name
    ]
    path = folder / "bank-holidays.json"
    divisions = {name: {"division": name, "events": events} for name in ("england-and-wales", "scotland")}
    path.write_text(json.dumps(divisions), encoding="utf-8")
    return str(path)


def test_a_proclaimed_day_is_noticed_in_gov_uks_file(office: Office, tmp_path: Path) -> None:
    """Each day that differs is listed from both sides, and the command ends with 1; else with 0, no line."""
    same = alerter(office, "calendar", "2026", "--compare", published(tmp_path))
    assert (same.exit_code, same.out) == (0, "")
    assert same.err.startswith("The bank holidays of 2026 are those of bank-holidays.json (england, holidays")
    changes = {"2026-06-15": "Bank holiday for a cup", "2026-08-31": "", "2026-12-25": "Yule"}
    path = published(tmp_path, changes)
    result = alerter(office, "calendar", "2026", "--compare", path)
    assert result.exit_code == 1
    assert result.out.splitlines() == [
        "date\there\tpublished",
        "Mon 2026-06-15\tno day off\tBank holiday for a cup",
        "Mon 2026-08-31\tSummer bank holiday\tno day off",
        "Fri 2026-12-25\tChristmas Day\tYule",
    ]
    assert "days_off" in result.err
    answer = json.loads(alerter(office, "calendar", "2026", "--compare", path, "--json").out)
    assert (answer["year"], answer["nation"], answer["file"]) == (2026, "england", "bank-holidays.json")
    assert answer["differences"][0] == {
        "date": "2026-06-15", "here": None, "published": "Bank holiday for a cup",
    }  # fmt: skip


def test_the_councils_own_days_are_no_differences(office: Office, tmp_path: Path) -> None:
    """A closure, a bank holiday that is worked, and a proclaimed day that the council has off already."""
    office.configure(
        calendar__days_off=[date(2026, 12, 24), date(2026, 6, 15)],
        calendar__working_days=[date(2026, 5, 4)],
    )
    path = published(tmp_path, {"2026-06-15": "Bank holiday for a cup"})
    assert alerter(office, "calendar", "2026", "--compare", path).exit_code == 0


@pytest.mark.parametrize("content", ["{", "[]", '{"england-and-wales": {"events": [{"date": "x"}]}}', "\xff"])
def test_a_file_that_is_not_gov_uks_is_a_mistake_of_the_callers(
    office: Office, tmp_path: Path, content: str
) -> None:
    """So is a year that the file lacks, one that is not there, and a calendar program's file beside it."""
    path = tmp_path / "other.json"
    path.write_text(content, encoding="latin-1")
    result = alerter(office, "calendar", "2026", "--compare", str(path))
    assert result.exit_code == 2
    assert "is not GOV.UK's bank-holidays.json" in result.err
    lacking = alerter(office, "calendar", "2025", "--compare", published(tmp_path))
    assert lacking.exit_code == 2
    assert "no bank holidays of england in 2025" in lacking.err
    for options in (["--compare", str(tmp_path / "gone")], ["--ics", "--compare", published(tmp_path)]):
        assert alerter(office, "calendar", "2026", *options).exit_code == 2


def test_year_that_is_not_known(office: Office) -> None:
    """Beyond the years known there is no list, and the years are said."""
    result = alerter(office, "calendar", "2036")
    assert result.exit_code == 2
    assert "1990 to 2035" in result.err


def test_explained_by_weeks(office: Office) -> None:
    """Days in a row are one line, each holiday its own with its name, and the stage comes first."""
    office.extract(row("A-1", started_on="2009-04-09"))
    alerter(office, "sync")
    lines = alerter(office, "explain", "A-1", "--as-of", "2009-05-20").out.splitlines()
    assert lines[:6] == [
        "A-1, child 91: Core assessment, past alert",
        "  Started Thursday 9 April 2009; that is day 0.",
        "  Day 26 of 35 on Wednesday 20 May 2009.",
        "  Day 25: Tuesday 19 May 2009.",
        "  Due, day 35: Wednesday 3 June 2009.",
        "  Overdue from Thursday 4 June 2009.",
    ]
    assert lines[6] == "  Next digest: Tuesday 26 May 2009."
    walk = [" ".join(line.split()) for line in lines[8:]]
    assert walk[:3] == [
        "Fri 10 Apr not counted: Good Friday (bank holiday)",
        "Mon 13 Apr not counted: Easter Monday (bank holiday)",
        "Tue 14 Apr to Fri 17 Apr days 1 to 4",
    ]
    assert walk[-1] == "Mon 18 May to Wed 20 May days 24 to 26"


def test_single_counted_day_is_a_line(office: Office) -> None:
    """A week with one counted day so far shows that day."""
    office.extract(row("A-1", started_on="2009-11-20"))
    alerter(office, "sync")
    last = alerter(office, "explain", "A-1", "--as-of", AS_OF).out.splitlines()[-1]
    assert last.split() == ["Mon", "23", "Nov", "day", "1"]


def test_explained_day_by_day(office: Office) -> None:
    """With `--days` every day stands alone, weekends with their reason."""
    office.extract(row("A-1", started_on="2009-11-19"))
    alerter(office, "sync")
    lines = alerter(office, "explain", "A-1", "--days", "--as-of", AS_OF).out.splitlines()
    assert [" ".join(line.split()) for line in lines[-4:]] == [
        "Fri 20 Nov day 1",
        "Sat 21 Nov not counted: Saturday (weekend)",
        "Sun 22 Nov not counted: Sunday (weekend)",
        "Mon 23 Nov day 2",
    ]


def test_explained_with_its_reassurance_and_start_day(office: Office) -> None:
    """Who looked, when, and what is expected; and that the start counts where it does."""
    office.configure(calendar__count_start_day=True)
    office.extract(row("A-1"))
    alerter(office, "sync")
    by = NORTH["manager_email"]
    alerter(office, "reassure", "A-1", "--by", by, "--expected", AS_OF + WEEK, "--on", AS_OF)
    said = alerter(office, "explain", "A-1", "--as-of", AS_OF).out
    assert "the first working day on or after it is day 1." in said
    assert (f"  Reassurance by {by} on Monday 23 November 2009: expected Monday 30 November 2009.\n") in said


def test_explained_in_json(office: Office) -> None:
    """For programs: the stage, the dates, and every day with its age or its reason."""
    office.extract(row("A-1", started_on="2009-04-09"), row("A-1", child_id="7", authorised_on="2009-11-20"))
    alerter(office, "sync")
    answer = json.loads(alerter(office, "explain", "A-1", "--as-of", "2009-05-20", "--json").out)
    sibling, only = answer["assessments"]
    assert (only["stage"], only["ended"], only["age"], only["overdue_from"]) == (
        "past_alert", None, 26, "2009-06-04",
    )  # fmt: skip
    assert only["days"][0] == {
        "date": "2009-04-10", "age": 0, "counted": False, "name": "Good Friday", "source": "bank holiday",
    }  # fmt: skip
    assert only["days"][-1] == {"date": "2009-05-20", "age": 26, "counted": True}
    assert sibling["child_id"] == "7"
    ended = json.loads(alerter(office, "explain", "A-1", "--child", "7", "--json").out)["assessments"]
    assert [(each["stage"], each["ended"]) for each in ended] == [(None, "signed off in time")]


def test_explained_when_it_was_signed_off(office: Office) -> None:
    """The first line says how it ended, and the count is the one of that day."""
    office.extract(row("A-1", started_on="2009-05-29", authorised_on="2009-07-20"))
    alerter(office, "sync", "--accept")
    lines = alerter(office, "explain", "A-1").out.splitlines()
    assert lines[0] == "A-1, child 91: Core assessment, signed off late"
    assert lines[2] == "  Day 36 of 35 on Monday 20 July 2009."


def test_nobody_is_explained(office: Office) -> None:
    """An unknown id is a mistake of the caller's."""
    result = alerter(office, "explain", "A-7")
    assert result.exit_code == 2
