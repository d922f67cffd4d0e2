"""The view that the guide gives for the Standard Safeguarding Dataset works as it stands there."""

from datetime import date
from pathlib import Path

import pytest

from tests.sources.asking import asked, send
from tests.sources.reading import accepted

DATASET = (
    """
    CREATE TABLE ssd_cin_assessments (
        cina_assessment_id VARCHAR(9), cina_person_id VARCHAR(9), cina_referral_id VARCHAR(9),
        cina_assessment_start_date DATE, cina_assessment_auth_date DATE,
        cina_assessment_team VARCHAR(9), cina_assessment_worker_id VARCHAR(9))
    """,
    """
    CREATE TABLE ssd_cin_episodes (
        cine_referral_id VARCHAR(9), cine_person_id VARCHAR(9), cine_referral_date DATE, cine_close_date DATE)
    """,
    "CREATE TABLE ssd_department (dept_team_id VARCHAR(9), dept_team_name VARCHAR(20))",
    "CREATE TABLE ssd_professionals (prof_professional_id VARCHAR(9), prof_professional_name VARCHAR(20))",
    """
    CREATE TABLE ssd_involvements (
        invo_professional_id VARCHAR(9), invo_person_id VARCHAR(9), invo_referral_id VARCHAR(9),
        invo_involvement_end_date DATE)
    """,
    "INSERT INTO ssd_cin_assessments VALUES ('S1', 'C1', 'R1', '2026-10-05', NULL, 'T1', NULL)",
    "INSERT INTO ssd_cin_assessments VALUES ('S1', 'C2', 'R2', '2026-10-05', '2026-11-02', 'T9', 'W9')",
    "INSERT INTO ssd_cin_assessments VALUES ('S0', 'C3', 'R3', '2010-10-05', '2010-11-02', 'T1', 'W1')",
    "INSERT INTO ssd_cin_episodes VALUES ('R1', 'C1', '2026-10-01', NULL)",
    "INSERT INTO ssd_department VALUES ('T1', 'Duty')",
    "INSERT INTO ssd_professionals VALUES ('W1', 'P. Novak')",
    "INSERT INTO ssd_involvements VALUES ('W0', 'C1', 'R1', '2026-10-06')",
    "INSERT INTO ssd_involvements VALUES ('W1', 'C1', 'R1', NULL)",
)
GUIDE = Path(__file__).parents[2] / "docs" / "input.md"


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_the_view_of_the_guide(request: pytest.FixtureRequest, kind: str) -> None:
    """
    It gives what is open with its present worker, and what was finished lately; ids where there is no name.
    """
    url: str = request.getfixturevalue(f"empty_{kind}_url")
    view = GUIDE.read_text(encoding="utf-8").partition("```sql\n")[2].partition("```")[0]
    view = view.replace("reporting.", "").replace(
        "DATEADD(year, -2, CAST(GETDATE() AS date))", "'2024-11-23'"
    )
    send(url, *DATASET, view.strip().rstrip(";"))
    found = accepted(asked(url, "SELECT * FROM alerter_assessments ORDER BY child_id"))
    assert [(each.assessment_id, each.child_id, each.team, each.worker) for each in found] == [
        ("S1", "C1", "Duty", "P. Novak"),
        ("S1", "C2", "T9", "W9"),
    ]
    assert [each.referred_on for each in found] == [date(2026, 10, 1), None]
