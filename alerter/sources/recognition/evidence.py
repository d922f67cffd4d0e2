"""Judges whether the values of a column can be what its heading says."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta

from alerter.config.reporting import OTHER_REASON, REASONS
from alerter.domain.wording import counted
from alerter.sources.columns import DATE_COLUMNS
from alerter.sources.recognition.synonyms import MANAGERS, is_general, words_of
from alerter.sources.recognition.types import preset_of
from alerter.sources.recognition.values import ColumnValues
from alerter.sources.score import ScoreError, read_score
from alerter.sources.single_cells import reason_of

NEARLY_ALL, MOST, HALF, FEW = 0.95, 0.8, 0.5, 0.02
ENOUGH = 20
"""So many records show whether names repeat."""
MOST_TYPES = 30
FEWEST_DIFFERENT = 0.2
LONG_AGO = timedelta(days=4 * 365)
"""Half of the starts in an extract are not older; birth dates are."""
ENDS = frozenset({"authorised_on", "cancelled_on", "closed_on"})
_PLANS_AND_PERSONS = frozenset(
    (
        "birth", "born", "dob", "due", "target", "planned", "plan", "expected", "next", "deadline",
        "forecast", "scheduled", "limit", "age", "death", "edd", "review", "reviewed", "visit", "visited",
        "seen", "meeting", "conference", "printed", "run", "extract", "extracted", "updated", "modified",
        "created", "allocated", "assigned", "contact", "received", "incoming", "case", "placement", "cp",
        "lac", "cla", "strategy", "worker", "letter", "sent", "decision", "outcome", "panel", "court",
    )
)  # fmt: skip
"""Words of a date that is a plan, of another event or of a person: no start and no sign-off."""
_DECISIONS = frozenset({"decision", "outcome"})
"""What a manager's sign-off may be called too, where the heading says that it is the manager's."""
_OTHERS_IDS = frozenset(
    (
        "worker", "team", "upn", "nhs", "family", "manager", "postcode", "phone", "telephone", "mobile",
        "school", "ward", "age", "sibling", "group", "staff", "household", "row", "referral", "contact",
        "days",
    )
)  # fmt: skip
_OTHER_STEPS = frozenset({"previous", "prev", "next", "outcome", "following"})


def objection(name: str, column: ColumnValues, start: ColumnValues | None, read_on: date) -> str:
    """
    Return what in the values speaks against *column* being *name*; empty where nothing does.

    *start* is the column of starts where it is known; *read_on* is the day the extract was written.
    """
    if name in DATE_COLUMNS:
        return _against_date(name, column, start, read_on)
    return _AGAINST[name](column) if name in _AGAINST else ""


def could_be(name: str, column: ColumnValues, start: ColumnValues | None, read_on: date) -> bool:
    """Say whether a *column* whose heading says nothing could be *name* by its values."""
    words = words_of(column.heading)
    match name:
        case "child_id":
            return not words & _OTHERS_IDS and not _against_id(column)
        case "type":
            is_type = not _against_type(column) and column.share(preset_of) > HALF
            return is_type and not words & _OTHER_STEPS
        case "started_on" | "authorised_on":
            is_whole = column.dated_share > 1 - FEW
            return (
                (is_whole or name != "started_on")
                and not (words - (_DECISIONS if words & MANAGERS else set())) & _PLANS_AND_PERSONS
                and bool(column.dated)
                and sorted(column.dated)[len(column.dated) // 2] > read_on - LONG_AGO
                and not _against_date(name, column, start, read_on)
            )
        case _:
            return False


def evidence(name: str, column: ColumnValues) -> str:
    """Return what the values say for *column*, without any of them."""
    if not column.filled:
        return "all blank"
    if name in DATE_COLUMNS:
        blank = round(100 * (1 - column.dated_share))
        return f"dates, {blank}% blank" if blank else "dates, none blank"
    return f"{counted(column.filled, 'value')}, {len(column.texts)} different"


def _against_id(column: ColumnValues) -> str:
    if column.filled_share < NEARLY_ALL:
        return "it is often blank"
    return "" if column.id_share >= NEARLY_ALL else "its values are not all ids"


def _against_repeats(column: ColumnValues) -> str:
    """Return what speaks against an assessment's id: those of forms and of steps that are types repeat."""
    repeats = column.filled >= ENOUGH and len(column.texts) < column.filled * FEWEST_DIFFERENT
    return "its values repeat as those of types do" if repeats else _against_id(column)


def _against_reason(column: ColumnValues) -> str:
    is_known = column.share(lambda text: reason_of(REASONS, text) != OTHER_REASON) > HALF
    return "" if is_known else "its values are not the reasons that are known here"


def _against_type(column: ColumnValues) -> str:
    if len(column.texts) > MOST_TYPES:
        return "its values do not repeat as types do"
    is_known = column.share(preset_of) > (HALF if is_general(column.heading) else 0)
    return "" if is_known else "its values are not the names of assessments that are known here"


def _against_name(column: ColumnValues) -> str:
    if column.date_share > HALF or column.address_share > HALF:
        return "its values are no names"
    repeats = len(column.texts) <= column.filled / 2 or column.filled < ENOUGH
    return "" if repeats else "its values do not repeat"


def _against_address(column: ColumnValues) -> str:
    is_fit = not column.filled or column.address_share >= NEARLY_ALL
    return "" if is_fit else "its values are not all addresses"


def _against_score(column: ColumnValues) -> str:
    return (
        "" if not column.filled or column.share(_is_score) >= NEARLY_ALL else "its values are not all scores"
    )


def _is_score(text: str) -> bool:
    try:
        return read_score(text) is not None
    except ScoreError:
        return False


def _against_date(name: str, column: ColumnValues, start: ColumnValues | None, read_on: date) -> str:
    return next(_faults_of_dates(name, column, start, read_on), "") if column.filled else _if_blank(name)


def _if_blank(name: str) -> str:
    return "it is blank" if name == "started_on" else ""


def _faults_of_dates(
    name: str, column: ColumnValues, start: ColumnValues | None, read_on: date
) -> Iterator[str]:
    if column.date_share < NEARLY_ALL:
        yield "its values are not all dates"
    if name != "review_on" and column.share_after(read_on) > FEW:
        yield "some of its dates lie in the future, as those of a plan"
    if name == "started_on" and column.dated_share < MOST:
        yield "it is often blank"
    if name == "authorised_on" and column.dated_share > 1 - FEW:
        yield "it is never blank, so nothing would be open"
    if name in ENDS and start is not None and column.share_before(start) > FEW:
        yield "some of its dates lie before the start"
    if name == "referred_on" and start is not None and start.share_before(column) > 1 - NEARLY_ALL:
        yield "some of its dates lie after the start"


_AGAINST: Mapping[str, Callable[[ColumnValues], str]] = {
    "child_id": _against_id,
    "assessment_id": _against_repeats,
    "reason": _against_reason,
    "type": _against_type,
    "team": _against_name,
    "worker": _against_name,
    "manager_email": _against_address,
    "audit_score": _against_score,
}
