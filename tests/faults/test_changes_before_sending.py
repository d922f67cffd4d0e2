"""Fault matrix, rows 71 and 88: people and assessments that change between plan and sending."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.world.council import ADMINS, FALLBACK
from tests.world.mail_server import LATER, LATER_AT_DOT, MailServer
from tests.world.service import Service, row, text_of, waiting
from tests.world.terminal import alerter

LEFT, STAYED, SUCCESSOR = (f"{name}@council.example" for name in ("left", "stayed", "successor"))
ROWS = (row(1, team="Duty"), row(2, team="Duty"), row(3, team="Court"))


@pytest.fixture
def teams(tmp_path: Path, migrated_file: Path, post_office: MailServer) -> Iterator[Service]:
    """
    Return a service of two teams whose managers stand in the directory; the first one's server says later.
    """
    with waiting(tmp_path, migrated_file, post_office.port) as monday:
        monday.extract(*ROWS)
        _name(monday, Duty=LEFT, Court=STAYED)
        post_office.reply(LEFT, LATER)
        monday.at("07:00", "08:00")
        assert post_office.tally() == {STAYED: 1, ADMINS: 1}
        yield monday


@pytest.mark.parametrize("duty", [SUCCESSOR, None], ids=["successor", "nobody"])
def test_fault_071_manager_left(teams: Service, post_office: MailServer, duty: str | None) -> None:
    """
    Named otherwise, or no more, before their digest went: it is withdrawn, and goes to whom it belongs now.
    """
    _name(teams, Court=STAYED, **({"Duty": duty} if duty else {}))
    teams.at("08:02", "08:03", "08:04")
    reader = duty or FALLBACK
    tally = post_office.tally()
    assert {each: tally[each] for each in (LEFT, STAYED, reader)} == {LEFT: 0, STAYED: 1, reader: 1}
    assert _ids(post_office, reader) == {"A-1", "A-2"}
    states = {each["recipient"]: each["state"] for each in teams.messages()}
    assert states == {LEFT: "withdrawn", STAYED: "sent", reader: "sent"}
    kinds = [each["kind"] for each in teams.asked("SELECT kind FROM exceptions")]
    assert kinds == ([] if duty else ["no_manager"] * 2)
    assert teams.heard()[-1] == "success"


@pytest.mark.parametrize("signed", [{1}, {1, 2}], ids=["one of two", "all"])
def test_fault_088_signed_off_meanwhile(teams: Service, post_office: MailServer, signed: set[int]) -> None:
    """Signed off before the digest went: it speaks of what is left, and is withdrawn where nothing is."""
    _sign_off(teams, signed)
    teams.at("08:02", "08:03", "08:04")
    left = {1, 2} - signed
    assert post_office.tally()[LEFT] == bool(left)
    assert not left or _ids(post_office, LEFT) == {"A-2"}
    states = {each["recipient"]: each["state"] for each in teams.messages()}
    assert states == {LEFT: "sent" if left else "withdrawn", STAYED: "sent"}
    assert post_office.tally()[STAYED] == 1


def test_more_of_088_signed_off_after_the_mark(
    tmp_path: Path, migrated_file: Path, post_office: MailServer
) -> None:
    """
    What was on its way once is not written anew: the same bytes go again, for the first may have arrived.
    """
    with waiting(tmp_path, migrated_file, post_office.port) as monday:
        monday.extract(*ROWS)
        _name(monday, Duty=LEFT, Court=STAYED)
        post_office.reply(LEFT, LATER_AT_DOT)
        monday.at("07:00", "08:00")
        _sign_off(monday, {1})
        monday.at("08:02", "08:03")
    copies = [each.content for each in post_office.seen if each.recipient == LEFT]
    assert len(copies) == 2
    assert copies[0] == copies[1]


def _name(monday: Service, **managers: str) -> None:
    """Write the directory, with the manager of each team."""
    entries = [{"team": team, "manager_email": manager} for team, manager in managers.items()]
    monday.council.directory(*entries)


def _sign_off(monday: Service, numbers: set[int]) -> None:
    """Sign assessments off in the extract, and read it."""
    signed = {f"A-{number}" for number in numbers}
    monday.extract(
        *(
            {**each, "authorised_on": "2026-11-20"} if each["assessment_id"] in signed else each
            for each in ROWS
        )
    )
    assert alerter(monday.council, "sync").exit_code == 0


def _ids(post_office: MailServer, reader: str) -> set[str]:
    """Return the assessments listed in what *reader* was sent last."""
    return {line.split()[0] for line in text_of(post_office, reader).splitlines() if line.startswith("A-")}
