"""What is typed between two runs: sync, status, migrate and reassure."""

from tests.world.office import AS_OF, NEXT, NORTH, WEEK, Office, row, today
from tests.world.terminal import alerter


def test_sync_counts_what_became_of_the_rows(office: Office) -> None:
    """Stored is new, changed and unchanged; the same bytes again are unchanged."""
    office.extract(row("A-1"), row("A-1"), row("A-2"), row("A-3", started_on=""))
    answer = alerter(office, "sync", "--json").json
    assert (answer["source"]["rows"], answer["source"]["rejected"]) == (4, 1)
    assert {name: answer[name] for name in ("stored", "new", "changed", "unchanged")} == {
        "stored": 2, "new": 2, "changed": 0, "unchanged": 0,
    }  # fmt: skip
    assert (answer["vanished"], answer["collapsed"], answer["held_because"]) == (0, 1, [])
    assert alerter(office, "sync").out.splitlines() == [
        "Read extract.csv: 4 rows, 1 rejected.",
        "Rejected: line 5: has no started_on.",
        "stored 2, new 0, changed 0, unchanged 2, vanished 0, collapsed 1.",
    ]


def test_status_of_a_week_that_is_done(office: Office) -> None:
    """Exit code 0, and the contract's fields."""
    office.extract(row("A-1", as_of=today()))
    alerter(office, "run")
    result = alerter(office, "status", "--json")
    answer = result.json
    assert (result.exit_code, answer["ok"], answer["owed"], answer["held"]) == (0, True, 0, 0)
    assert answer["last_run"] == {"run": 1, "as_of": today().isoformat(), "state": "done"}
    assert answer["next_run"][11:19] == "08:00:00"
    assert answer["data_age_hours"] > 24
    assert alerter(office, "status").out.startswith(f"Last run: 1, as of {today().isoformat()}, done.\n")


def test_status_before_anything_was_done(office: Office) -> None:
    """
    Nothing is wrong with an installation that waits for its first run; one without a database is not well.
    """
    (office.folder / "alerter.db").unlink()
    assert alerter(office, "status").exit_code == 1
    assert alerter(office, "migrate").exit_code == 0
    result = alerter(office, "status", "--json")
    answer = result.json
    assert (result.exit_code, answer["last_run"], answer["data_age_hours"]) == (0, None, None)


def test_status_of_a_run_long_ago_is_overdue(office: Office) -> None:
    """For monitoring it is exit code 1."""
    office.extract(row("A-1"))
    alerter(office, "run", "--as-of", AS_OF)
    result = alerter(office, "status")
    assert result.exit_code == 1
    assert result.out.startswith("A run is overdue: run `alerter run`.\n")


def test_migrate_brings_a_server_to_the_current_schema(office: Office, empty_postgresql_url: str) -> None:
    """A server's schema is changed by this command only, which other commands name."""
    office.configure(database__url=empty_postgresql_url)
    refused = alerter(office, "status")
    assert refused.exit_code == 3
    assert "alerter migrate" in refused.err
    assert alerter(office, "migrate").out == "The database was brought to the current schema.\n"
    assert alerter(office, "migrate").out == "The database is current.\n"
    assert alerter(office, "status").exit_code == 0


def test_reassured_manager_is_not_asked_again(office: Office) -> None:
    """From the command to the next run: what was past the alert day is reassured."""
    office.extract(row("A-1", child_id="7"), row("A-1", child_id="8"))
    alerter(office, "sync")
    options = ["--by", NORTH["manager_email"], "--expected", NEXT, "--on", AS_OF]
    assert alerter(office, "reassure", "A-1", "--child", "7", *options).out == (
        "Recorded for 1 child; expected 2009-11-30.\n"
    )
    assert alerter(office, "reassure", "A-1", *options).out == (
        "Recorded for 2 children; expected 2009-11-30.\n"
    )
    assert alerter(office, "run", "--as-of", AS_OF, "--json").json["assessments"]["reassured"] == 2


def test_reassurance_of_today_needs_no_day(office: Office) -> None:
    """Without `--on` the manager looked today, so that an expectation before today is refused."""
    office.extract(row("A-1"))
    alerter(office, "sync")
    options = ["--by", NORTH["manager_email"], "--expected"]
    refused = alerter(office, "reassure", "A-1", *options, AS_OF)
    assert refused.exit_code == 2
    assert alerter(office, "reassure", "A-1", *options, today() + WEEK).exit_code == 0


def test_resend_sends_one_message_again(office: Office) -> None:
    """In words and in JSON; without a reason, or with nothing to send, it is a mistake of the caller's."""
    office.extract(row("A-1"))
    alerter(office, "run", "--as-of", AS_OF)
    to = ("1", "n.okafor@council.example")
    said = alerter(office, "resend", *to, "--reason", "asked for", "--by", "A. Admin")
    assert said.exit_code == 0
    assert said.out.startswith(f"Run 1 to {to[1]}: sent (written to ")
    answer = alerter(office, "resend", *to, "--reason", "again", "--json").json
    assert (answer["run"], answer["recipient"], [each["state"] for each in answer["messages"]]) == (
        1, to[1], ["sent"],
    )  # fmt: skip
    for number in (0, 2**31, 10**20):
        assert alerter(office, "resend", str(number), to[1], "--reason", "asked for").exit_code == 2
        assert alerter(office, "release", str(number)).exit_code == 2
    assert alerter(office, "resend", *to).exit_code == 2
    for arguments in ((*to, "--reason", " "), ("7", to[1], "--reason", "asked for")):
        assert alerter(office, "resend", *arguments).exit_code == 2
    assert "resent" in alerter(office, "history", "A-1").out


ENDED = row("A-1", started_on="2009-01-05", authorised_on="2009-02-02")


def test_purge_of_everything_that_ended_is_not_done_unasked(office: Office) -> None:
    """By the settings or by a day; nothing goes without `--yes`."""
    office.extract(ENDED, row("A-2", as_of=today()))
    alerter(office, "sync")
    for options, name in ((["--before", "2010-01-01"], "--before"), ([], "[retention]")):
        said = alerter(office, "purge", *options)
        assert (said.exit_code, said.out) == (2, "")
        assert f"{name}: every assessment that has ended would go" in said.err
    assert "assessments 1." in alerter(office, "purge", "--yes").out


def test_purge_that_leaves_some_is_not_asked_about(office: Office) -> None:
    """One that ended today stays."""
    office.extract(
        ENDED, row("A-2", as_of=today(), authorised_on=today().isoformat()), row("A-3", as_of=today())
    )
    alerter(office, "sync")
    assert "assessments 1." in alerter(office, "purge").out


def test_purge_says_what_it_deleted(office: Office) -> None:
    """In words and in JSON; a day stands in for the settings."""
    office.extract(row("A-1"))
    alerter(office, "run", "--as-of", AS_OF)
    assert alerter(office, "purge", "--json").json == {
        "messages": 0, "rejections": 0, "runs": 0, "requests": 0, "assessments": 0,
    }  # fmt: skip
    said = alerter(office, "purge", "--before", "2035-01-01", "--yes")
    assert (said.exit_code, said.out) == (
        0,
        "Deleted: messages 2, rejections 0, runs 0, requests 0, assessments 0.\n",
    )
