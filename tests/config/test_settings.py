"""The settings as a whole."""

import pytest
from pydantic import ValidationError

from tests.config.small_file import Faults, Load


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
        ({"source.kind": '"annex-a"', "source.list": "5"}, True),
        ({"assessments.core.label": '"Core assessment"'}, True),
        ({"assessments.core.clock": '"referred_on"'}, True),
        ({"calendar.count_start_day": "true"}, True),
        ({"assessments.core.also_from": '"referred_on"'}, False),
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


@pytest.mark.parametrize(
    "record_url",
    [
        "", "https://cases.council.example/person", "http://cases.council.example/{child_id}",
        "https://cases.council.example/{name}", "https://cases.council.example/{child_id}/{}",
        "https://cases.council.example/{child_id!r}", "https://cases.council.example/{{child_id}}",
        "https://{child_id}.council.example/", "https:///{child_id}", "https://a@cases.example/{child_id}",
        "https://cases.council.example:x/{child_id}", "https://[/{child_id}",
        "https://cases.council.example/{child_id} b", "https://cases.council.example/\u00e9/{child_id}",
        "javascript:{child_id}",
    ],
)  # fmt: skip
def test_a_record_has_an_https_address_with_an_id_in_it(faults: Faults, record_url: str) -> None:
    """No placeholder, another one, one in the host, or anything that is no plain https address is a fault."""
    (fault,) = faults({"digest.record_url": f"'{record_url}'"})
    assert fault.startswith("digest.record_url: must be an https address with {child_id} or {assessment_id}")


@pytest.mark.parametrize(
    "record_url",
    [
        "https://cases.council.example/person/{child_id}",
        "https://c.example:8443/?a={assessment_id}&b={child_id}#x",
    ],
)
def test_the_address_of_a_record_is_taken_as_it_is(load: Load, record_url: str) -> None:
    """With either id or both; without the setting there is none."""
    assert load({"digest.record_url": f'"{record_url}"'}).digest.record_url == record_url
    assert load({}).digest.record_url is None
