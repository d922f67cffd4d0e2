"""Settles the rows that may hold no record, once it is known what the ids of their file look like."""

from dataclasses import dataclass, replace

from alerter.domain.assessment import Rejected, RowValues, UnreadableValue
from alerter.sources.lines import NO_RECORD, NoRecord
from alerter.sources.slipped import IdShape
from alerter.sources.type_names import TypeNames

LEARNT_FROM, LEARNT_AFTER = 2000, 16
"""What ids look like is learnt from each row up to this line, and from one in so many after it."""


@dataclass(frozen=True, slots=True)
class PartlyRead:
    """The values of a row that is kept, and those of them that count as blank."""

    values: RowValues
    unreadable: tuple[UnreadableValue, ...]


@dataclass(frozen=True, slots=True)
class Doubtful:
    """
    A row that is no assessment, until what the ids of its file look like is known.

    *ids* are those of the assessment and the child as they stand, or what stands alone in a row that has
    slipped. It *may_be_stray*, and hold no record, unless they look like the others. *naming* is its
    reason with the type that it has, for where rows of several children have that.
    """

    rejected: Rejected
    ids: tuple[str, str]
    may_be_stray: bool
    is_slipped: bool = False
    naming: str = ""
    kept: RowValues | PartlyRead | None = None
    """What the row is if its ids are ids: it stands below a doubtful one, and may be the rest of its text."""


class Doubts:
    """What the sound rows of one file teach about its doubtful ones: the looks of ids, the names of types."""

    def __init__(self) -> None:
        self._assessment_ids, self._child_ids = IdShape(), IdShape()
        self._types = TypeNames()

    def learn_ids(self, line: int, assessment_id: str, child_id: str) -> None:
        """Take in the ids of a sound row."""
        if line < LEARNT_FROM or not line % LEARNT_AFTER:
            self._assessment_ids.learn(assessment_id)
            self._child_ids.learn(child_id)

    def learn_type(self, naming: str, child_id: str) -> None:
        """Take in what stands in the place of the type, where a row is sound but for that."""
        self._types.learn(naming, child_id)

    def settled(self, row: Doubtful) -> RowValues | PartlyRead | Rejected | NoRecord:
        """
        Return what a doubtful *row* is, once all rows are read; only ids that look like the others are kept.
        """
        own, child = row.ids
        if row.kept is not None:
            is_text = self._assessment_ids.is_text(own) or self._child_ids.is_text(child)
            return row.rejected if is_text else row.kept
        assessment_id = own if self._assessment_ids.looks_alike(own) else ""
        child_id = child if self._child_ids.looks_alike(child) else ""
        if row.is_slipped:
            is_stray = row.may_be_stray and not (assessment_id or child_id)
            return NO_RECORD if is_stray else row.rejected
        if row.may_be_stray and (not any(row.ids) or row.ids != (assessment_id, child_id)):
            return NO_RECORD
        reason = row.naming if self._types.is_type(row.naming) else row.rejected.reason
        return replace(row.rejected, reason=reason, assessment_id=assessment_id, child_id=child_id)
