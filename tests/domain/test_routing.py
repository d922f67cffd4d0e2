"""Who is told: the directory's precedence, how names are matched, and what leads to nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.address import is_address, is_in_domains
from alerter.domain.routing import (
    NO_PLACE,
    DirectoryEntry,
    Recipient,
    Route,
    Router,
    matched,
    shared_addresses,
)
from tests.world.assessments import AS_OF, DOMAINS, FALLBACK, assessment, entry

TEAM, WORKER, BOTH, OWN = (f"{name}@council.example" for name in ("team", "worker", "both", "own"))
DIRECTORY = (
    entry(2, team="Duty & Assessment", manager_email=TEAM, manager_name="T. Eam"),
    entry(3, worker="W. Orker", manager_email=WORKER),
    entry(4, team="Duty and Assessment", worker="w. orker", manager_email=BOTH),
    entry(5, team="Court", manager_email=TEAM.upper()),
)


def route_of(
    *entries: DirectoryEntry, team: str = "", worker: str = "", manager_email: str = "",
    allowed_domains: tuple[str, ...] = DOMAINS,
) -> Route:  # fmt: skip
    """Return where a directory of *entries* sends an assessment of this team and worker."""
    router = Router(entries, FALLBACK, allowed_domains, AS_OF)
    return router.route(assessment(team=team, worker=worker, manager_email=manager_email))


@pytest.mark.parametrize(
    ("team", "worker", "manager_email", "recipient"),
    [
        ("Duty & Assessment", "W. Orker", "", BOTH),
        ("Duty & Assessment", "N. Ewcomer", "", TEAM),
        ("Duty & Assessment", "", "", TEAM),
        ("Elsewhere", "W. Orker", "", WORKER),
        ("Court", "W. Orker", "", WORKER),
        ("", "W. Orker", "", WORKER),
        ("Duty & Assessment", "W. Orker", OWN, OWN),
        ("", "", OWN, OWN),
        ("Nowhere", "Nobody", OWN, OWN),
    ],
)
def test_precedence(team: str, worker: str, manager_email: str, recipient: str) -> None:
    """The row's own address beats team and worker, that beats worker alone, and that beats team."""
    route = route_of(*DIRECTORY, team=team, worker=worker, manager_email=manager_email)
    assert (route.recipient.email, route.problem, route.detail) == (recipient, "", "")


@pytest.mark.parametrize(
    "spelling",
    [
        "Duty & Assessment", "duty and assessment", "DUTY AND ASSESSMENT", " Duty  &  Assessment ",
        "Duty\u00a0&\u00a0Assessment", "Duty&Assessment", "Duty\t& \u2009Assessment", "Duty And\nAssessment",
    ],
)  # fmt: skip
def test_spellings_that_match(spelling: str) -> None:
    """Case, runs of blanks of any kind, and `&` for "and" make no other team, on either side."""
    assert route_of(*DIRECTORY, team=spelling).recipient.email == TEAM
    assert route_of(entry(team=spelling, manager_email=OWN), team="duty & assessment").recipient.email == OWN


@pytest.mark.parametrize("spelling", ["Duty Assessment", "Duty & Assessments", "Duty-and-Assessment", "Duty"])
def test_spellings_that_do_not_match(spelling: str) -> None:
    """Nothing is guessed: a team that is only like another is not in the directory."""
    route = route_of(*DIRECTORY, team=spelling)
    assert (route.recipient, route.problem) == (FALLBACK, "no_manager")


@given(st.text(st.sampled_from("aA& \u00a0\tnNdD\u00df\u0130"), max_size=12))
def test_matching_what_is_matched_changes_nothing(text: str) -> None:
    """However often a name is made ready to compare, it stays what it became, and its case never mattered."""
    assert matched(matched(text)) == matched(text) == matched(f" {text}\u00a0")


def test_street_sharp_s_is_two_letters() -> None:
    """Case is folded as Unicode has it."""
    assert matched("STRASSE") == matched("stra\u00dfe")


@pytest.mark.parametrize(
    ("team", "worker", "detail"),
    [
        ("Court", "N. Obody", "team 'Court', worker 'N. Obody' is not in the directory"),
        ("Court", "", "team 'Court' is not in the directory"),
        ("", "N. Obody", "worker 'N. Obody' is not in the directory"),
        ("", "", NO_PLACE),
    ],
)
def test_place_that_is_not_in_the_directory_is_named(team: str, worker: str, detail: str) -> None:
    """The exception says what to add to the directory."""
    found = route_of(*DIRECTORY[:3], team=team, worker=worker)
    assert found == Route(FALLBACK, "no_manager", detail)


def test_blank_never_matches_blank() -> None:
    """A line without team and worker manages nobody, and a row without them belongs to no such line."""
    blank = entry(manager_email=OWN)
    assert route_of(blank).problem == "no_manager"
    assert route_of(blank, team=" ", worker="\u00a0").problem == "no_manager"
    assert route_of(blank, team="Court", worker="W. Orker").problem == "no_manager"


def test_team_is_not_taken_for_a_worker() -> None:
    """A worker who is called like a team is not managed by the team's manager."""
    assert route_of(entry(team="Court", manager_email=OWN), worker="Court").problem == "no_manager"


def test_two_managers_are_ambiguous() -> None:
    """With two managers for one place nobody is guessed, and the lines are named."""
    twice = (entry(2, team="Court", manager_email=TEAM), entry(5, team="COURT", manager_email=OWN))
    assert route_of(*twice, team="Court") == Route(
        FALLBACK, "ambiguous_manager", "team 'Court' has more than one manager (directory lines 2, 5)"
    )
    third = entry(9, team="Court", worker="W. Orker", manager_email=BOTH)
    assert route_of(*twice, third, team="Court", worker="W. Orker").recipient.email == BOTH


def test_one_manager_twice_is_one() -> None:
    """Two lines that differ only in the case of the address agree."""
    twice = (entry(2, team="Court", manager_email=TEAM), entry(3, team="Court", manager_email=TEAM.title()))
    assert route_of(*twice, team="Court") == Route(Recipient(TEAM))


def test_line_without_an_address_counts_as_not_there() -> None:
    """Beside another of the same place it makes nothing ambiguous, and a worker's hides no wider one."""
    own = entry(3, team="Court", manager_email=TEAM)
    assert route_of(entry(2, team="Court", manager_name="N. Ew"), own, team="Court").recipient.email == TEAM
    worker = entry(2, worker="W. Orker", manager_name="N. Ew")
    assert route_of(worker, own, team="Court", worker="W. Orker").recipient.email == TEAM


def test_lines_without_an_address_alone_are_no_manager() -> None:
    """The exception names them, as the lines to mend."""
    lines = (entry(2, worker="W. Orker", manager_name="N. Ew"), entry(3, team="Court"))
    assert route_of(*lines, team="Court", worker="W. Orker") == Route(
        FALLBACK,
        "no_manager",
        "team 'Court', worker 'W. Orker' has no address for its manager (directory lines 2, 3)",
    )


@pytest.mark.parametrize(
    "address", ["t.eam", "a@council.example, b@council.example", "T <t@council.example>"]
)
def test_bad_address(address: str) -> None:
    """
    What is not one plain address is never written to, and the exception says who holds it but not what it is.
    """
    by_line = route_of(entry(4, team="Court", manager_email=address), team="Court")
    by_row = route_of(manager_email=address)
    assert by_line == Route(
        FALLBACK, "bad_address", "the manager's address (directory line 4) is not one plain email address"
    )
    assert by_row == Route(
        FALLBACK, "bad_address", "the extract's manager_email is not one plain email address"
    )


@pytest.mark.parametrize(
    ("address", "allowed_domains", "problem"),
    [
        ("m@council.example", ("council.example",), ""),
        ("m@Council.EXAMPLE", ("council.example",), ""),
        ("m@children.council.example", ("council.example",), "domain_not_allowed"),
        ("m@children.council.example", ("*.council.example",), ""),
        ("m@council.example", ("*.council.example",), "domain_not_allowed"),
        ("m@evilcouncil.example", ("council.example", "*.council.example"), "domain_not_allowed"),
    ],
)
def test_domains(address: str, allowed_domains: tuple[str, ...], problem: str) -> None:
    """An address outside the allowed domains is never written to, whether the row or the directory has it."""
    line = entry(team="Court", manager_email=address)
    by_line = route_of(line, team="Court", allowed_domains=allowed_domains)
    by_row = route_of(manager_email=address, allowed_domains=allowed_domains)
    for route, named_by in [
        (by_line, "the manager's address (directory line 2)"), (by_row, "the extract's manager_email"),
    ]:  # fmt: skip
        domain = address.partition("@")[2]
        detail = f"{named_by} is at {domain}, which is not in allowed_domains" if problem else ""
        assert (route.problem, route.detail) == (problem, detail)
        assert route.recipient == (FALLBACK if problem else Recipient(address))


def test_manager_has_the_directorys_name() -> None:
    """The first line with a name gives it, also to an address from the row; no line, no name."""
    lines = (entry(2, team="Court", manager_email=OWN), *DIRECTORY)
    assert route_of(*lines, team="Duty & Assessment").recipient == Recipient(TEAM, "T. Eam")
    assert route_of(*lines, manager_email=TEAM.title()).recipient == Recipient(TEAM.title(), "T. Eam")
    assert route_of(*lines, manager_email=OWN).recipient == Recipient(OWN)


def test_one_router_answers_each_row_for_itself() -> None:
    """Rows of different places have different answers, and rows of the same place the very same."""
    router = Router(DIRECTORY, FALLBACK, DOMAINS, AS_OF)
    first = router.route(assessment(team="Court"))
    other = router.route(assessment(team="Court", manager_email=OWN))
    assert (first.recipient.key, other.recipient.email) == (TEAM, OWN)
    assert router.route(assessment(assessment_id="A-2", team="Court")) is first


NAMES = st.sampled_from(["", "A", "b", "a & b"])
EMAILS = st.sampled_from(
    ["", "m@council.example", "M@council.example", "n@council.example", "o@evil.example", "p"]
)
ENTRIES = st.lists(
    st.builds(entry, st.just(2), team=NAMES, worker=NAMES, manager_email=EMAILS, cover_email=EMAILS),
    max_size=6,
)


@given(entries=ENTRIES, team=NAMES, worker=NAMES, manager_email=EMAILS)
def test_every_route_ends_at_an_allowed_address(
    entries: list[DirectoryEntry], team: str, worker: str, manager_email: str
) -> None:
    """
    Whatever a directory says, the recipient has one allowed address, and only the fallback has a problem.
    """
    route = route_of(*entries, team=team, worker=worker, manager_email=manager_email)
    assert is_address(route.recipient.email)
    assert is_in_domains(route.recipient.email, DOMAINS)
    assert bool(route.problem) == bool(route.detail) == (route.recipient == FALLBACK)
    assert not (route.problem and route.covering_for)
    named = {each for line in entries for each in (line.manager_email, line.cover_email)}
    assert route.recipient.email in {*named, manager_email, FALLBACK.email}


def test_an_address_of_two_names_is_told() -> None:
    """Spelt alike but for case and blanks it is one name, and an entry without a name tells nothing."""
    entries = [
        DirectoryEntry(line=2, team="North", manager_name="N. Okafor", manager_email="duty@council.example"),
        DirectoryEntry(line=3, team="East", manager_name="n.  okafor", manager_email="Duty@council.example"),
        DirectoryEntry(line=4, team="West", manager_email="duty@council.example"),
    ]
    assert shared_addresses(entries) == []
    other = DirectoryEntry(
        line=5, team="South", manager_name="S. Novak", manager_email="duty@council.example"
    )
    (told,) = shared_addresses([*entries, other])
    assert told.startswith(
        "duty@council.example is the address of n.  okafor and of S. Novak (directory lines 2, 3, 5): "
    )


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["Duty & Assessment", "Court", "Elsewhere", ""]),
            st.sampled_from(["W. Orker", "w. orker ", "N. Ewcomer", "A. Nother", " ", ""]),
            st.sampled_from(["", "", OWN, TEAM]),
        )
    )
)
def test_a_router_answers_each_as_if_nobody_had_asked_before(asked: list[tuple[str, str, str]]) -> None:
    """Workers whom no line names share their team's route; a problem names the worker it is about."""
    router = Router(DIRECTORY, FALLBACK, DOMAINS, AS_OF)
    for team, worker, manager_email in asked:
        route = router.route(assessment(team=team, worker=worker, manager_email=manager_email))
        assert route == route_of(*DIRECTORY, team=team, worker=worker, manager_email=manager_email)
