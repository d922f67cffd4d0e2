"""Finds contradictions in the data, as exceptions for somebody to correct."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from alerter.domain.assessment import Assessment, AssessmentKey, Rejected, UnreadableValue, is_before_start
from alerter.domain.reassurance import is_reassurance_doubtful
from alerter.domain.routing import DirectoryEntry


@dataclass(frozen=True, slots=True)
class DataException:
    """
    One thing to mend: its kind, whose it is, and what is wrong.

    *detail* names fields and lines, never a child. Listed every week until mended.
    """

    kind: str
    assessment_id: str
    child_id: str
    detail: str

    @property
    def key(self) -> AssessmentKey:
        """Return which assessment of which child it is about; both ids are empty for none."""
        return AssessmentKey(self.assessment_id, self.child_id)


@dataclass(frozen=True, slots=True)
class Fault:
    """One kind of fault: the field to mend, and DfE's validation rule where there is one."""

    kind: str
    field: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class EndRule:
    """What is wrong with an end that lies before the start, and with one in the future."""

    field: str
    before_start: Fault
    in_future: Fault


FUTURE_START = Fault("start_in_future", "started_on")
END_RULES = (
    EndRule(
        "authorised_on",
        Fault("authorised_before_start", "authorised_on", "8608"),
        Fault("authorised_in_future", "authorised_on", "8696"),
    ),
    EndRule(
        "cancelled_on",
        Fault("ended_before_start", "cancelled_on"),
        Fault("ended_in_future", "cancelled_on"),
    ),
    EndRule(
        "closed_on",
        Fault("ended_before_start", "closed_on", "8565"),
        Fault("ended_in_future", "closed_on"),
    ),
)

# What to mend, with the rule of the DfE's census guide where there is one.
SENTENCES = {
    "start_in_future": "the start lies in the future",
    "authorised_before_start": "the sign-off is dated before the start (DfE 8608): it does not count",
    "authorised_in_future": "the sign-off lies in the future: it does not count yet",
    "ended_before_start": "the cancellation or closure lies before the start (DfE 8565): it does not count",
    "ended_in_future": "the cancellation or closure lies in the future: it does not count yet",
    "duplicate_open": "the child has another assessment open (DfE 8896)",
    "closed_but_open": "the episode is closed but the assessment was never authorised (DfE 8867)",
    "vanished": "it was open, and is missing from the extract without a sign-off",
    "missing": "it is not in the extract, some rows of which name nobody: it stays open until they do",
    "signed_off_without_audit": "it was signed off without a quality audit that passed",
    "unknown_type": "its type is configured no longer, so it was not judged: name it under [assessments]",
}


def of_open(assessments: Sequence[Assessment], as_of: date) -> list[DataException]:
    """Return what is wrong with the *assessments* open on *as_of*, in their order."""
    open_by_child = Counter(assessment.child_id for assessment in assessments)
    return [
        _exception(kind, assessment)
        for assessment in assessments
        for kind in _kinds(assessment, as_of, open_by_child[assessment.child_id])
    ]


def of_closed(assessments: Iterable[Assessment]) -> list[DataException]:
    """Return one exception for each of *assessments*, closed without an authorisation."""
    return [_exception("closed_but_open", assessment) for assessment in assessments]


def of_vanished(assessments: Iterable[Assessment]) -> list[DataException]:
    """Return one exception for each of *assessments*, gone from the extract without a sign-off."""
    return [_exception("vanished", assessment) for assessment in assessments]


def of_missing(assessments: Iterable[Assessment]) -> list[DataException]:
    """Return one exception for each of *assessments*, not in an extract of which some rows name nobody."""
    return [_exception("missing", assessment) for assessment in assessments]


def of_unaudited(assessments: Iterable[Assessment]) -> list[DataException]:
    """Return one exception for each of *assessments*, signed off without a quality audit that passed."""
    return [_exception("signed_off_without_audit", assessment) for assessment in assessments]


def of_unknown_type(assessments: Iterable[Assessment]) -> list[DataException]:
    """Return one exception for each of *assessments*, open under a type that is configured no longer."""
    return [_exception("unknown_type", assessment) for assessment in assessments]


def of_unreached(recipient: str, run_id: int, bounce: str) -> DataException:
    """Return the exception for somebody whose digest was accepted and came back."""
    what = (
        f"the digest of run {run_id} for {recipient} came back ({bounce}): nobody has read it; "
        "correct the address in the directory or the extract"
    )
    return DataException("bounced", "", "", what)


def of_directory(entries: Iterable[DirectoryEntry]) -> list[DataException]:
    """Return one exception for each line of the directory that has a fault, about no child."""
    return [
        DataException("bad_directory_line", "", "", f"directory line {entry.line}: {entry.fault}")
        for entry in entries
        if entry.fault
    ]


def of_rejected(rejections: Iterable[Rejected]) -> list[DataException]:
    """Return the exceptions among *rejections*: those that have a kind."""
    return [
        DataException(row.kind, *row.key, f"line {row.line}: {row.reason}") for row in rejections if row.kind
    ]


def of_unreadable(values: Iterable[UnreadableValue]) -> list[DataException]:
    """Return one exception for each of *values*, which count as blank."""
    return [DataException("unreadable_value", *value.key, value.sentence) for value in values]


def faults_of_dates(assessment: Assessment, as_of: date) -> Iterator[Fault]:
    """Yield what is wrong with the start of *assessment*, and with each of its ends, as on *as_of*."""
    if assessment.clock_on > as_of:
        yield FUTURE_START
    yield from faults_of_ends(assessment, as_of)


def faults_of_ends(assessment: Assessment, as_of: date) -> Iterator[Fault]:
    """Yield why each end of *assessment* does not count that does not."""
    for rule in END_RULES:
        end = getattr(assessment, rule.field)
        if is_before_start(assessment.clock_on, assessment.started_on, end):
            yield rule.before_start
        elif end is not None and end > as_of:
            yield rule.in_future


def _kinds(assessment: Assessment, as_of: date, open_of_child: int) -> Iterator[str]:
    """Yield each kind once: a cancellation and a closure before the start are one thing to mend."""
    yield from dict.fromkeys(fault.kind for fault in faults_of_dates(assessment, as_of))
    if open_of_child > 1:
        yield "duplicate_open"


def _exception(kind: str, assessment: Assessment) -> DataException:
    return DataException(kind, *assessment.key, SENTENCES[kind])


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
        """Return what is wrong, in words."""
        return self.detail or RECORD_SENTENCES[self.kind]

    def as_exception(self) -> DataException:
        """Return it as one line of its manager's digest."""
        return DataException(self.kind, *self.assessment.key, self.sentence)


# Each of these silently corrupts a deadline.
BEFORE_REFERRAL = Fault("start_before_referral", "started_on", "1103")
CLOSED_UNSIGNED = Fault("closed_but_open", "closed_on", "8867")
TWO_OPEN = Fault("duplicate_open", "assessment_id", "8896")
OVERLAPS = Fault("starts_during_another", "started_on", "8863Q")
DOUBTFUL_WORD = Fault("reassurance_not_believed", "reassured_on")

RECORD_SENTENCES = {
    **SENTENCES,
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
    values_of: dict[AssessmentKey, list[UnreadableValue]] = defaultdict(list)
    for value in unreadable:
        values_of[value.key].append(value)
    of_child: dict[str, list[Assessment]] = defaultdict(list)
    for assessment in assessments:
        of_child[assessment.child_id].append(assessment)
    faults = [
        QualityFault(assessment=assessment, kind=fault.kind, field=fault.field, rule=fault.rule)
        for siblings in of_child.values()
        for assessment in siblings
        for fault in _faults(assessment, siblings, as_of)
    ]
    faults += [
        QualityFault(
            assessment=assessment, kind="unreadable_value", field=value.field, rule="", detail=value.sentence
        )
        for siblings in of_child.values()
        for assessment in siblings
        for value in values_of.get(assessment.key, ())
    ]
    return sorted(faults, key=_by_team)


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
    """Say whether *other* had started before *on* and ended after it."""
    return _start(other) < on and other.ended_on is not None and other.ended_on > on


def _start(assessment: Assessment) -> date:
    return assessment.started_on or assessment.clock_on


def _by_team(fault: QualityFault) -> tuple[str, str, str, str]:
    assessment = fault.assessment
    return assessment.team.casefold(), *assessment.key, fault.rule
