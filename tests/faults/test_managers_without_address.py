"""Fault matrix, rows 70 to 74: managers whom no address, or more than one, leads to."""

from collections import Counter
from collections.abc import Sequence

from alerter.pipeline.outcome import RunResult
from tests.world.council import ADMINS, FALLBACK
from tests.world.letters import text_of
from tests.world.office import AS_OF, NORTH, SOUTH, Office, row

OKAFOR, LINDQVIST = NORTH["manager_email"], SOUTH["manager_email"]
TWO_IN_ONE = (
    "n.okafor@council.example, evil@elsewhere.example",
    "n.okafor@council.example; evil@elsewhere.example",
    "n.okafor@council.example evil@elsewhere.example",
    "Managers: n.okafor@council.example, evil@elsewhere.example;",
    '"n.okafor@council.example" <evil@elsewhere.example>',
    "N. Okafor <n.okafor@council.example>",
    "n.okafor@council.example)evil@elsewhere.example",
    "n.okafor(comment)@council.example",
    "evil%elsewhere.example@council.example",
    "@elsewhere.example:n.okafor@council.example",
    "n.okafor@council.example\nevil@elsewhere.example",
    "n.okafor@council.example\r\nBcc: evil@elsewhere.example",
)


def test_fault_070_no_address(desk: Office) -> None:
    """All of such a manager's assessments are exceptions and in the fallback's digest; the others' go out."""
    kinds = {"": "no_manager", "n.okafor": "bad_address", "n.okafor@": "bad_address", "@x.y": "bad_address"}
    directory = [_entry(number, address) for number, address in enumerate(kinds)]
    rows = [row(f"A-{number}{twin}", team=f"T{number}") for number in range(len(kinds)) for twin in "ab"]
    done = _run(desk, [*directory, SOUTH], *rows, _south("A-9"))
    assert _exceptions(done) == {
        (f"A-{number}{twin}", kind) for number, kind in enumerate(kinds.values()) for twin in "ab"
    }
    assert _ids(desk, FALLBACK) == sorted(str(each["assessment_id"]) for each in rows)
    assert _ids(desk, LINDQVIST) == ["A-9"]
    assert _readers(desk) == {FALLBACK: 1, LINDQVIST: 1, ADMINS: 1}


def test_fault_072_two_managers_for_one_team(desk: Office) -> None:
    """One place with two managers is nobody's: an exception, and the fallback's."""
    directory = [NORTH, {**SOUTH, "team": "North"}, SOUTH]
    done = _run(desk, directory, row("A-1"), _south("A-2"))
    assert _exceptions(done) == {("A-1", "ambiguous_manager")}
    assert _readers(desk) == {FALLBACK: 1, LINDQVIST: 1, ADMINS: 1}


def test_more_of_072_two_managers_with_one_address(desk: Office) -> None:
    """One digest goes to the address, and the admins are told each week that two names share it."""
    _run(desk, [NORTH, {**SOUTH, "manager_email": OKAFOR}], row("A-1"), _south("A-2"))
    assert _readers(desk) == {OKAFOR: 1, ADMINS: 1}
    assert _ids(desk, OKAFOR) == ["A-1", "A-2"]
    told = " ".join(desk.summaries()[0].split())
    assert f"{OKAFOR} is the address of N. Okafor and of S. Lindqvist (directory lines 2, 3)" in told


def test_more_of_072_one_manager_with_two_records(desk: Office) -> None:
    """
    Two records of one person that differ in the address are told; in its case alone, they are one person.
    """
    elsewhere = {**NORTH, "manager_email": "ngozi.okafor@council.example"}
    done = _run(desk, [NORTH, elsewhere], row("A-1"))
    assert _exceptions(done) == {("A-1", "ambiguous_manager")}
    same = {**NORTH, "manager_email": OKAFOR.upper()}
    done = _run(desk, [NORTH, same, {**same, "team": "East"}], row("A-1"), row("A-2", team="East"), again="1")
    assert _exceptions(done) == set()
    assert _ids(desk, OKAFOR) == ["A-1", "A-2"]


def test_fault_073_more_than_one_address(desk: Office) -> None:
    """
    Two addresses, a group, a display name or a route, in directory or extract: nobody's, and nobody mailed.
    """
    directory = [_entry(number, address) for number, address in enumerate(TWO_IN_ONE)]
    rows = [row(f"A-{number}", team=f"T{number}") for number in range(len(TWO_IN_ONE))]
    own = [_south(f"A-1{number}", manager_email=address) for number, address in enumerate(TWO_IN_ONE)]
    done = _run(desk, [*directory, SOUTH], *rows, *own)
    assert _exceptions(done) == {(str(each["assessment_id"]), "bad_address") for each in rows + own}
    assert _readers(desk) == {FALLBACK: 1, ADMINS: 1}


def test_fault_074_address_beyond_ascii(desk: Office) -> None:
    """A name may have any letters; an address that needs SMTPUTF8 is an exception."""
    beyond = ("ngözi@council.example", "n.okafor@cöuncil.example", "н@council.example")
    named = {**SOUTH, "manager_name": "Søren Łindqvist-Ōno"}
    directory = [*(_entry(number, address) for number, address in enumerate(beyond)), named]
    rows = [row(f"A-{number}", team=f"T{number}") for number in range(len(beyond))]
    done = _run(desk, directory, *rows, _south("A-9", worker="Zoë"))
    assert _exceptions(done) == {(str(each["assessment_id"]), "bad_address") for each in rows}
    (digest,) = desk.sent(LINDQVIST)
    assert digest["To"].addresses[0].display_name == "Søren Łindqvist-Ōno"
    assert "Zoë" in text_of(digest)


def _entry(number: int, address: str) -> dict[str, str]:
    return {"team": f"T{number}", "manager_name": "N. Okafor", "manager_email": address}


def _run(
    desk: Office, directory: Sequence[dict[str, str]], *rows: dict[str, object], again: str = ""
) -> RunResult:
    desk.council.directory(*directory)
    desk.extract(*rows)
    for file in (desk.folder / "sent").glob("*.eml"):
        file.unlink()
    return desk.weekly().run(AS_OF, again=again)


def _south(assessment_id: str, **changed: object) -> dict[str, object]:
    return row(assessment_id, team="South", **changed)


def _exceptions(done: RunResult) -> set[tuple[str, str]]:
    told = [each for each in done.exceptions if each.assessment_id and each.kind != "unreadable_value"]
    return {(each.assessment_id, each.kind) for each in told}


def _readers(desk: Office) -> Counter[str]:
    """Return how many messages each address was sent, all headers that can hold one considered."""
    return Counter(
        address.addr_spec
        for mail in desk.sent()
        for header in ("To", "Cc", "Bcc")
        for value in mail.get_all(header, [])
        for address in value.addresses
    )


def _ids(desk: Office, reader: str) -> list[str]:
    """Return the assessments that stand in what *reader* was sent last."""
    words = text_of(desk.sent(reader)[-1]).split()
    return sorted({word for word in words if word.startswith("A-")})
