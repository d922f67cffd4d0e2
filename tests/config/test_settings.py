"""The settings as a whole."""

import pytest
from pydantic import ValidationError

from tests.config.small_file import Load


def test_settings_cannot_be_changed_once_read(load: Load) -> None:
    """A run ends by the settings it began with."""
    loaded = load()
    with pytest.raises(ValidationError, match="frozen"):
        loaded.council = "Elsewhere"  # type: ignore[misc]  # that it may not is the point


def test_the_same_file_has_the_same_fingerprint(load: Load) -> None:
    """Twelve hexadecimal digits."""
    assert load().fingerprint == load().fingerprint
    assert len(load().fingerprint) == 12


@pytest.mark.parametrize(
    "changes",
    [
        {"council": '"Southmere"'},
        {"email.sender": '"alerts@council.example"'},
        {"calendar.days_off": "[2026-12-24]"},
        {"assessments.core.alert_after": "26"},
    ],
)
def test_any_change_shows_in_the_fingerprint(load: Load, changes: dict[str, str]) -> None:
    """Whatever is no secret counts."""
    assert load(changes).fingerprint != load().fingerprint


@pytest.mark.parametrize(
    ("changes", "matters"),
    [
        ({"source.columns.child_id": '"Person"'}, True),
        ({"source.sheet": '"List 4"'}, True),
        ({"assessments.core.label": '"Core assessment"'}, True),
        ({"assessments.core.clock": '"referred_on"'}, True),
        ({"calendar.count_start_day": "true"}, True),
        ({"council": '"Southmere"'}, False),
        ({"email.subject_prefix": '"[TEST]"'}, False),
        ({"source.path": '"other.csv"'}, False),
    ],
)
def test_only_what_decides_how_rows_are_read_is_in_the_reading_fingerprint(
    load: Load, changes: dict[str, str], *, matters: bool
) -> None:
    """An unchanged extract is read again when the mapping or the clocks changed, and only then."""
    assert (load(changes).reading_fingerprint != load().reading_fingerprint) is matters
