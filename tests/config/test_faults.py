"""Every fault at once, each with its key and in an operator's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.config.config_faults import dotted, keys_of
from alerter.config.settings import Settings
from tests.config.small_file import MINIMAL, Faults


@pytest.mark.parametrize("key", [key for key in MINIMAL if not key.startswith("assessments")])
def test_a_required_key_left_out_is_named(faults: Faults, key: str) -> None:
    """Nothing that is required has a silent default; a table that is gone altogether is named itself."""
    (fault,) = faults({key: None})
    assert fault.partition(": ")[0] in {key, key.partition(".")[0]}
    assert "is missing" in fault


def test_at_least_one_assessment_type_is_required(faults: Faults) -> None:
    """No table at all is as empty as an empty one."""
    gone = {"assessments.core.working_days": None}
    assert faults(gone) == ("assessments: is missing; config.example.toml shows how to write it.",)
    assert faults({**gone, "assessments": "{}"}) == ("assessments: must not be empty.",)


def test_faults_of_every_kind_are_listed_together(faults: Faults) -> None:
    """
    A wrong type hides neither an unknown key nor a rule broken between keys, in its own table or another.
    """
    found = faults(
        {
            "council": "7",
            "assessments.core.alert_after": "35",
            "assessments.core.target_percent": '"81"',
            "calendar.nation": None,
            "calendar.count_start_day": '"no"',
            "email.sender": '"alerts@elsewhere.example"',
            "email.subject_prefx": '"x"',
            "email.smtp.host": '"smtp.council.example"',
            "email.smtp.password_file": '"nowhere"',
            "source.kind": '"sql"',
        }
    )
    assert {fault.partition(": ")[0] for fault in found} == {
        "council",
        "assessments.core.alert_after",
        "assessments.core.target_percent",
        "calendar.nation",
        "calendar.count_start_day",
        "email.sender",
        "email.subject_prefx",
        "email.smtp.security",
        "email.smtp.password_file",
        "source.url",
        "source.query",
    }


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("counsil", "council"),
        ("email.sendr", "email.sender"),
        ("email.smtp.pasword_file", "email.smtp.password_file"),
        ("assessments.core.workin_days", "assessments.core.working_days"),
        ("source.columns.child", "source.columns.child_id"),
        ("nation", "calendar.nation"),
        ("email.host", "email.smtp.host"),
        ("schedule.zzz", "schedule."),
    ],
)
def test_an_unknown_key_is_answered_with_the_nearest_known_one(
    faults: Faults, wrong: str, meant: str
) -> None:
    """Nearest in its own table; else of the same name in another; and some key in any case."""
    (fault,) = faults({wrong: '"x"'})
    assert fault.startswith(f"{wrong}: is not a known key; did you mean `{meant}")


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("council", "7", "must be text in quotes, not a whole number."),
        ("council", '" "', "must not be blank."),
        ("council", '"a\\nb"', "must not hold line breaks or control characters."),
        ("source.kind", '"worbook"', 'must be one of "csv", "workbook", "annex-a", "cin-census", "sql";'),
        ("source.kind", "3", 'must be one of "csv", "workbook", "annex-a", "cin-census", "sql".'),
        ("source.path", "[]", "must be text in quotes, not a list."),
        ("source.path", '""', "must be the path of a file or folder."),
        ("source.max_age_hours", '"72"', "must be a whole number, not text."),
        ("source.max_age_hours", "true", "must be a whole number, not true or false."),
        ("source.max_age_hours", "1.5", "must be a whole number, not a number with a fraction."),
        ("source.max_age_hours", "-1", "must be 0 or more."),
        ("source.hold_unchanged", "1", "must be true or false, not a whole number."),
        ("source.columns", "3", "must be a table, not a whole number."),
        ("database", '"x"', "must be a table, not text."),
        ("calendar.days_off", '"2026-12-24"', "must be a list in square brackets, not text."),
        ("calendar.days_off", "[2026-12-24, 5]", "entry 2: must be a table, not a whole number."),
        ("assessments", "3", "must be a table, not a whole number."),
        ("assessments.core", "35", "must be a table, not a whole number."),
        ("assessments.core.effective_from", '"1/4/26"', "must be a date such as 2026-12-24, not text."),
        ("assessments.core.target_percent", "101", "must be 100 or less."),
        ("assessments.core.target_percent", "nan", "must be a number."),
        ("digest.reassurance_lasts_runs", "0", "must be 1 or more."),
        ("delivery.unknown_outcome", '"retry"', 'must be one of "resend", "hold".'),
        ("email.admins", "[]", "must not be empty."),
        ("email.subject_prefix", f'"{"x" * 61}"', "must not be longer than 60 characters."),
        ("schedule.time", "8", 'must be a time of day such as "08:00", not a whole number.'),
    ],
)
def test_a_value_that_does_not_fit_is_told_in_plain_words(
    faults: Faults, key: str, value: str, fault: str
) -> None:
    """The sentence says what the key takes, and what kind of value it was given."""
    replaced = {required: None for required in MINIMAL if required.startswith(f"{key}.")}
    (found,) = faults({**replaced, key: value})
    assert found.startswith(f"{key}: {fault}")


SCALARS = st.one_of(
    st.sampled_from(
        ["7", "-1", "1.5", "true", '"x"', "2026-12-24", "08:00:00", "[]", "[1]", "{}", '""', "nan"]
    )
)
KNOWN = [dotted(key) for key, _ in keys_of(Settings) if "*" not in key]


@given(key=st.sampled_from(KNOWN), value=SCALARS)
def test_no_value_escapes_the_translation(faults: Faults, key: str, value: str) -> None:
    """
    Whatever is written at a key, faults are in our words: none falls through to a sentence that says nothing.
    """
    replaced = {required: None for required in MINIMAL if required.startswith(f"{key}.")}
    found = faults({**replaced, key: value, "zz": "1"})
    assert found[-1].startswith("zz: ")
    assert not any("cannot be used" in fault or "not this" in fault for fault in found)
    assert all(fault.endswith((".", "?")) for fault in found)
