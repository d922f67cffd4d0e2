"""Quality audits: recorded, weighed, and missed where one is missing."""

from datetime import timedelta

import pytest

from alerter.app.audits import audit, filled_in, form
from alerter.domain.quality_audit import Audit
from alerter.errors import ConfigError
from alerter.installation.installation import Installation
from alerter.store import audits
from tests.world.letters import text_of
from tests.world.office import AS_OF, NEXT, NORTH, Office, row

BY = NORTH["manager_email"]
GATED = {"assessments__core__audit_pass_mark": 80}
FORM = {
    "quality_audit__criteria__a__name": "Child seen", "quality_audit__criteria__a__description": "Alone.",
    "quality_audit__criteria__a__weight": 60, "quality_audit__criteria__b__name": "Plan",
    "quality_audit__criteria__b__description": "With dates.", "quality_audit__criteria__b__weight": 40,
}  # fmt: skip


def opened(office: Office, *rows: dict[str, object], **changes: object) -> Installation:
    """Return the installation with these rows in its store."""
    office.council.extract(rows, columns=[*row("A-1"), "audit_score", "submitted_on"])
    weekly = office.weekly(**GATED | changes)
    weekly.sync()
    return weekly.of


def missing(office: Office, **changes: object) -> list[str]:
    """Return the ids that a run on 23 November 2009 lists as signed off without an audit."""
    result = office.weekly(**GATED | changes).rehearse(AS_OF)
    return [each.assessment_id for each in result.exceptions if each.kind == "signed_off_without_audit"]


def test_an_audit_is_recorded_for_all_children_of_an_id(office: Office) -> None:
    """Or for one of them; the last one counts."""
    of = opened(office, row("A-1", child_id="1"), row("A-1", child_id="2"))
    assert audit(of, "A-1", None, Audit(score=74, by=BY, points={"a": 50, "b": 24}), AS_OF) == 2
    assert audit(of, "A-1", "2", Audit(score=85, by=BY), NEXT) == 1
    with of.database.read() as connection:
        latest = list(audits.latest(connection, NEXT).values())
        assert [each.score for each in latest] == [74, 85]
        assert latest[0] == Audit(score=74, by=BY, audited_on=AS_OF, points={"a": 50, "b": 24})
        assert set(audits.first_scores(connection, NEXT).values()) == {74}
        assert [each.score for each in audits.latest(connection, AS_OF).values()] == [74, 74]


@pytest.mark.parametrize(
    ("given", "id_", "said"),
    [
        (Audit(score=80, by="nobody"), "A-1", "--by: write one plain email address"),
        (Audit(score=80, by="a@elsewhere.example"), "A-1", "outside allowed_domains"),
        (Audit(score=101, by=BY), "A-1", "--score: must be from 0 to 100"),
        (Audit(score=80, by=BY), "A-2", "no assessment in the store has this id"),
    ],
)
def test_what_cannot_be_recorded_is_refused(office: Office, given: Audit, id_: str, said: str) -> None:
    """In a sentence each, and nothing is recorded."""
    of = opened(office, row("A-1"))
    with pytest.raises(ConfigError, match=said):
        audit(of, id_, None, given, AS_OF)
    with of.database.read() as connection:
        assert audits.latest(connection, NEXT) == {}
        assert not audits.are_followed(connection)


def test_an_audit_cannot_be_of_tomorrow(office: Office) -> None:
    """Without a day it is of today."""
    of = opened(office, row("A-1"))
    with pytest.raises(ConfigError, match="--on: an audit cannot have been in the future"):
        audit(of, "A-1", None, Audit(score=80, by=BY), of.today() + timedelta(days=1))
    audit(of, "A-1", None, Audit(score=80, by=BY))
    with of.database.read() as connection:
        (only,) = audits.latest(connection, of.today()).values()
    assert only.audited_on == of.today()


def test_the_form_is_that_of_the_settings(office: Office) -> None:
    """In their order; without any there is none to fill in."""
    of = opened(office, row("A-1"), **FORM)
    assert [(each.key, each.weight) for each in form(of)] == [("a", 60), ("b", 40)]
    assert filled_in(of, {"a": "50", "b": "24"}).score == 74
    with pytest.raises(ConfigError, match=r"\[quality_audit.criteria\] lists no criteria"):
        filled_in(office.open(), {"a": "50"})


def test_signed_off_without_a_passing_audit_is_told_until_it_is_mended(office: Office) -> None:
    """A score below the mark or none is an exception; an audit recorded afterwards mends it."""
    of = opened(
        office,
        row("A-1", authorised_on="2009-11-16", audit_score=90),
        row("A-2", authorised_on="2009-11-16", audit_score=74),
        row("A-3", authorised_on="2009-11-16"),
        row("A-4", authorised_on="2009-11-30"),
        row("A-5"),
    )
    early = {"quality_audit__since": AS_OF.replace(day=1)}
    assert missing(office, **early) == ["A-2", "A-3"]
    assert missing(office, quality_audit__since=AS_OF) == []
    audit(of, "A-3", None, Audit(score=80, by=BY), AS_OF)
    assert missing(office, **early) == ["A-2"]
    assert missing(office, assessments__core__audit_pass_mark=None, **early) == []


def test_audits_are_in_use_from_the_first_score_on(office: Office) -> None:
    """One score among many makes no exceptions of what was signed off before anybody audited."""
    before = [row("O-1"), *(row(f"A-{number}", authorised_on="2009-11-16") for number in range(9))]
    office.council.extract(before, columns=[*row("A-1"), "audit_score"])
    assert office.weekly(**GATED).run(AS_OF).exceptions == []
    scored = row("B-1", authorised_on="2009-11-24", audit_score=84)
    after = row("B-2", authorised_on="2009-11-30")
    office.council.extract([*before, scored, after], columns=[*row("A-1"), "audit_score"])
    exceptions = office.weekly(**GATED).run(NEXT).exceptions
    assert [(one.kind, one.assessment_id) for one in exceptions] == [("signed_off_without_audit", "B-2")]


def test_a_council_without_audits_is_not_told_of_any(office: Office) -> None:
    """A pass mark alone, with no score anywhere, is no audit."""
    opened(office, row("A-1", authorised_on="2009-11-16"), row("A-2"))
    assert missing(office) == []


def test_sign_offs_of_long_ago_are_let_be(office: Office) -> None:
    """A year back, unless the settings name a day."""
    old = row("A-1", started_on="2008-10-01", authorised_on="2008-11-17")
    of = opened(office, old, row("A-2", audit_score=74))
    audit(of, "A-2", None, Audit(score=80, by=BY), AS_OF.replace(year=2008, month=1))
    assert missing(office) == []
    assert missing(office, quality_audit__since=AS_OF.replace(year=2008, month=11, day=1)) == ["A-1"]


def test_the_digest_says_where_the_audit_stands(office: Office) -> None:
    """Returned with its score, or waiting since it was handed in, and what that leaves of the days."""
    of = opened(office, row("A-1", days=31, audit_score=74), row("A-2", days=32, submitted_on="2009-11-20"))
    office.weekly(**GATED).run(AS_OF)
    said = " ".join(text_of(office.sent(BY)[0]).split())
    assert "returned, 74 of 100 (80 to pass): 4 of 35 days left" in said
    assert "waiting for audit since Fri 20 Nov: 3 of 35 days left" in said
    assert of.settings.quality_audit.since is None


def test_a_score_that_changed_was_the_first(office: Office) -> None:
    """The score an extract told before counts as the first, and the last one as the last."""
    of = opened(office, row("A-1", audit_score=74))
    with of.database.read() as connection:
        assert not audits.are_followed(connection)
    of = opened(office, row("A-1", audit_score=85))
    with of.database.read() as connection:
        assert audits.are_followed(connection)
        assert list(audits.first_scores(connection, AS_OF).values()) == [74]
