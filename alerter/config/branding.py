"""Settings of the emails' look: the council's name, colours and logo."""

import re
import struct
from pathlib import Path

from pydantic import field_validator

from alerter.config.base import FilePath, Table, Text

WHITE = "#ffffff"
DARK_GROUND = "#16191c"
"""The page's ground in dark mode; the stylesheet of the emails has the same."""
ENOUGH = 4.5
"""The contrast of WCAG 2.2, AA, for text."""
LARGEST_LOGO = 40_000
WIDEST_LOGO = 1200
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_LINEAR = 0.04045  # sRGB is linear below this
_PNG = b"\x89PNG\r\n\x1a\n"


class BrandingSettings(Table):
    """
    The name at the top of each email, its colour on white and on dark, and a logo.

    Without *colour_dark* the name is near white in dark mode, whatever its colour on white.
    """

    name: Text = ""
    colour: Text = "#0b0c0c"
    colour_dark: Text = "#f3f2f1"
    logo: FilePath | None = None

    @field_validator("colour")
    @classmethod
    def _can_be_read_on_white(cls, colour: str) -> str:
        return _readable(colour, WHITE, "white; a darker one")

    @field_validator("colour_dark")
    @classmethod
    def _can_be_read_on_dark(cls, colour: str) -> str:
        return _readable(colour, DARK_GROUND, "the dark ground; a lighter one")

    @field_validator("logo")
    @classmethod
    def _is_a_small_png(cls, logo: Path | None) -> Path | None:
        if logo is None:
            return None
        try:
            content = logo.read_bytes()
        except OSError:
            raise ValueError("cannot be read; correct the path, or leave it out") from None
        width, height = png_size(content)
        if not 0 < width <= WIDEST_LOGO or not 0 < height <= WIDEST_LOGO:
            raise ValueError(f"must be a PNG file of at most {WIDEST_LOGO} by {WIDEST_LOGO} pixels")
        if len(content) > LARGEST_LOGO:
            raise ValueError(
                f"has {len(content):,} bytes, but every email carries it: at most {LARGEST_LOGO:,}"
            )
        return logo


def png_size(content: bytes) -> tuple[int, int]:
    r"""
    Return the width and height that a PNG file states, or noughts where *content* is none.

    >>> png_size(b"GIF89a")
    (0, 0)
    """
    if not content.startswith(_PNG) or content[12:16] != b"IHDR" or len(content) < len(_PNG) + 16:
        return 0, 0
    width, height = struct.unpack(">II", content[16:24])
    return int(width), int(height)


def contrast(one: str, other: str) -> float:
    """
    Return the contrast ratio of two colours (WCAG 2.2, relative luminance).

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _readable(colour: str, ground: str, advice: str) -> str:
    if not _COLOUR.fullmatch(colour):
        raise ValueError('must be a colour such as "#1d70b8": a hash and six digits or letters a to f')
    if (ratio := contrast(colour, ground)) < ENOUGH:
        raise ValueError(
            f"has a contrast of {ratio:.1f} to 1 against {advice} is needed, with {ENOUGH} to 1 at least"
        )
    return colour.lower()


def _luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= _LINEAR else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
