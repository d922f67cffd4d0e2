"""A council's own look, and when its service managers are told."""

from pathlib import Path

import pytest

from alerter.config.branding import LARGEST_LOGO, contrast, png_size
from tests.config.small_file import Faults, Load
from tests.mail import gallery


def test_without_a_look_there_is_none(load: Load) -> None:
    """No name, no logo, near black on white and near white on dark."""
    look = load({}).branding
    assert (look.name, look.logo, look.colour, look.colour_dark) == ("", None, "#0b0c0c", "#f3f2f1")


def test_a_whole_look(load: Load, tmp_path: Path) -> None:
    """Colours may be written in capitals; the logo lies beside the settings file."""
    (tmp_path / "logo.png").write_bytes(gallery.logo())
    look = load(
        {
            "branding.name": '"Sampleford"',
            "branding.colour": '"#4C2C92"',
            "branding.colour_dark": '"#c9b8ee"',
            "branding.logo": f'"{tmp_path / "logo.png"}"',
        }
    ).branding
    assert (look.colour, look.logo and png_size(look.logo.read_bytes())) == ("#4c2c92", (96, 48))


@pytest.mark.parametrize(
    ("key", "value", "fault"),
    [
        ("colour", "purple", 'branding.colour: must be a colour such as "#1d70b8"'),
        (
            "colour",
            "#ffdd00",
            "branding.colour: has a contrast of 1.3 to 1 against white; a darker one is needed",
        ),
        (
            "colour_dark",
            "#4c2c92",
            "branding.colour_dark: has a contrast of 1.8 to 1 against the dark ground; a",
        ),
        ("logo", "gone.png", "branding.logo: cannot be read; correct the path"),
    ],
)
def test_what_cannot_be_read_is_refused(faults: Faults, key: str, value: str, fault: str) -> None:
    """A colour needs 4.5 to 1 against its ground, and the sentence says which way to go."""
    (found,) = faults({f"branding.{key}": f'"{value}"'})
    assert found.startswith(fault)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"GIF89a", "must be a PNG file of at most 1200 by 1200 pixels"),
        (gallery.logo()[:16], "must be a PNG file"),
        (gallery.logo()[:16] + b"\x00\x00\x13\x88" + gallery.logo()[20:], "must be a PNG file"),
        (gallery.logo() + b"x" * LARGEST_LOGO, "but every email carries it: at most 40,000"),
    ],
)
def test_a_logo_is_a_small_png(faults: Faults, tmp_path: Path, content: bytes, fault: str) -> None:
    """Not another kind of picture, none of unusual size, and no file that every email would suffer from."""
    (tmp_path / "logo.png").write_bytes(content)
    (found,) = faults({"branding.logo": f'"{tmp_path / "logo.png"}"'})
    assert found.startswith("branding.logo: ")
    assert fault in found


def test_contrast_is_that_of_wcag() -> None:
    """Black on white has 21, a colour on itself 1, and the order does not matter."""
    assert round(contrast("#000000", "#ffffff"), 2) == 21
    assert contrast("#1d70b8", "#1d70b8") == 1
    assert (
        contrast("#767676", "#ffffff")
        == contrast("#ffffff", "#767676")
        > 4.5
        > contrast("#777777", "#ffffff")
    )


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, (2, None)),
        ({"escalation.after_digests": "0"}, (0, None)),
        ({"escalation.from_day": "36"}, (2, 36)),
        ({"escalation.from_day": '"overdue"'}, (2, None)),
    ],
)
def test_escalation_is_after_digests_or_from_a_day(
    load: Load, changes: dict[str, str], rule: tuple[int, int | None]
) -> None:
    """By default in the second digest running, or once overdue."""
    escalation = load(changes).escalation
    assert (escalation.after_digests, escalation.working_day) == rule


@pytest.mark.parametrize(
    ("key", "value"),
    [("after_digests", "13"), ("from_day", "0"), ("from_day", '"late"'), ("from_day", "2.5")],
)
def test_other_escalations_are_refused(faults: Faults, key: str, value: str) -> None:
    """Each with its key, and no value of another kind is taken for a day."""
    (found,) = faults({f"escalation.{key}": value})
    assert found.startswith(f"escalation.{key}: must be ")


def test_language_and_templates_are_checked(faults: Faults, load: Load, tmp_path: Path) -> None:
    """Two languages, and a folder that is there."""
    assert (load({}).email.language, load({}).email.templates) == ("en", None)
    assert load({"email.language": '"cy"', "email.templates": f'"{tmp_path}"'}).email.templates == tmp_path
    assert faults({"email.language": '"fr"'}) == ('email.language: must be one of "en", "cy".',)
    (found,) = faults({"email.templates": '"gone"'})
    assert found.startswith("email.templates: there is no such folder; correct the path")
