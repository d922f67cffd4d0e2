"""An extract that went wrong since last week: held, nothing applied, nothing sent, whatever reads it."""

import json

import pytest

from tests.app.wrong_weeks import HELD_BY, OPEN, SETTINGS, WRONG, open_in_store, sound, with_first_week
from tests.world.office import AS_OF, GATED, NEXT, Office, row
from tests.world.terminal import alerter

COMMANDS = {
    "run again": ("run", "--as-of", AS_OF, "--again", "--reason", "to be sure"),
    "run": ("run", "--as-of", NEXT),
    "sync": ("sync",),
    "dry run": ("run", "--as-of", NEXT, "--dry-run"),
}


@pytest.mark.parametrize("fault", list(WRONG))
@pytest.mark.parametrize("command", list(COMMANDS))
def test_a_week_that_went_wrong_is_held(office: Office, command: str, fault: str) -> None:
    """Exit code 1 and each gate's setting; the store is as it was, and only the admins are written to."""
    with_first_week(office)
    assert alerter(office, "run", "--as-of", AS_OF).exit_code == 0
    before = len(office.sent()) - len(office.summaries())
    office.council.extract(WRONG[fault](sound()))
    result = alerter(office, *COMMANDS[command], "--json")
    held_because = result.json["held_because"]
    assert result.exit_code == 1
    for setting in HELD_BY[fault]:
        assert sum(setting in reason for reason in held_because) >= 1, setting
    assert open_in_store(office) == OPEN
    assert len(office.sent()) - len(office.summaries()) == before


@pytest.mark.parametrize("fault", list(WRONG))
def test_what_would_hold_is_said_beforehand(office: Office, fault: str) -> None:
    """`check` and `preview` name the gates and end with exit code 1; nothing stays of either."""
    with_first_week(office)
    alerter(office, "run", "--as-of", AS_OF)
    office.council.extract(WRONG[fault](sound()))
    looked = alerter(office, "check")
    shown = alerter(office, "preview", "--as-of", NEXT, "--out", office.folder / "shown")
    assert (looked.exit_code, shown.exit_code) == (1, 1)
    for setting in HELD_BY[fault]:
        assert setting in looked.out
        assert setting in shown.err
    assert open_in_store(office) == OPEN


def test_a_sound_week_passes(office: Office) -> None:
    """One more assessment and one that was signed off are no reason, for no command."""
    with_first_week(office)
    alerter(office, "run", "--as-of", AS_OF)
    rows = sound(1)
    rows[0]["Manager Authorised"] = AS_OF.isoformat()
    office.council.extract(rows)
    codes = [
        alerter(office, *arguments).exit_code
        for arguments in (
            ("check",), ("preview", "--out", office.folder / "shown"), *COMMANDS.values(),
        )
    ]  # fmt: skip
    assert codes == [0] * 6


def test_only_a_run_is_held_for_an_unchanged_extract(office: Office) -> None:
    """A sync between two runs may find the last run's extract: it is read already, and that is no fault."""
    with_first_week(office)
    office.configure(**SETTINGS, **GATED)
    alerter(office, "run", "--as-of", AS_OF)
    synced = alerter(office, "sync", "--json")
    assert (synced.exit_code, synced.json["held_because"]) == (0, [])
    held = alerter(office, "run", "--as-of", NEXT, "--json")
    assert held.exit_code == 1
    assert [reason for reason in held.json["held_because"] if "hold_unchanged" in reason]


def test_the_sentences_say_where_to_look(office: Office) -> None:
    """The column without sign-offs under its heading, and how many are open again."""
    with_first_week(office)
    alerter(office, "run", "--as-of", AS_OF)
    office.council.extract(WRONG["unsigned"](sound()))
    column = 'check that the column authorised_on ("Manager Authorised") is still filled'
    reopened = "535 of 535 assessments that had ended are open again (max_reopened_percent is 10)"
    grown = "open assessments grew from 65 to 600 (max_growth_percent is 100)"
    assert alerter(office, "sync").err.splitlines() == [
        f"alerter: held: {reopened}: {column}.",
        f"alerter: held: {grown}: {column}, and that the extract has the same teams.",
        "alerter: nothing was applied; to apply it all the same: alerter sync --accept",
    ]


def test_an_accepted_reading_is_applied_and_the_next_one_judged(office: Office) -> None:
    """`--accept` is for one reading: a run on it goes on, and another wrong one is held."""
    with_first_week(office)
    alerter(office, "run", "--as-of", AS_OF)
    office.council.extract(WRONG["unsigned"](sound()))
    accepted = alerter(office, "sync", "--accept", "--json")
    assert (accepted.exit_code, accepted.json["held_because"]) == (0, [])
    assert open_in_store(office) == 600
    assert json.loads(alerter(office, "run", "--as-of", NEXT, "--json").out)["state"] == "done"
    office.council.extract(WRONG["renamed"](sound()))
    assert alerter(office, "sync").exit_code == 1


def test_a_held_sync_leaves_a_held_run_its_extract(office: Office) -> None:
    """What waits for a release is not replaced by another extract that is held: the release applies it."""
    with_first_week(office)
    alerter(office, "run", "--as-of", AS_OF)
    office.council.extract(WRONG["unsigned"](sound()))
    held = json.loads(alerter(office, "run", "--as-of", NEXT, "--json").out)
    office.council.extract(WRONG["renamed"](sound()))
    assert alerter(office, "sync").exit_code == 1
    released = json.loads(alerter(office, "release", held["run"], "--json").out)
    assert (released["state"], released["assessments"]["open"]) == ("done", 600)


def test_sync_answers_in_json(office: Office) -> None:
    """The fields of the contract, no more and no fewer."""
    office.extract(row("A-1"))
    assert set(alerter(office, "sync", "--json").json) == {
        "source", "stored", "new", "changed", "unchanged", "vanished", "collapsed", "held_because",
    }  # fmt: skip


def test_a_renamed_type_is_named_wherever_rows_are_rejected(office: Office) -> None:
    """
    `check`, `sync`, `run`, `preview` and the admins' summary say it once, with its rows and what to write.
    """
    with_first_week(office)
    office.council.extract(WRONG["renamed"](sound()))
    rows = "300 rows: the type 'C&F Assessment (Core)' is not configured: write [assessments.core] label = "
    said = [
        alerter(office, *arguments).out
        for arguments in (
            ("check",), ("preview", "--out", office.folder / "shown"), ("sync",), ("run", "--as-of", AS_OF),
        )
    ]  # fmt: skip
    assert [text.count(rows) for text in said] == [1] * 4
    (summary,) = office.summaries()
    assert " ".join(summary.split()).count(rows) == 1


def test_a_note_in_the_place_of_a_type_is_nowhere(office: Office) -> None:
    """Neither one child's, nor the same one of every row whose cells have slipped."""
    with_first_week(office)
    rows = sound()
    rows[0]["type"] = "Mum is Gail"
    for slipped in rows[1:40]:
        slipped |= {"type": "Dad is Keith", "started_on": "Core assessment"}
    office.council.extract(rows)
    commands = (("check",), ("sync",), ("sync", "--accept"))
    said = [repr(alerter(office, *arguments)) for arguments in commands]
    alerter(office, "run", "--as-of", AS_OF)
    kept = b"".join(path.read_bytes() for path in office.folder.glob("alerter.db*"))
    told = [*said, *office.summaries(), kept.decode("latin-1")]
    assert [word for word in ("Gail", "Keith") for text in told if word in text] == []


def add_footer(office: Office, rows: int) -> None:
    """Write below the extract what a case system writes there."""
    with (office.folder / "extract.csv").open("a", encoding="utf-8") as file:
        file.write(f",,,,,,\r\nTotal: {rows} rows,,,,,,\r\nPrinted on 23/11/2009,,,,,,\r\n")


@pytest.mark.parametrize("fault", list(WRONG))
def test_a_footer_in_each_extract_changes_nothing(office: Office, fault: str) -> None:
    """
    A sound week with one passes and what is gone has vanished; a wrong one is held, for the same reasons.
    """
    with_first_week(office)
    add_footer(office, 600)
    assert alerter(office, "run", "--as-of", AS_OF).exit_code == 0
    office.council.extract(sound()[1:])
    add_footer(office, 599)
    answer = alerter(office, "sync", "--json").json
    source = answer["source"]
    assert (source["rows"], source["rejected"], source["other_lines"], answer["vanished"]) == (599, 0, 3, 1)
    office.council.extract(WRONG[fault](sound()[1:]))
    bare = alerter(office, "sync", "--json").json["held_because"]
    add_footer(office, 599)
    assert alerter(office, "sync", "--json").json["held_because"] == bare != []


def test_a_run_without_a_reading_has_none_to_judge(office: Office) -> None:
    """With `--no-sync` the store is judged by nothing, whatever lies in the folder."""
    with_first_week(office)
    alerter(office, "sync")
    office.council.extract(WRONG["unsigned"](sound()))
    result = alerter(office, "run", "--as-of", AS_OF, "--no-sync", "--json")
    assert (result.exit_code, result.json["held_because"]) == (0, [])
    assert result.json["assessments"]["open"] == OPEN
