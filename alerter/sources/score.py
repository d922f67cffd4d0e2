"""Reads the score of an audit: a number, a percentage or a number out of a hundred."""

import re
from decimal import Decimal

from alerter.sources.text import read_text

BEST_SCORE = 100
_SCORE = re.compile(r"(\d{1,3}(?:\.\d+)?) ?(%|/ ?100(?:\.0+)?)?", re.ASCII)


class ScoreError(ValueError):
    """A value is no score from 0 to 100; it has no text, so that none of the value can be in it."""


def read_score(value: object) -> int | None:
    """
    Return the score in whole points, rounded down so that rounding never passes an audit; None for a blank.

    A bare 0.82 is no score: it is rather a share that has lost its percentage sign than less than one point.

    >>> read_score(79.9), read_score("82 %"), read_score("82/100"), read_score("-")
    (79, 82, 82, None)

    Raises:
        ScoreError: It is no number from 0 to 100, or may be a share of 1.
    """
    text = read_text(f"{value:.15g}" if isinstance(value, float) else value)
    if not text:
        return None
    match = _SCORE.fullmatch(text)
    if match is None:
        raise ScoreError
    points = Decimal(match[1])
    if points > BEST_SCORE or (0 < points < 1 and not match[2]):
        raise ScoreError
    return int(points)


def percent(share: float) -> str:
    """
    Return *share* as the percentage a spreadsheet shows, which keeps 15 digits.

    >>> percent(0.29), percent(0.7 + 0.12)
    ('29%', '82%')
    """
    return f"{(Decimal(f'{share:.15g}') * 100).normalize():f}%"
