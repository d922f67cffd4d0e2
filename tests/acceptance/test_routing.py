"""Whose digest an assessment lands in, and what happens to those nobody may have."""

from datetime import timedelta

from tests.acceptance.caseload import MONDAY, key, row
from tests.world.council import ADMINS, FALLBACK, Council
from tests.world.letters import letters_by_recipient
from tests.world.mail_server import MailServer

ASTRAY = {
    1: ("bad_address", {"team": "Duty", "manager_email": "not an address"}),
    2: ("bad_address", {"team": "Duty", "manager_email": "a@council.example, b@council.example"}),
    3: ("domain_not_allowed", {"team": "Duty", "manager_email": "a@elsewhere.example"}),
    4: ("domain_not_allowed", {"team": "Duty", "manager_email": "a@sub.council.example"}),
    5: ("domain_not_allowed", {"team": "Abroad"}),
    6: ("no_manager", {"team": "Nowhere"}),
    7: ("no_manager", {"team": "", "worker": ""}),
    8: ("ambiguous_manager", {"team": "Both"}),
}


def test_what_leads_to_nobody_goes_to_the_fallback(council: Council, post_office: MailServer) -> None:
    """Each is an exception and in the fallback's digest, exit 0, and nothing leaves the allowed domains."""
    council.directory(
        {"team": "Duty", "manager_email": "m@council.example"},
        {"team": "Abroad", "manager_email": "boss@elsewhere.example"},
        {"team": "Both", "manager_email": "one@council.example"},
        {"team": "Both", "manager_email": "two@council.example"},
    )
    council.extract([row(0), *(row(number, **where) for number, (_, where) in ASTRAY.items())])
    said = council.run(MONDAY)
    assert (said.exit_code, said.json["state"]) == (0, "done")
    kinds = {each["assessment_id"]: each["kind"] for each in said.json["exceptions"]}
    assert kinds == {key(number)[0]: kind for number, (kind, _) in ASTRAY.items()}
    assert post_office.tally().keys() == {"m@council.example", FALLBACK, ADMINS}
    letters = letters_by_recipient(post_office.arrived)
    found = letters[FALLBACK].rows([key(number) for number in range(len(ASTRAY) + 1)])
    assert sorted(each.assessment_id for each in found) == [key(number)[0] for number in ASTRAY]
    assert all(kind in letters[ADMINS].text for kind, _ in ASTRAY.values())


def test_cover_stands_in_on_both_its_dates(council: Council, post_office: MailServer) -> None:
    """
    The cover has the digest from the first day to the last, both inclusive; around them the manager has.
    """
    covers = {"before": (1, 9), "first": (0, 9), "last": (-9, 0), "after": (-9, -1)}
    council.directory(
        *(
            {
                "team": team, "manager_email": f"{team}@council.example",
                "cover_email": f"cover.{team}@council.example",
                "cover_from": (MONDAY + timedelta(days=first)).isoformat(),
                "cover_until": f"{MONDAY + timedelta(days=last):%d/%m/%Y}",
            }
            for team, (first, last) in covers.items()
        )
    )  # fmt: skip
    council.extract([row(number, team=team) for number, team in enumerate(covers)])
    assert council.run(MONDAY).exit_code == 0
    told = {recipient.partition("@")[0] for recipient in post_office.tally()}
    assert told == {"before", "cover.first", "cover.last", "after", "performance"}


def test_one_recipient_per_address_whatever_its_case(council: Council, post_office: MailServer) -> None:
    """
    Team and worker beats worker beats team, the extract's address beats all, and case makes no second person.
    """
    council.directory(
        {"team": "Duty  &\u00a0Assessment", "manager_email": "team@council.example"},
        {"team": "", "worker": "w02", "manager_email": "worker@council.example"},
        {"team": "duty and assessment", "worker": "W02", "manager_email": "both@council.example"},
        {"team": "Court", "manager_email": "TEAM@Council.Example"},
    )
    council.extract(
        [
            row(1, team="DUTY AND ASSESSMENT"),
            row(2, team="Duty & Assessment"),
            row(3, team="Elsewhere", worker="W02"),
            row(4, team="Court"),
            row(5, team="Court", manager_email="Own@council.example"),
            row(6, team="Duty & Assessment", worker="W02", manager_email="own@COUNCIL.example"),
        ]
    )
    said = council.run(MONDAY)
    assert (said.json["digests"], said.json["exceptions"]) == (4, [])
    keys = [key(number) for number in range(1, 7)]
    letters = letters_by_recipient(post_office.arrived)
    found = {
        recipient.casefold(): {each.assessment_id[-1] for each in letter.rows(keys)}
        for recipient, letter in letters.items()
        if recipient != ADMINS
    }
    assert found == {
        "team@council.example": {"1", "4"}, "both@council.example": {"2"},
        "worker@council.example": {"3"}, "own@council.example": {"5", "6"},
    }  # fmt: skip


def test_one_bad_cell_costs_its_cover_alone(council: Council, post_office: MailServer) -> None:
    """Whoever stands in the directory is told, that manager too; the line is named, and its text nowhere."""
    council.directory(
        {"team": "Duty", "manager_email": "m@council.example"},
        {
            "team": "Court", "manager_email": "court@council.example",
            "cover_email": "c@council.example", "cover_from": "when Jo is back",
        },
        {"team": "Edge", "manager_email": "edge at council"},
    )  # fmt: skip
    council.extract([row(1), row(2, team="Court"), row(3, team="Edge")])
    said = council.run(MONDAY)
    assert (said.exit_code, said.json["state"]) == (0, "done")
    assert post_office.tally().keys() == {"m@council.example", "court@council.example", FALLBACK, ADMINS}
    found = [each["detail"] for each in said.json["exceptions"] if each["kind"] == "bad_directory_line"]
    assert [each.partition(":")[0] for each in found] == ["directory line 3", "directory line 4"]
    assert not any("Jo" in text for text in (said.out, said.err))
