"""Headings are found however they are spelled, and a missing one is named."""

from dataclasses import replace
from datetime import date

import pytest

from alerter.domain.policy import Clock
from alerter.errors import SourceError
from alerter.sources.columns import WantedColumns, normalised, wanted_for_assessments, wanted_for_directory

CORE = Clock(type="core", label="Core", working_days=35, alert_after=25)
SINGLE = Clock(type="single", label="Single", working_days=45, alert_after=35, starts_from="referred_on")


def wanted(columns: dict[str, str] | None = None, *clocks: Clock) -> WantedColumns:
    """Return the wanted columns under the core clock, or under *clocks*."""
    return wanted_for_assessments(columns or {}, {clock.type: clock for clock in clocks or (CORE,)})


@pytest.mark.parametrize(
    "heading",
    [
        "Child's id", " CHILD'S  ID ", "child\u2019s id", "child\u2018s\u00a0id", "Child's id?",
        "Child's id ? ", "Child's\r\nid", "\ufeffChild's id",
    ],
)  # fmt: skip
def test_spelling_of_a_heading_does_not_matter(heading: str) -> None:
    """Case, blanks, apostrophes, line breaks and a question mark make no other column."""
    assert normalised(heading) == "child's id"
    assert wanted({"child_id": "Child's ID"}).locate([heading, "Started_On"], "x.csv").indexes == {
        "child_id": 0,
        "started_on": 1,
    }


def test_unmapped_columns_go_by_their_own_name() -> None:
    """A mapping for one column leaves the others as they are, and other columns are not looked at."""
    located = wanted({"child_id": "Person"}).locate(["name", "team", "PERSON", "started_on", ""], "x.csv")
    assert located.indexes == {"team": 1, "child_id": 2, "started_on": 3}
    assert located.heading_of("child_id") == "PERSON"
    assert located.heading_of("worker") == "worker"


@pytest.mark.parametrize(
    ("row", "columns", "sentence"),
    [
        (
            ["started_on", "Person ID"], {},
            (
                'x.csv: line 4 has the headings "started_on", "Person ID"; child_id is not among them. '
                'Map it: [source.columns] child_id = "...".'
            ),
        ),
        (
            ["child_id", "Start"], {},
            (
                'x.csv: line 4 has the headings "child_id", "Start"; started_on is not among them. '
                'Map it: [source.columns] started_on = "Start".'
            ),
        ),
        (
            ["child_id", "Start date "], {"started_on": "Stat date"},
            (
                'x.csv: line 4 has the headings "child_id", "Start date"; '
                '"Stat date", which [source.columns] gives for started_on, is not among them; '
                'the nearest is "Start date".'
            ),
        ),
        (
            ["child_id", "started_on"], {"team": "Zzzz"},
            (
                'x.csv: line 4 has the headings "child_id", "started_on"; '
                '"Zzzz", which [source.columns] gives for team, is not among them.'
            ),
        ),
        (
            ["child_id", "Child_ID ", "started_on"], {},
            (
                'x.csv: more than one column is headed "child_id" and "Child_ID", wanted as child_id: '
                "rename or remove all but one."
            ),
        ),
    ],
)  # fmt: skip
def test_a_fault_names_the_column_and_what_is_there(
    row: list[str], columns: dict[str, str], sentence: str
) -> None:
    """The operator reads which heading is missing and which ones the file has."""
    with pytest.raises(SourceError) as caught:
        wanted(columns).locate(row, "x.csv", "line 4")
    assert str(caught.value) == sentence


def test_each_clock_needs_the_date_it_starts_from() -> None:
    """With two clocks both dates are needed, and both faults are told at once."""
    with pytest.raises(SourceError) as caught:
        wanted({}, CORE, SINGLE).locate(["child_id", "team"], "x.csv", "line 1")
    assert str(caught.value) == (
        'x.csv: line 1 has the headings "child_id", "team"; '
        'referred_on is not among them. Map it: [source.columns] referred_on = "...". '
        'started_on is not among them. Map it: [source.columns] started_on = "...".'
    )


@pytest.mark.parametrize(
    "row",
    [
        ["88213", "05/10/2026", "Made-up Name"],
        ["88213", "05/10/2026", "Made-up Name", "Worker"],
        ["A-7", "12-OCT-26", "Made-up Name", "12/10"],
        ["Made-up Name"],
    ],
)
def test_a_row_of_data_is_never_shown_as_headings(row: list[str]) -> None:
    """A file without a heading line gives no child's id or date away, nor a name that stands beside them."""
    with pytest.raises(SourceError) as caught:
        wanted().locate(row, "x.csv", "line 1")
    said = str(caught.value)
    assert not any(cell in said for cell in row if cell != "Worker")
    if "Worker" not in row:
        assert said.startswith("x.csv: no heading line with child_id and started_on in the first 10 rows")


def test_a_long_list_of_headings_is_cut_with_a_count() -> None:
    """Forty headings are shown, and how many more there are."""
    letters = [f"column {a}{b}" for a in "abcdef" for b in "abcdefgh"]
    with pytest.raises(SourceError, match='"column eh" and 8 more; child_id'):
        wanted().locate(letters, "x.csv")


def test_the_heading_row_is_the_first_that_holds_what_is_required() -> None:
    """Titles and blank rows above are passed over, and a better row below the tenth is too late."""
    heading = ["child_id", "started_on"]
    assert wanted().heading_row([["Weekly report"], [], heading, heading]) == 2
    assert wanted().heading_row([*[["Title"]] * 10, heading]) == 0
    assert wanted().heading_row([["Title"], ["child_id", "start"], ["team"]]) == 1
    assert wanted().heading_row([[], ["", " "]]) is None


def test_the_directory_needs_an_address_and_somebody_managed() -> None:
    """Team or worker is enough; the advice fits a file the council writes itself."""
    assert wanted_for_directory().locate(["Worker", "Manager_Email"], "d.csv").indexes == {
        "worker": 0,
        "manager_email": 1,
    }
    with pytest.raises(SourceError, match="team or worker is not among them"):
        wanted_for_directory().locate(["manager_email", "name"], "d.csv")


def test_an_earlier_rules_date_is_wanted_too() -> None:
    """Open work may still stand under it."""
    before = Clock(type="single", label="Single assessment", working_days=35, alert_after=25)
    now = replace(before, starts_from="referred_on", effective_from=date(2026, 9, 1), earlier=before)
    assert wanted_for_assessments({}, {"single": now}).required == (
        ("child_id",),
        ("referred_on",),
        ("started_on",),
    )


def test_variants_of_a_heading_are_one_column() -> None:
    """Either is found; both together are one too many, and both are named."""
    wanted = WantedColumns(
        headings={"child_id": "Child ID"},
        required=(("child_id",),),
        advice="x",
        variants={"child_id": ("Person",)},
    )
    assert wanted.locate(["x", "person"], "x.csv").indexes == {"child_id": 1}
    with pytest.raises(
        SourceError, match='more than one column is headed "Person" and "Child ID", wanted as child_id'
    ):
        wanted.locate(["Person", "Child ID"], "x.csv")
