"""
Files as councils' and the sector's own tools write them, read with the counts their origin states.

They lie beside the repository, not in it; without them nothing here is tested, and pytest says so.
"""

from datetime import UTC, datetime

import pytest

from alerter.config.input import COLUMN_PRESETS
from alerter.domain.assessment import Assessment, Rejected
from alerter.errors import SourceError
from alerter.sources.table import Table
from tests.sources.reading import SAMPLES, accepted, needs_samples, opened, values

pytestmark = needs_samples
ANNEX_A, CENSUS, CENSUS_CSV = (SAMPLES / name for name in ("annex-a", "cin-census-xml", "cin-census-csv"))


def unauthorised(table: Table) -> int:
    """Return how many rows have no sign-off."""
    column = table.columns.indexes["authorised_on"]
    return sum(not cells[column] for _, cells in table.read())


@pytest.mark.parametrize(
    ("name", "assessments", "is_open"),
    [
        ("d2i_CIN_Census_2021.xml", 1, 0),
        ("d2i_CIN2rows.xml", 1, 1),
        ("d2i_CIN_Census_2024.xml", 2, 0),
        ("d2i_fake_CIN_data.xml", 0, 0),
        ("liia_cin-2022.xml", 1, 0),
        ("generated_seed42_200children.xml", 285, 0),
    ],
)
def test_census_files(name: str, assessments: int, is_open: int) -> None:
    """Every assessment is told once, and so is every one without a sign-off."""
    source = opened("cin-census", CENSUS / name)
    assert len(values(source)) == assessments
    assert unauthorised(source.table) == is_open


def test_what_the_census_files_hold() -> None:
    """The worked example is of 1970 and not believed; an id has 23 characters; 146 end before they start."""
    (old,) = values(opened("cin-census", CENSUS / "d2i_CIN_Census_2021.xml"))
    assert isinstance(old, Rejected)
    assert old.reason.endswith("is before 1990 and cannot be believed")
    found = accepted(opened("cin-census", CENSUS / "d2i_CIN_Census_2024.xml"))
    assert [each.child_id for each in found] == ["DfEX0000001", "child_fails_assessments"]
    generated = accepted(opened("cin-census", CENSUS / "generated_seed42_200children.xml"))
    assert sum(each.is_authorised_before_start for each in generated) == 146
    extract = opened("cin-census", CENSUS / "d2i_fake_CIN_data.xml").extract
    assert extract.extracted_at == datetime(2022, 7, 21, 10, 12, 28, tzinfo=UTC)


def test_the_census_tables_are_what_the_census_is() -> None:
    """The same 285 assessments as XML and as CSV, but for the dates an episode was closed."""
    columns = {
        "child_id": "LAchildID",
        "referred_on": "CINreferralDate",
        "started_on": "AssessmentActualStartDate",
        "review_on": "AssessmentInternalReviewDate",
        "authorised_on": "AssessmentAuthorisationDate",
    }
    from_csv = accepted(opened("csv", CENSUS_CSV / "generated_seed42_Assessments.csv", columns))
    from_xml = accepted(opened("cin-census", CENSUS / "generated_seed42_200children.xml"))
    assert [facts(each) for each in from_csv] == [facts(each) for each in from_xml]
    with pytest.raises(SourceError, match=r'"AssessmentActualStartDate", which .* is not among them'):
        opened("csv", CENSUS_CSV / "generated_seed42_CINdetails.csv", columns)


def facts(assessment: Assessment) -> tuple[object, ...]:
    """Return what both forms of a census tell of an assessment."""
    return (
        assessment.child_id,
        assessment.referred_on,
        assessment.started_on,
        assessment.review_on,
        assessment.authorised_on,
    )


@pytest.mark.parametrize(
    ("name", "assessments", "is_open"),
    [("annexa_example.xlsx", 5, 2), ("2015-01-sample.xlsx", 0, 0), ("example-B-2004.xlsx", 0, 0)],
)
def test_annex_a_workbooks(name: str, assessments: int, is_open: int) -> None:
    """List 4 is found with its title above it or without, and among eleven lists."""
    source = opened("annex-a", ANNEX_A / name)
    assert source.extract.notes[0] == 'List 4 from the sheet "List_4"'
    assert len(accepted(source)) == assessments
    assert unauthorised(source.table) == is_open


def test_dates_of_an_annex_a_are_formulas_with_results() -> None:
    """Child 3333 is there twice, and each has the last referral before it started."""
    found = accepted(opened("annex-a", ANNEX_A / "annexa_example.xlsx"))
    twice = [(each.started_on, each.referred_on) for each in found if each.child_id == "3333"]
    assert [(str(start), str(referral)) for start, referral in twice] == [
        ("2019-04-13", "2019-03-22"),
        ("2019-04-17", "2019-03-22"),
    ]


def test_the_standard_dataset_has_the_columns_of_its_preset() -> None:
    """Its own specification names every heading that the preset `ssd` maps."""
    specification = (
        SAMPLES / "cms-standard-dataset" / "ssd_data_objects_specification_subset.csv"
    ).read_text(encoding="utf-8")
    assert [
        heading for heading in COLUMN_PRESETS["ssd"].values() if f",{heading}," not in specification
    ] == []
