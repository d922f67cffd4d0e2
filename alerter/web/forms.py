"""Reads a manager's form into answers, or into faults by the name of their field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from werkzeug.datastructures import MultiDict

from alerter.app.reassurances import Answer
from alerter.bank_holidays import is_known
from alerter.domain.reassurance import LONGEST_NOTE, Doubt, Fault

PICK = "pick"
ALL = "all"
MEANT = "meant"
"""What a field holds the day in that was asked about."""
MOST_DIGITS = 18  # the largest number that either database holds has 19
MISSING = "Enter the day you expect the sign-off"
UNREADABLE = "The day must be a real date, such as 2026-12-04"
NOTHING_PICKED = "Tick at least one assessment that you have checked"
NOT_OURS = "One of those you ticked could not be recognised; nothing was saved"
SENTENCES = {
    Fault.EXPECTED_BEFORE_LOOKING: "The day must be today or later",
    Fault.UNKNOWN_REASON: "Choose one of the reasons in the list",
    Fault.NOTE_TOO_LONG: f"The note must have {LONGEST_NOTE} characters or fewer",
    Fault.NOTE_NOT_ONE_LINE: "The note must be one line of plain text",
}
DOUBTS = {
    Doubt.PAST_DUE: "This day is past the due date. If you mean it, press Save once more",
    Doubt.DAY_OFF: "This day is at a weekend or a day off. If you mean it, press Save once more",
    Doubt.FAR_AWAY: "This day is more than 60 days away. If you mean it, press Save once more",
}
FIELDS = {
    Fault.EXPECTED_BEFORE_LOOKING: "expected",
    Fault.UNKNOWN_REASON: "reason",
    Fault.NOTE_TOO_LONG: "note",
    Fault.NOTE_NOT_ONE_LINE: "note",
}


@dataclass(frozen=True, slots=True)
class Filled:
    """
    A form as it was filled in: what is *picked*, the *answers*, the values to show again, and what is wrong.

    *faults* are sentences by the name of their field, in the order of the page; one that *is_question* asks
    whether its days are meant.
    """

    picked: tuple[int, ...] = ()
    answers: tuple[Answer, ...] = ()
    values: Mapping[str, str] = field(default_factory=dict)
    faults: Mapping[str, str] = field(default_factory=dict)
    is_question: bool = False


def read(form: MultiDict[str, str]) -> Filled:
    """Return what was filled in; what is left empty for one assessment is taken from the fields for all."""
    values = {name: form[name].strip() for name in form if name != PICK}
    picks = list(dict.fromkeys(form.getlist(PICK)))
    picked = tuple(int(pick) for pick in picks if _is_number(pick))
    if not picks:
        return Filled(values=values, faults={PICK: NOTHING_PICKED})
    if len(picked) < len(picks):
        return Filled(picked, values=values, faults={PICK: NOT_OURS})
    answers: list[Answer] = []
    faults: dict[str, str] = {}
    for number in picked:
        expected = _value(values, "expected", number)
        on = day_in(expected)
        if on is None:
            faults[f"expected-{number}"] = UNREADABLE if expected else MISSING
            continue
        answer = Answer(
            number, on, _value(values, "reason", number), values.get(f"note-{number}", ""),
            is_meant=values.get(f"{MEANT}-{number}") == on.isoformat(),
        )  # fmt: skip
        answers.append(answer)
    return Filled(picked, tuple(answers), values, faults)


def with_faults(filled: Filled, faults: Mapping[int, Sequence[Fault]]) -> Filled:
    """Return a form with what the rules say against its answers, each at its field."""
    sentences = {
        f"{FIELDS.get(fault, 'expected')}-{number}": SENTENCES.get(fault, fault.value)
        for number, faults_of_one in faults.items()
        for fault in faults_of_one
    }
    return replace(filled, faults=sentences)


def with_doubts(filled: Filled, doubts: Mapping[int, Doubt]) -> Filled:
    """Return a form that asks about the days that can hardly be meant; sent once more, they are."""
    days = {answer.number: answer.expected_on.isoformat() for answer in filled.answers}
    return replace(
        filled,
        values={**filled.values, **{f"{MEANT}-{number}": days[number] for number in doubts}},
        faults={f"expected-{number}": DOUBTS[doubt] for number, doubt in doubts.items()},
        is_question=True,
    )


def number_in(text: str) -> int | None:
    """Return the number a hidden field holds, or None where somebody changed it into something else."""
    return int(text) if _is_number(text) else None


def day_in(text: str) -> date | None:
    """Return the day that a field holds, or None where that is none, or none that days are counted to."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if is_known(day) else None


def _value(values: Mapping[str, str], name: str, number: int) -> str:
    return values.get(f"{name}-{number}") or values.get(f"{name}-{ALL}", "")


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS
