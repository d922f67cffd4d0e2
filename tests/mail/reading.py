"""Reading an email as its reader does: the HTML's visible words, its tags, and its colours."""

import re

from alerter.domain.digest import Digest
from tests.world import samples

COLOUR = re.compile(
    r"(?<![-\w])(color|background-color|border-left|border-top|border-color):[^;\"}]*(#[0-9a-f]{6})"
)


def text_of(digest: Digest, **changed: object) -> str:
    """Return the text part of *digest*."""
    return samples.writer().digest(digest, samples.facts(**changed)).text


def contrast(one: str, other: str) -> float:
    """
    Return the contrast ratio of two colours (WCAG 2.2, relative luminance).

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
