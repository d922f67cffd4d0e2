"""Random extracts around holidays: each assessment in the right email, at the right stage, once."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.acceptance.oracle_days import Days
from tests.acceptance.workload import ENDINGS, STAGES, Drawn, Expected, directory, draw, expected
from tests.world.council import ADMINS, Council, at_once
from tests.world.letters import Letter, letters_by_recipient
from tests.world.mail_server import MailServer, Parcel
from tests.world.process import Said

FIELDS = {
    "run", "as_of", "next_run", "state", "source", "assessments",
    "digests", "sent", "deferred", "refused", "exceptions",
}  # fmt: skip
CLOSED = frozenset({date(2025, 12, 24), date(2025, 12, 29), date(2025, 12, 30), date(2025, 12, 31)})
OCCASIONS = {
    "royal wedding, England": (Days("england"), date(2011, 5, 9)),
    "VE Day moved, England": (Days("england", weekday=3), date(2020, 5, 7)),
    "platinum jubilee, Northern Ireland": (Days("northern-ireland"), date(2022, 6, 6)),
    "state funeral, Scotland": (Days("scotland", count_start_day=True), date(2022, 9, 12)),
    "coronation, Northern Ireland": (Days("northern-ireland"), date(2023, 5, 10)),
    "Easter Monday is the send day, England": (Days("england"), date(2026, 4, 6)),
    "World Cup, Scotland": (Days("scotland"), date(2026, 6, 8)),
    "the twelfth moved, Northern Ireland": (Days("northern-ireland", weekday=0), date(2026, 7, 20)),
    "Christmas closure, England": (Days("england", days_off=CLOSED), date(2025, 12, 23)),
    "New Year worked, Scotland": (
        Days("scotland", working_days=frozenset({date(2026, 1, 2)})), date(2026, 1, 12),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Week:
    """One run: what it was about, what it must show, what it said, and what arrived."""

    days: Days
    as_of: date
    expecting: Expected
    path: Path
    said: Said
    arrived: list[Parcel]


@pytest.fixture(scope="module")
def weeks(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Week]:
    """Run the weekly job on every occasion, each with a council and a mail server of its own."""

    def run(occasion: str) -> Week:
        days, as_of = OCCASIONS[occasion]
        drawn = draw(Random(occasion), 60)  # noqa: S311 - a seed, not a secret
        return a_week(tmp_path_factory.mktemp("council"), days, as_of, drawn)

    return at_once(run, OCCASIONS)


@pytest.mark.parametrize("occasion", OCCASIONS)
def test_each_assessment_is_in_the_right_email_once(occasion: str, weeks: dict[str, Week]) -> None:
    """
    Starts of every day of eleven weeks, and random ones, by the tests' own calendar, stages and routing.
    """
    check(weeks[occasion])


@settings(
    max_examples=2,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # to shrink it would be hundreds of runs
)
@given(
    days=st.builds(
        Days, st.sampled_from(["england", "scotland", "northern-ireland"]),
        count_start_day=st.booleans(), weekday=st.integers(0, 3),
    ),
    as_of=st.dates(date(2011, 1, 1), date(2026, 11, 30)),
    drawn=st.lists(
        st.builds(
            Drawn, days_old=st.integers(0, 75), team=st.integers(0, 3), worker=st.integers(0, 12),
            ending=st.sampled_from(ENDINGS), own_manager=st.sampled_from([None, None, 1, 2]),
            siblings=st.integers(0, 2),
        ),
        min_size=1, max_size=60,
    ),
)  # fmt: skip
def test_any_extract_on_any_day(
    tmp_path_factory: pytest.TempPathFactory, days: Days, as_of: date, drawn: list[Drawn]
) -> None:
    """The same holds for whatever hypothesis thinks of."""
    check(a_week(tmp_path_factory.mktemp("council"), days, as_of, [Drawn(0, 0, 0, "open"), *drawn]))


def a_week(folder: Path, days: Days, as_of: date, drawn: list[Drawn]) -> Week:
    """Run the weekly job on *drawn*."""
    expecting = expected(drawn, days, as_of)
    with MailServer() as post_office:
        council = Council(folder, post_office.port)
        council.configure(
            calendar__nation=days.nation,
            calendar__count_start_day=days.count_start_day,
            calendar__days_off=sorted(days.days_off),
            calendar__working_days=sorted(days.working_days),
            schedule__weekday=("monday", "tuesday", "wednesday", "thursday")[days.weekday],
        )
        council.directory(*directory(as_of))
        council.extract(expecting.rows)
        said = council.run(as_of)
    return Week(days, as_of, expecting, folder / "extract.csv", said, post_office.arrived)


def check(week: Week) -> None:
    """Compare everything a run said and sent with what the contract asks."""
    days, as_of, expecting = week.days, week.as_of, week.expecting
    assert week.said.exit_code == 0, week.said.err
    check_json(week.said.json, expecting, days, as_of)
    check_source(week.said.json["source"], expecting, week.path)
    letters = letters_by_recipient(week.arrived)
    summary = letters.pop(ADMINS)
    assert summary.message["X-Alerter-Run"] == str(week.said.json["run"])
    by_recipient = {recipient.casefold(): letter for recipient, letter in letters.items()}
    assert by_recipient.keys() == expecting.staged.keys()
    for recipient, letter in by_recipient.items():
        check_letter(letter, recipient, expecting, days, as_of)


def check_json(result: dict[str, object], expecting: Expected, days: Days, as_of: date) -> None:
    """The result's fields, its dates, its sums and its exceptions are the contract's."""
    assert result.keys() >= FIELDS
    assert (result["as_of"], result["next_run"]) == (as_of.isoformat(), days.next_run(as_of).isoformat())
    assert result["state"] == "done"
    stages = {stage: expecting.stages[stage] for stage in STAGES}
    assert result["assessments"] == {"open": sum(stages.values()), **stages}
    digests = len(expecting.staged)
    assert [result[key] for key in ("digests", "sent", "deferred", "refused")] == [digests, digests, 0, 0]
    exceptions = result["exceptions"]
    assert isinstance(exceptions, list)
    assert all(each.keys() >= {"kind", "assessment_id", "detail"} and each["detail"] for each in exceptions)
    found = sorted((each["kind"], each["assessment_id"]) for each in exceptions)
    assert found == sorted(expecting.exceptions.elements())


def check_source(source: object, expecting: Expected, path: Path) -> None:
    """The source's figures are the file's."""
    assert isinstance(source, dict)
    assert source.keys() == {"name", "sha256", "rows", "rejected", "other_lines", "extracted_at"}
    assert source["name"] == path.name
    assert source["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert (source["rows"], source["rejected"]) == (len(expecting.rows), expecting.rejected)
    assert datetime.fromisoformat(source["extracted_at"]).tzinfo is not None


def check_letter(letter: Letter, recipient: str, expecting: Expected, days: Days, as_of: date) -> None:
    """
    One digest holds its recipient's assessments, each once at its stage, and the same facts in both parts.
    """
    keys = expecting.starts.keys()
    assert letter.staged(keys) == expecting.staged[recipient]
    assert letter.on_track() == expecting.on_track[recipient]
    workers = {(row["assessment_id"], row["child_id"]): row["worker"] for row in expecting.rows}
    visible = letter.visible
    for row in letter.rows(keys):
        key = (row.assessment_id, row.child_id)
        due = days.day(expecting.starts[key], days.limit)
        counted = f"day {days.age(expecting.starts[key], as_of)} of {days.limit}"
        assert counted in row.line
        assert f"due {due_words(due, as_of)}" in row.line
        assert workers[key] in row.line
        html_row = visible[visible.index(row.child_id) :]
        assert counted in html_row.partition(" child ")[0]
        assert f"due {due_words(due, as_of)}" in html_row.partition(" child ")[0]


def due_words(due: date, as_of: date) -> str:
    """Return a due date as the email has it: with the year only when it is not *as_of*'s."""
    year = "" if due.year == as_of.year else f" {due.year}"
    return f"{due:%a} {due.day} {due:%b}{year}"
