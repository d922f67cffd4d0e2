"""The weekly job as it is typed: run, deliver and release."""

import getpass
from datetime import date

import pytest

from tests.world.mail_server import MailServer, free_port
from tests.world.office import AS_OF, NEXT, Office, row
from tests.world.process import Said
from tests.world.terminal import alerter

UNCHANGED = "the extract is byte for byte the last run's (hold_unchanged): check that the export has run"
STAGES = ("overdue", "past_alert", "reassured", "approaching", "on_track")


def run(office: Office, *options: object) -> Said:
    """Do the weekly job as on 23 November 2009."""
    return alerter(office, "run", "--as-of", AS_OF, *options)


def hold(office: Office) -> Said:
    """Run a week, and hold the next one on the same bytes."""
    office.configure(source__hold_unchanged=True)
    office.extract(row("A-1"))
    run(office)
    return alerter(office, "run", "--as-of", NEXT)


def cut_off(office: Office) -> Said:
    """Do the weekly job while the mail server is away."""
    office.extract(row("A-1"))
    office.configure(email__transport="smtp", email__smtp__port=free_port())
    return run(office)


def test_run_answers_in_json(office: Office) -> None:
    """Every field of the contract is there, and the stages add up to the open assessments."""
    office.extract(row("A-1"), row("A-2", days=3), row("A-3", started_on=""))
    result = run(office, "--json")
    answer = result.json
    assert (result.exit_code, result.err) == (0, "")
    assert (answer["run"], answer["as_of"], answer["next_run"], answer["state"]) == (
        1, "2009-11-23", "2009-11-30", "done",
    )  # fmt: skip
    source = answer["source"]
    assert (source["name"], source["rows"], source["rejected"]) == ("extract.csv", 3, 1)
    assert source["extracted_at"] == "2009-11-22T18:05:00+00:00"
    assert len(source["sha256"]) == 64
    counts = answer["assessments"]
    assert counts == {"open": 2} | dict.fromkeys(STAGES, 0) | {"past_alert": 1, "on_track": 1}
    assert (answer["digests"], answer["sent"], answer["deferred"], answer["refused"]) == (1, 1, 0, 0)
    assert answer["exceptions"] == [
        {
            "kind": "start_missing",
            "assessment_id": "A-3",
            "child_id": "93",
            "detail": answer["exceptions"][0]["detail"],
        }
    ]
    assert "line 4" in answer["exceptions"][0]["detail"]


def test_run_answers_a_person(office: Office) -> None:
    """The same in a line or two each."""
    office.extract(row("A-1"), row("A-2", started_on=""))
    digests = "Digests 1: 1 sent, 0 still owed, 0 refused, 0 of unknown outcome. Exceptions: 1."
    assert run(office).out.splitlines() == [
        "Run 1 as of 2009-11-23: done.",
        "Read extract.csv: 2 rows, 1 rejected.",
        "Rejected: line 3: has no started_on.",
        "Open 1: 0 overdue, 1 past the alert day, 0 reassured, 0 approaching, 0 on track.",
        f"{digests} Next run: 2009-11-30.",
    ]


def test_second_run_is_already_done(office: Office) -> None:
    """The same send date again ends well and sends nothing."""
    office.extract(row("A-1"))
    run(office)
    result = run(office, "--json")
    assert (result.exit_code, result.json["state"]) == (0, "already_done")
    assert len(office.sent()) == 2


def test_dry_run_leaves_no_trace(office: Office) -> None:
    """What would be is told, with no number and exit code 0."""
    office.extract(row("A-1"))
    result = run(office, "--dry-run")
    assert (result.exit_code, result.out.splitlines()[0]) == (
        0,
        "Run (dry run) as of 2009-11-23: dry run.",
    )
    answer = run(office, "--dry-run", "--json").json
    assert (answer["run"], answer["state"], answer["digests"], answer["sent"]) == (None, "dry_run", 1, 0)
    assert office.sent() == []


def test_run_without_sync_and_without_data(office: Office) -> None:
    """A store into which nothing was read gives a run without a source, in both kinds of answer."""
    answer = run(office, "--no-sync", "--dry-run", "--json").json
    assert (answer["source"], answer["assessments"]["open"]) == (None, 0)
    assert "Read " not in run(office, "--no-sync").out


@pytest.mark.parametrize("options", [["--again"], ["--reason", "x"], ["--again", "--reason", " "]])
def test_again_needs_a_reason(office: Office, options: list[str]) -> None:
    """One without the other is a usage error, before anything is read."""
    office.extract(row("A-1"))
    result = run(office, *options)
    assert result.exit_code == 2
    assert "--again and --reason go together" in result.err
    assert office.sent() == []


def test_again_sends_anew(office: Office) -> None:
    """With a reason the week is prepared once more under a number of its own."""
    office.extract(row("A-1"))
    run(office)
    again = run(office, "--again", "--reason", "the directory was wrong", "--json")
    assert (again.json["run"], again.json["state"]) == (2, "done")


def test_bad_date_is_a_usage_error(office: Office) -> None:
    """A date is written one way only, and the message shows which."""
    result = alerter(office, "run", "--as-of", "23/11/2009")
    assert result.exit_code == 2
    assert "write it as YYYY-MM-DD" in result.err


def test_held_run_names_reason_and_command(office: Office) -> None:
    """A gate that closes is exit code 1; the way out is on standard error."""
    held = hold(office)
    assert held.exit_code == 1
    assert held.out.startswith("Run 2 as of 2009-11-30: held.\n")
    assert held.err.splitlines() == [
        f"alerter: held: {UNCHANGED}.",
        "alerter: look at the extract; to let it go all the same: alerter release 2",
    ]
    answer = alerter(office, "run", "--as-of", NEXT, "--json").json
    assert (answer["run"], answer["state"], len(answer["held_because"])) == (2, "held", 1)


def test_dry_run_of_a_held_extract_offers_no_release(office: Office) -> None:
    """There is no run to release, only the reason, and the exit code of a run that is held."""
    hold(office)
    result = alerter(office, "run", "--as-of", NEXT, "--dry-run")
    assert result.exit_code == 1
    assert "alerter: held: " in result.err
    assert "release" not in result.err


def test_release_lets_a_held_run_go(office: Office) -> None:
    """
    The run is done under its number, and the summary names who let it go: the login name if nobody else.
    """
    hold(office)
    result = alerter(office, "release", 2, "--reason", "quiet week")
    assert (result.exit_code, result.out.splitlines()[0]) == (0, "Run 2 as of 2009-11-30: done.")
    assert f"This run was released by {getpass.getuser()}: quiet week." in office.summaries()[-1]


def test_release_answers_in_json(office: Office) -> None:
    """The answer is a run's."""
    hold(office)
    result = alerter(office, "release", 2, "--by", "A. Admin", "--json")
    assert (result.exit_code, result.json["state"]) == (0, "done")


def test_release_of_nothing_is_refused(office: Office) -> None:
    """A run that is not there, or not held, is a mistake of the caller's."""
    result = alerter(office, "release", 7)
    assert result.exit_code == 2
    assert alerter(office, "release", 0).exit_code == 2


def test_undelivered_run_names_the_next_command(office: Office) -> None:
    """With the mail server away the run is owed, exit code 1, and `deliver` is named."""
    result = cut_off(office)
    assert result.exit_code == 1
    assert result.out.startswith("Run 1 as of 2009-11-23: undelivered.\n")
    assert "Digests 1: 0 sent, 1 still owed" in result.out
    assert result.err.splitlines()[-1] == ("alerter: run `alerter deliver` to try again what is still owed.")


def test_second_run_over_what_is_owed_ends_as_the_first(office: Office) -> None:
    """Whether it planned the run itself or found it planned: exit code 1 while it is undelivered."""
    cut_off(office)
    again = run(office, "--json")
    assert (again.exit_code, again.json["state"]) == (1, "already_done")
    office.configure()
    assert alerter(office, "deliver").exit_code == 0
    assert run(office).exit_code == 0


def test_stopped_delivery_says_why(office: Office) -> None:
    """When sending gives up for now, its reason is on standard error, of `run` and of `deliver`."""
    office.extract(*(row(f"A-{number}", manager_email=f"m{number}@council.example") for number in range(4)))
    office.configure(email__transport="smtp", email__smtp__port=free_port())
    for result in (run(office), alerter(office, "deliver")):
        assert result.exit_code == 1
        assert "alerter: sending stopped: 127.0.0.1:" in result.err


def test_deliver_sends_what_is_owed(office: Office) -> None:
    """Once the server is back everything owed goes; a second time there is nothing to do."""
    cut_off(office)
    owed = alerter(office, "deliver", "--json")
    assert (owed.exit_code, owed.json["owed"]) == (1, 2)
    with MailServer() as post_office:
        office.configure(email__transport="smtp", email__smtp__port=post_office.port)
        result = alerter(office, "deliver")
        again = alerter(office, "deliver", "--json").json
    assert (result.exit_code, result.out) == (0, "sent 3, deferred 0, refused 0, unknown 0, owed 0.\n")
    assert again == {"sent": 0, "deferred": 0, "refused": 0, "unknown": 0, "owed": 0}


def test_what_is_ignored_stands_beside_the_stages(office: Office) -> None:
    """In `sync` and `run`, and outside `open`; without the key the JSON has no such field."""
    office.extract(row("A-1"), row("A-2", started_on="2007-01-02"))
    dry_run = ("run", "--as-of", AS_OF, "--dry-run")
    assert "ignored" not in alerter(office, *dry_run, "--json").json["assessments"]
    office.configure(source__ignore_started_before=date(2008, 1, 1))
    assert alerter(office, "sync", "--json").json["ignored"] == 1
    assert "Ignored 1." in alerter(office, *dry_run).out
    counts = alerter(office, "run", "--as-of", AS_OF, "--json").json["assessments"]
    assert (counts["open"], counts["ignored"]) == (1, 1)
