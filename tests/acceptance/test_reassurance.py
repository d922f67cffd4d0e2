"""A manager's reassurance quiets an assessment for a while, and never for good."""

from datetime import date, timedelta

from tests.acceptance.caseload import ENGLAND, start_at
from tests.world.council import Council
from tests.world.letters import Letter, read
from tests.world.mail_server import MailServer

FIRST = date(2025, 9, 22)
MANAGER = "m@council.example"
KEYS = [("A-1", "C1"), ("A-2", "C2"), ("A-3", "C3"), ("A-3", "C4")]


def test_reassurance_stands_and_lapses(council: Council, post_office: MailServer) -> None:
    """
    It lapses when its expected date has passed, when the assessment is overdue, or after four digests.

    A-1 is expected before the third week; A-2 becomes overdue in the fourth; A-3 has long to run, so that
    only the number of digests ends what was said about C3 of it; nobody vouched for its sibling C4.
    """
    council.configure(
        assessments__long__label="Long assessment",
        assessments__long__working_days=90,
        assessments__long__alert_after=25,
        assessments__long__clock="started_on",
    )
    council.directory({"team": "Duty", "manager_email": MANAGER})
    types = {"A-1": "long", "A-2": "core", "A-3": "long"}
    start = start_at(20, FIRST)
    council.extract(
        {
            "assessment_id": number,
            "child_id": child,
            "type": types[number],
            "started_on": start,
            "team": "Duty",
        }
        for number, child in KEYS
    )
    assert set(stages(council, post_office, FIRST).values()) == {"approaching"}

    reassure(council, "A-1", FIRST + timedelta(days=14))
    reassure(council, "A-2", FIRST + timedelta(days=90))
    reassure(council, "A-3", FIRST + timedelta(days=90), "--child", "C3")
    weeks = [stages(council, post_office, FIRST + timedelta(weeks=week)) for week in range(1, 6)]
    assert [week["A-1", "C1"] for week in weeks] == ["reassured"] * 2 + ["past_alert"] * 3
    assert ENGLAND.age(start, FIRST + timedelta(weeks=3)) == 35
    assert [week["A-2", "C2"] for week in weeks] == ["reassured"] * 3 + ["overdue"] * 2
    assert [week["A-3", "C3"] for week in weeks] == ["reassured"] * 4 + ["past_alert"]
    assert [week["A-3", "C4"] for week in weeks] == ["approaching"] + ["past_alert"] * 4


def test_reassurance_must_make_sense(council: Council) -> None:
    """An address outside the council, an expectation before it was given, or an unknown id are exit 2."""
    sound = {"--by": MANAGER, "--expected": FIRST + timedelta(days=7), "--on": FIRST}
    for number, change in (
        ("A-1", {"--by": "m@elsewhere.example"}),
        ("A-1", {"--expected": FIRST - timedelta(days=1)}),
        ("A-9", {}),
    ):  # fmt: skip
        options = [word for option in {**sound, **change}.items() for word in option]
        said = council.alerter("reassure", number, *options)
        assert said.exit_code == 2
        assert len(said.err.strip().splitlines()) == 1
        assert "Traceback" not in said.err


def stages(council: Council, post_office: MailServer, as_of: date) -> dict[tuple[str, str], str]:
    """Run one week; return the stage each assessment stands under in the manager's digest."""
    said = council.run(as_of)
    assert said.exit_code == 0, said.err
    letter = digest(post_office)
    found = {(row.assessment_id, row.child_id): row.stage for row in letter.rows(KEYS)}
    assert len(found) == len(KEYS) == said.json["assessments"]["open"]
    assert said.json["assessments"]["reassured"] == list(found.values()).count("reassured")
    return found


def digest(post_office: MailServer) -> Letter:
    """Return the manager's latest digest."""
    return [read(parcel) for parcel in post_office.arrived if parcel.recipient == MANAGER][-1]


def reassure(council: Council, number: str, expected: date, *options: str) -> None:
    """Record on the day after the first run that the manager looked."""
    on = FIRST + timedelta(days=1)
    said = council.alerter("reassure", number, "--by", MANAGER, "--expected", expected, "--on", on, *options)
    assert said.exit_code == 0, said.err
