"""The service page: teams, bands, past runs; each sees their own teams, and nobody changes anything."""

from datetime import timedelta

import pytest
from sqlalchemy import update

from alerter.store.schema import outbox
from tests.web.house import LINDQVIST, OKAFOR, SERVICE_MANAGER, House, new_house
from tests.world.council import ADMINS, FALLBACK
from tests.world.office import NORTH, SOUTH, Office, row


def test_an_admin_sees_every_team(house: House) -> None:
    """
    Open, overdue, past day 25, reaching it, reassured, and the oldest of each team; and the bands over all.
    """
    house.inside(OKAFOR).post("/list", pick=house.numbers()["A-2"], expected_all="2009-11-27")
    house.run()
    visitor = house.inside(ADMINS)
    assert visitor.page is not None
    assert visitor.page.request.path == "/service"
    assert "North 5 1 1 1 1 38" in visitor.text
    assert "South 1 0 1 0 0 29" in visitor.text
    assert "Day 26 to 30 2 Core assessment Day 31 to 35 1 Core assessment Day 36 or more 1" in visitor.text
    assert "Past day 25" in visitor.text
    assert "Mon 23 Nov 6 1 2 1 1 1, done 3 sent" in visitor.text


def test_a_service_manager_sees_the_teams_that_name_them(house: House) -> None:
    """Neither the figures nor the managers of others; past runs are counted for these teams alone."""
    house.run()
    visitor = house.inside(SERVICE_MANAGER)
    assert "North 5 1 2 1 0 38" in visitor.text
    assert "South" not in visitor.text
    assert "Mon 23 Nov 5 1 2 1 0 1, done 3 sent" in visitor.text
    assert OKAFOR in visitor.text
    assert LINDQVIST not in visitor.text


def test_a_manager_has_no_figures_to_look_at(house: House) -> None:
    """The list says no word of the page, and its address is refused."""
    visitor = house.inside(OKAFOR)
    assert "Teams" not in visitor.text
    assert visitor.get("/service").status_code == 403
    assert "There are no teams to show you" in visitor.text


def test_the_fallback_sees_the_teams_with_work_of_nobodys(office: Office) -> None:
    """Beside the list of that work."""
    with new_house(office) as house:
        office.extract(row("A-1", days=38), row("X-1", days=30, team="West"))
        house.run()
        visitor = house.inside(FALLBACK)
        assert "X-1" in visitor.text
        visitor.get("/service")
        assert "West 1 0 1 0 0 30" in visitor.text
        assert "North" not in visitor.text
        assert "No manager found (1)" in visitor.text
        assert "X-1, child 9X-1: team 'West', worker 'P. Adeyemi' is not in the directory" in visitor.text


@pytest.mark.parametrize(
    ("count", "all_teams", "own"),
    [
        (12, "Since April: 100% of 13 in time.", "Since April: 100% of 12 in time."),
        (9, "Since April: 100% of 10 in time.", "Since April: too few signed off to say how many in time."),
    ],
)
def test_how_timely_the_teams_have_been(office: Office, count: int, all_teams: str, own: str) -> None:
    """Since April and together, as digests say it of their own teams; fewer than ten are left unsaid."""
    signed: dict[str, object] = {"days": 60, "authorised_on": "2009-10-01"}
    with new_house(office) as house:
        office.extract(
            row("A-1"),
            row("B-1", team="South", **signed),
            *(row(f"A-{number}", **signed) for number in range(10, 10 + count)),
        )
        house.run()
        assert all_teams in house.inside(ADMINS).text
        assert own in house.inside(SERVICE_MANAGER).text


def test_exceptions_are_those_of_the_own_teams(office: Office) -> None:
    """What belongs to no team is the admins'."""
    with new_house(office) as house:
        office.extract(
            row("A-1", authorised_on="2009-01-02"),
            row("B-1", team="South", authorised_on="2009-01-02"),
            row("C-1", started_on=""),
        )
        house.run()
        assert "A-1, child 91: the sign-off is dated before the start" in house.inside(SERVICE_MANAGER).text
        assert "B-1" not in house.inside(SERVICE_MANAGER).text
        admin = house.inside(ADMINS)
        assert all(word in admin.text for word in ("A-1", "B-1", "Start missing (1)"))


def test_a_message_that_waits_for_a_person_is_named_with_its_command(house: House) -> None:
    """To whoever sees its manager, and to nobody else."""
    house.run()
    command = f'alerter resend 1 {LINDQVIST} --reason "..."'
    assert command not in house.inside(ADMINS).text
    with house.office.opened[-1].database.write() as connection:
        of_south = outbox.c.recipient == LINDQVIST
        connection.execute(update(outbox).where(of_south).values(state="unknown"))
    assert f"Run 1 to {LINDQVIST}: unknown. To send it again: {command}" in house.inside(ADMINS).text
    assert command not in house.inside(SERVICE_MANAGER).text


def test_past_runs_are_there_week_by_week(house: House) -> None:
    """Of each send date the last run, latest first."""
    for _ in range(3):
        house.run()
        house.hands.at += timedelta(weeks=1)
    visitor = house.inside(ADMINS)
    weeks = [visitor.text.index(week) for week in ("Mon 7 Dec", "Mon 30 Nov", "Mon 23 Nov")]
    assert weeks == sorted(weeks)


def test_before_the_first_reading_there_is_little_to_see(office: Office) -> None:
    """The page says so, for those who may look at it."""
    with new_house(office) as house:
        with house.installation.database.write() as connection:
            connection.exec_driver_sql("DELETE FROM assessments")
            connection.exec_driver_sql("DELETE FROM syncs")
        assert "Nothing is open in these teams." in house.inside(ADMINS).text
        manager = house.inside(OKAFOR)
        assert "Nothing needs you now" in manager.text
        assert "nothing has been read from the case system yet" in manager.text


def test_several_clocks_have_their_bands_each(office: Office) -> None:
    """Where alert days differ the headings name none."""
    types = {
        "assessments__long__label": "Long assessment",
        "assessments__long__working_days": 45,
        "assessments__long__alert_after": 35,
        "assessments__long__clock": "started_on",
    }
    with new_house(office, **types, source__columns__type="worker") as house:
        office.council.directory(NORTH, SOUTH)
        office.extract(row("A-1", days=30, worker="core"), row("A-2", days=37, worker="long"))
        house.run()
        admin = house.inside(ADMINS)
        assert "Past alert day" in admin.text
        assert "Long assessment Day 36 to 40 1 Long assessment Day 41 to 45 0" in admin.text
        manager = house.inside(OKAFOR)
        assert "2 past alert day" in manager.text
        assert "Core assessment" in manager.text
