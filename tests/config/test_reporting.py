"""The audit form, the reasons, and the report's small numbers."""

from datetime import date

import pytest

from alerter.config.file import load_settings
from alerter.config.reporting import REASONS
from tests.config.small_file import Faults, Load
from tests.config.test_example import EXAMPLE


def criterion(key: str, weight: object) -> dict[str, str]:
    """Return one criterion of the form, as its keys in the file."""
    name = f"quality_audit.criteria.{key}"
    return {f"{name}.name": '"Plan"', f"{name}.description": '"Dates."', f"{name}.weight": str(weight)}


def test_the_examples_form_has_eleven_criteria_of_a_hundred_points() -> None:
    """Each with a name and what to look for, under a short key."""
    form = load_settings(EXAMPLE, {}).quality_audit.form()
    assert "".join(each.key for each in form) == "abcdefghijk"
    assert sum(each.weight for each in form) == 100
    assert all(len(each.description) > 40 for each in form)


def test_without_a_table_there_is_no_form_and_all_reasons(load: Load) -> None:
    """The defaults: nothing to fill in, four reasons, counts under six hidden."""
    settings = load({})
    assert settings.quality_audit.form() == ()
    assert settings.quality_audit.since is None
    assert settings.reasons == REASONS
    assert settings.report.suppress_below == 6


def test_the_form_keeps_the_files_order(load: Load) -> None:
    """And a day from which sign-offs are looked at."""
    settings = load({"quality_audit.since": "2026-04-01", **criterion("z", 40), **criterion("b", 60)})
    assert [each.key for each in settings.quality_audit.form()] == ["z", "b"]
    assert settings.quality_audit.since == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (criterion("a", 99), "quality_audit.criteria: the weights come to 99, and must come to 100."),
        (criterion("a", 0), "quality_audit.criteria.a.weight: must be 1 or more."),
        ({"reasons.Other": '"Anything"'}, 'reasons: "other" is what is none of them; choose another key.'),
        ({"report.suppress_below": "-1"}, "report.suppress_below: must be 0 or more."),
    ],
)
def test_what_does_not_add_up_is_refused(faults: Faults, changes: dict[str, str], said: str) -> None:
    """With its key, and what to do."""
    assert said in faults(changes)


def test_other_reasons_are_another_way_of_reading(load: Load) -> None:
    """A council that names its reasons anew has its extract read again, though it is the same file."""
    assert load({"reasons.care": '"Care order"'}).reading_fingerprint != load({}).reading_fingerprint


def test_the_pass_mark_holds_for_earlier_rules_too(load: Load) -> None:
    """An audit is of the council, not of a limit."""
    settings = load(
        {
            "assessments.core.audit_pass_mark": "75",
            "assessments.core.effective_from": "2026-04-01",
            "assessments.core.earlier.working_days": "30",
        }
    )
    clock = settings.clocks()["core"]
    assert clock.earlier is not None
    assert (clock.audit_pass_mark, clock.earlier.audit_pass_mark) == (75, 75)
