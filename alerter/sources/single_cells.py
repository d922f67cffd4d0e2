"""Reads the cells of a row one by one: what each kind of column takes for a value."""

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from alerter.config.reporting import OTHER_REASON
from alerter.domain.address import is_address
from alerter.sources.columns import DATE_COLUMNS
from alerter.sources.dates import DateColumn, UnreadableDateError
from alerter.sources.memo import remembered
from alerter.sources.score import read_score
from alerter.sources.text import IdentifierError, read_id, read_text

EARLIEST = date(1990, 1, 1)
"""No assessment of today began before; an earlier date is a slip of the keyboard or an unknown sentinel."""


class UnbelievableError(ValueError):
    """A value that counts as blank; its text says why, without the value."""


def cell_reader(
    name: str, dates: Mapping[str, DateColumn], reasons: Mapping[str, str]
) -> Callable[[Any], Any]:
    """
    Return what reads the cells of the column *name*: a `ValueError` where one can only count as blank.

    Values that repeat from row to row are read once and remembered.
    """
    if name in DATE_COLUMNS:
        return remembered(partial(_believable_date, dates[name]))
    match name:
        case "assessment_id" | "child_id":
            return read_id
        case "manager_email":
            return remembered(_address)
        case "audit_score":
            return remembered(read_score)
        case "reason":
            return remembered(partial(reason_of, reasons))
    return remembered(read_text)


def id_or_blank(value: object) -> str:
    """Return the id in a cell, empty where there is none that can be believed."""
    try:
        return read_id(value)
    except IdentifierError:
        return ""


def reason_of(reasons: Mapping[str, str], value: object) -> str:
    """
    Return the key of the reason a cell names by key or label, without case; what it says else is never kept.

    >>> reason_of({"section_47": "Section 47 enquiry"}, "SECTION 47 enquiry"), reason_of({}, "Mr Smith moved")
    ('section_47', 'other')
    """
    wanted = read_text(value).casefold()
    named = (key for key, label in reasons.items() if wanted in (key.casefold(), read_text(label).casefold()))
    return next(named, OTHER_REASON) if wanted else ""


def _believable_date(column: DateColumn, cell: object) -> date | None:
    """Return the date in *cell*: 0001-01-01 and its like, as systems write for none, never pass for one."""
    try:
        on = column.read(cell)
    except UnreadableDateError:
        raise UnbelievableError("is no date that can be read; write YYYY-MM-DD or DD/MM/YYYY") from None
    if on is not None and on < EARLIEST:
        raise UnbelievableError("is before 1990 and cannot be believed")
    return on


def _address(cell: object) -> str:
    text = read_text(cell)
    if text and not is_address(text):
        raise UnbelievableError("is not one plain email address")
    return text
