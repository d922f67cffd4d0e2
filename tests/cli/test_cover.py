"""`alerter cover`: recorded, listed, ended, and told by `check`, the digests and the admins' summary."""

import json
from datetime import timedelta

import pytest

from tests.world.office import NORTH, SOUTH, Office, row, today
from tests.world.terminal import alerter

OKAFOR, LINDQVIST = str(NORTH["manager_email"]), str(SOUTH["manager_email"])
ADMIN = "performance@council.example"


def covers(office: Office) -> list[dict[str, str]]:
    """Return the covers as JSON."""
    said = alerter(office, "cover", "--json")
    assert said.exit_code == 0, said.err
    rows = json.loads(said.out)["covers"]
    assert isinstance(rows, list)
    return rows


def record(office: Office, **changed: object) -> list[object]:
    """Return the options of a cover for North's manager from today on."""
    usual = {"for": OKAFOR, "by": LINDQVIST, "from": today(), "until": today() + timedelta(days=14)}
    return ["cover", *(word for name, value in (usual | changed).items() for word in (f"--{name}", value))]


def test_recorded_cover_gets_the_digest_until_it_is_ended(office: Office) -> None:
    """From the next run on; the manager's work goes to who covers, whose digest says for whom."""
    office.extract(row("A-1", days=30, as_of=today()))
    alerter(office, "sync")
    assert alerter(office, *record(office)).exit_code == 0
    assert alerter(office, *record(office)).exit_code == 0
    (listed,) = covers(office)
    assert (listed["manager"], listed["cover"]) == (OKAFOR, LINDQVIST)
    assert listed["source"].startswith("recorded by ")
    assert alerter(office, "run").exit_code == 0
    assert "covering for N. Okafor" in office.sent(LINDQVIST)[0].get_body(("plain",)).get_content()  # type: ignore[union-attr]
    assert not office.sent(OKAFOR)
    assert alerter(office, "cover", "--for", OKAFOR, "--end").exit_code == 0
    assert covers(office) == []
    assert alerter(office, "cover", "--for", OKAFOR, "--end").exit_code == 2
    assert alerter(office, "run", "--again", "--reason", "back").exit_code == 0
    assert office.sent(OKAFOR)


def test_cover_against_the_directory_is_named(office: Office) -> None:
    """Check and the admins' summary name both, and which counts; the later one is written to."""
    until = today() + timedelta(days=30)
    other = "h.other@council.example"
    office.council.directory(NORTH | {"cover_email": other, "cover_until": until.isoformat()}, SOUTH)
    office.extract(row("A-1", days=30, as_of=today()))
    alerter(office, "sync")
    alerter(office, *record(office))
    differs = f"the one recorded later counts, {LINDQVIST}"
    assert differs in alerter(office, "check").out
    assert [cover["source"] for cover in covers(office)] == ["directory line 2", covers(office)[1]["source"]]
    alerter(office, "run")
    assert len(office.sent(LINDQVIST)) == 1
    assert differs in " ".join(office.sent(ADMIN)[0].get_body(("plain",)).get_content().split())  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"by": "x@elsewhere.example"}, "--by: the address lies outside allowed_domains."),
        ({"for": "nobody"}, "--for: write one plain email address"),
        ({"from": "2026-12-31", "until": "2026-12-30"}, "--until: the day lies before --from."),
        ({"from": "2026-01-05", "until": "2026-01-06"}, "--until: the day has passed."),
    ],
)
def test_cover_that_cannot_be_is_refused(office: Office, changed: dict[str, object], said: str) -> None:
    """One sentence that names the option, exit 2, and nothing is recorded."""
    office.extract(row("A-1", as_of=today()))
    alerter(office, "sync")
    refused = alerter(office, *record(office, **changed))
    assert (refused.exit_code, said in refused.err) == (2, True), refused.err
    assert covers(office) == []


def test_address_that_the_directory_does_not_name_is_told(office: Office) -> None:
    """It is recorded, for the directory may come later, and a slip is seen."""
    office.extract(row("A-1", as_of=today()))
    alerter(office, "sync")
    assert alerter(office, *record(office)).err == ""
    said = alerter(office, *record(office, by="s.lindquist@council.example"))
    assert said.exit_code == 0
    assert "the directory does not name s.lindquist@council.example" in said.err


def test_half_a_cover_is_a_usage_error(office: Office) -> None:
    """Without its days it could stand for ever."""
    office.extract(row("A-1"))
    assert alerter(office, "cover", "--for", OKAFOR, "--by", LINDQVIST).exit_code == 2
    assert alerter(office, "cover", "--for", OKAFOR, "--end", "--json").exit_code == 2
