"""Writes the council's own figures as rows: exact, one per type and month, and a total per type."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from alerter.domain.periods import month_of
from alerter.domain.policy import Clock
from alerter.domain.timeliness import SignOff, Timeliness, percent_words, timeliness, timeliness_by

HEADINGS = ("type", "month", "authorised", "in_time", "percent", "target_percent")
TOTAL = "total"


def rows(
    clocks: Mapping[str, Clock], signed: Sequence[SignOff], first: date | None, last: date
) -> Iterator[tuple[str, ...]]:
    """
    Yield the rows of what was authorised from *first* (ever, where it is None) to *last*, both included.

    A month in which nothing was authorised has no row; every configured type has its total.
    """
    within = [
        sign_off for sign_off in signed if (first is None or first <= sign_off.on) and sign_off.on <= last
    ]
    for key, clock in clocks.items():
        of_type = [sign_off for sign_off in within if sign_off.clock.type == key]
        months = timeliness_by(of_type, lambda sign_off: month_of(sign_off.on).name)
        for month in sorted(months):
            yield _row(clock, month, months[month])
        yield _row(clock, TOTAL, timeliness(of_type))


def csv_text(lines: Sequence[Sequence[str]]) -> str:
    r"""
    Return rows under their headings as the text of a CSV file.

    >>> csv_text([("core", "2026-11", "8", "7", "87.50", "81")])
    'type,month,authorised,in_time,percent,target_percent\ncore,2026-11,8,7,87.50,81\n'
    """
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\n").writerows([HEADINGS, *lines])
    return text.getvalue()


def _row(clock: Clock, month: str, figure: Timeliness) -> tuple[str, ...]:
    target = "" if clock.target_percent is None else f"{clock.target_percent:g}"
    counts = (str(figure.authorised), str(figure.in_time))
    return (clock.type, month, *counts, percent_words(figure.percent), target)
