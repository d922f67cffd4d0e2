"""Records to mend: what a child's assessments say that cannot all be true, apart from late work."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from alerter.domain import data_exceptions
from alerter.domain.assessment import Assessment
from alerter.domain.data_exceptions import DataException, Fault, faults_of_dates
from alerter.domain.reassuring import is_reassurance_doubtful
from alerter.domain.unreadable import UnreadableValue


@dataclass(frozen=True, slots=True, kw_only=True)
class QualityFault:
    """
    One record to mend: which kind of fault, the field, and the rule of the census guide where there is one.
    """

    assessment: Assessment
    kind: str
    field: str
    rule: str
    detail: str = ""
    """What is wrong, where its kind alone does not say it."""

    @property
    def sentence(self) -> str:
        """
        Return what is wrong, in words.
        """
        return self.detail or SENTENCES[self.kind]

    def as_exception(self) -> DataException:
        """
        Return it as one line of its manager's digest.
        """
        assessment = self.assessment
        return DataException(self.kind, assessment.assessment_id, assessment.child_id, self.sentence)


# Each of these silently corrupts a deadline.
BEFORE_REFERRAL = Fault("start_before_referral", "started_on", "1103")
CLOSED_UNSIGNED = Fault("closed_but_open", "closed_on", "8867")
TWO_OPEN = Fault("duplicate_open", "assessment_id", "8896")
OVERLAPS = Fault("starts_during_another", "started_on", "8863Q")
DOUBTFUL_WORD = Fault("reassurance_not_believed", "reassured_on")

SENTENCES = {
    **data_exceptions.SENTENCES,
    "start_before_referral": "the start lies before the referral (DfE 1103)",
    "starts_during_another": "it starts while another assessment of the child was under way (DfE 8863Q)",
    "reassurance_not_believed": "the extract's reassurance is incomplete or out of order: it does not count",
}


def quality_faults(
    assessments: Iterable[Assessment], as_of: date, unreadable: Iterable[UnreadableValue] = ()
) -> list[QualityFault]:
    """
    Return every fault of *assessments* as on *as_of*, by team and id; a child's are judged together.

    Of what was *unreadable* in the extract, that of these assessments counts.
    """
    values_of: dict[tuple[str, str], list[UnreadableValue]] = defaultdict(list)
    for value in unreadable:
        values_of[value.assessment_id, value.child_id].append(value)
    of_child: dict[str, list[Assessment]] = defaultdict(list)
    for assessment in assessments:
        of_child[assessment.child_id].append(assessment)
    found = [
        QualityFault(assessment=assessment, kind=fault.kind, field=fault.field, rule=fault.rule)
        for siblings in of_child.values()
        for assessment in siblings
        for fault in _faults(assessment, siblings, as_of)
    ]
    found += [
        QualityFault(
            assessment=assessment, kind="unreadable_value", field=value.field, rule="", detail=value.sentence
        )
        for siblings in of_child.values()
        for assessment in siblings
        for value in values_of.get((assessment.assessment_id, assessment.child_id), ())
    ]
    return sorted(found, key=_by_team)


def _faults(assessment: Assessment, others: Sequence[Assessment], as_of: date) -> Iterator[Fault]:
    yield from faults_of_dates(assessment, as_of)
    if assessment.started_on and assessment.referred_on and assessment.started_on < assessment.referred_on:
        yield BEFORE_REFERRAL
    if assessment.is_closed_unauthorised(as_of):
        yield CLOSED_UNSIGNED
    is_open = assessment.is_open(as_of)
    rest = [other for other in others if other is not assessment]
    if is_open and any(other.is_open(as_of) for other in rest):
        yield TWO_OPEN
    elif any(_is_under_way(other, _start(assessment)) for other in rest):
        yield OVERLAPS
    if is_open and is_reassurance_doubtful(assessment, as_of):
        yield DOUBTFUL_WORD


def _is_under_way(other: Assessment, on: date) -> bool:
    """
    Say whether *other* had started before *on* and ended after it.
    """
    return _start(other) < on and other.ended_on is not None and other.ended_on > on


def _start(assessment: Assessment) -> date:
    return assessment.started_on or assessment.clock_on


def _by_team(fault: QualityFault) -> tuple[str, str, str, str]:
    assessment = fault.assessment
    return assessment.team.casefold(), assessment.assessment_id, assessment.child_id, fault.rule
