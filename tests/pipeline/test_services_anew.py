"""A service manager's digest before it is sent: written anew, sent once, or else the fallback's to read."""

from dataclasses import replace

from sqlalchemy import select

from alerter.store import runs
from alerter.store.schema import escalations
from tests.pipeline.test_letters import prepare_torn
from tests.pipeline.test_renew import NEW_EMAIL, NORTH_MOVED, look_again, send_first, standing
from tests.world.stored_council import FALLBACK, NORTH, SOUTH, Council, row

HEAD, SUCCESSOR = "head@council.example", "successor@council.example"
WEEK = [row("A-1", days=40), row("A-2", days=30, team="South"), row("A-3", days=37, team="South")]


def under(address: str, *lines: object) -> tuple[object, ...]:
    """Return lines of the directory under one service manager."""
    return tuple(replace(line, escalate_to=address) for line in lines or (NORTH, SOUTH))


def escalated(council: Council) -> list[str]:
    """Return who was to be told of what climbed, in the order of the assessments."""
    query = select(escalations.c.recipient).order_by(escalations.c.assessment, escalations.c.recipient)
    with council.database.read() as connection:
        return list(connection.execute(query).scalars())


def test_a_service_manager_who_left_gets_nothing_and_the_successor_all(either_council: Council) -> None:
    """No manager's row went elsewhere, and yet the digest waits for somebody who is none now."""
    council = replace(either_council, directory=under(HEAD))
    council.read(WEEK)
    council.prepare()
    assert escalated(council) == [HEAD, HEAD]
    assert look_again(council, *under(HEAD)) is False
    assert look_again(council, *under(SUCCESSOR)) is True
    assert standing(council) == {
        HEAD: "withdrawn", NORTH.manager_email: "queued", SOUTH.manager_email: "queued", SUCCESSOR: "queued",
    }  # fmt: skip
    assert escalated(council) == [SUCCESSOR, SUCCESSOR]


def test_what_a_service_manager_has_had_is_not_sent_again(council: Council) -> None:
    """A manager's digest that is written anew leaves it alone, for it tells of the whole service."""
    council = replace(council, directory=under(HEAD))
    council.read(WEEK)
    council.prepare()
    send_first(council)
    assert standing(council)[HEAD] == "sent"
    assert look_again(council, *under(HEAD, NORTH_MOVED, SOUTH)) is True
    assert [each.recipient for each in council.letters()].count(HEAD) == 1
    assert standing(council)[NEW_EMAIL] == "queued"
    assert escalated(council) == [HEAD, HEAD]


def test_one_that_waits_is_written_anew_from_everything(council: Council) -> None:
    """Its totals are those of the whole service, whichever managers' digests have gone already."""
    council = replace(council, directory=under("z.head@council.example"))
    council.read(WEEK)
    council.prepare()
    send_first(council)
    assert look_again(
        council, *under("z.head@council.example", NORTH, replace(SOUTH, manager_email=NEW_EMAIL))
    )
    (text,) = [each.text for each in council.letters() if each.recipient == "z.head@council.example"]
    assert "In all, 3 open: 2 overdue, 1 past day 25, 0 reassured.\n" in text
    assert "- South, S. Lindqvist: 2 open: 1 overdue, 1 past day 25" in text


def test_a_service_managers_digest_that_cannot_be_written_is_the_fallbacks(council: Council) -> None:
    """The managers' go as they are; the fallback reads what climbed, and the admins why."""
    council = replace(council, directory=under(HEAD))
    council.read(WEEK)
    run = prepare_torn(council, HEAD)
    letters = {each.recipient: each.text for each in council.letters()}
    assert sorted(letters) == sorted([NORTH.manager_email, SOUTH.manager_email, FALLBACK])
    assert letters[FALLBACK].startswith("This week 2 assessments are escalated to you.\n")
    with council.database.read() as connection:
        (found,) = runs.exceptions_of(connection, run.id)
    assert (found.kind, found.assessment_id) == ("render_failed", "")
    assert found.detail == (
        "their manager's digest could not be written (ZeroDivisionError); what climbs goes to the fallback"
    )
    assert escalated(council) == [FALLBACK, FALLBACK]
