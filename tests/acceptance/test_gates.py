"""An extract that looks wrong: the run is held, sends nothing, applies nothing, and the admins are told."""

from tests.acceptance.caseload import MONDAY, NEXT_MONDAY, row
from tests.world.council import ADMINS, FALLBACK, Council
from tests.world.letters import read
from tests.world.mail_server import MailServer


def test_doubtful_extract_is_held_and_a_mended_one_goes_on(council: Council, post_office: MailServer) -> None:
    """The file unchanged, without rows, or with most rows gone is exit 1; a sound one is then `done`."""
    council.configure(source__hold_unchanged=True, source__max_shrink_percent=50)
    council.directory()
    rows = [row(number) for number in range(10)]
    council.extract(rows)
    assert council.run(MONDAY).exit_code == 0
    post_office.arrived.clear()
    for doubtful in (rows, [], rows[:4]):
        council.extract(doubtful, columns=list(rows[0]))
        said = council.run(NEXT_MONDAY)
        assert (said.exit_code, said.json["state"]) == (1, "held"), said.err
    told = [read(parcel) for parcel in post_office.arrived]
    assert {letter.recipient for letter in told} == {ADMINS}
    assert all("held" in letter.text for letter in told)
    council.extract(rows[:9])
    said = council.run(NEXT_MONDAY)
    assert (said.exit_code, said.json["state"], said.json["assessments"]["open"]) == (0, "done", 9), said.err
    assert post_office.tally()[FALLBACK] == 1


def test_extract_without_open_assessments_is_held(council: Council, post_office: MailServer) -> None:
    """
    Rows that are all signed off are suspect, never all clear; the admins are told, and it can be let go.
    """
    council.directory()
    council.extract([row(number, authorised_on=MONDAY) for number in range(3)])
    said = council.run(MONDAY)
    assert (said.exit_code, said.json["state"], said.json["digests"]) == (1, "held", 0), said.err
    assert "no open assessment" in said.err
    assert post_office.tally() == {ADMINS: 1}
    released = council.alerter("release", str(said.json["run"]), "--reason", "school holidays")
    assert released.exit_code == 0, released.err
    assert post_office.tally() == {ADMINS: 2}
