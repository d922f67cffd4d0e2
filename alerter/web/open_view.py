"""The service page's list of open assessments as ready strings: filters, sortable columns, a page of rows."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import filterfalse

from alerter.app.open_list import WORST_FIRST, ListInScope, OpenAssessment, Wanted
from alerter.domain.policy import Stage
from alerter.mail.language import ENGLISH, Language

ROWS_A_PAGE = 200
DESCENDING = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """
    What a request asks of the list: which rows are *wanted*, by which *column* sorted, which *page* of them.

    Without a column the worst stand first. A stage, a column or a page that there is none of counts as none.
    """

    wanted: Wanted
    column: str = ""
    is_descending: bool = False
    page: int = 1

    @classmethod
    def of(cls, query: Mapping[str, str]) -> "Question":
        """Return what the *query* of an address asks."""
        stage, sort, page = query.get("stage", ""), query.get("sort", ""), query.get("page", "")
        column = sort.removeprefix(DESCENDING)
        return cls(
            wanted=Wanted(
                stage=Stage(stage) if stage in tuple(Stage) else None,
                team=query.get("team", ""),
                manager=query.get("manager", ""),
            ),
            column=column if column in SORTABLE else "",
            is_descending=sort.startswith(DESCENDING),
            page=page_number(page),
        )

    @property
    def filters(self) -> dict[str, str]:
        """Return which rows are wanted as the query of an address."""
        stage = self.wanted.stage.value if self.wanted.stage else ""
        values = {"stage": stage, "team": self.wanted.team, "manager": self.wanted.manager}
        return {name: value for name, value in values.items() if value}

    @property
    def order(self) -> dict[str, str]:
        """Return how the rows are sorted as the query of an address."""
        return {"sort": f"{DESCENDING if self.is_descending else ''}{self.column}"} if self.column else {}


def page_number(text: str) -> int:
    """Return the number of a page as an address names it; the first where that is none."""
    return max(int(text), 1) if text.isascii() and text.isdigit() and len(text) <= 6 else 1  # noqa: PLR2004 - far beyond the last


@dataclass(frozen=True, slots=True)
class Choice:
    """One choice of a filter."""

    value: str
    words: str
    is_chosen: bool


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading, with the *query* that sorts by it, and how they are sorted by it, if they are."""

    words: str
    query: Mapping[str, str]
    order: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenRow:
    """One open assessment."""

    assessment_id: str
    child: str
    stage: str
    stage_words: str
    day: str
    due: str
    team: str
    worker: str
    manager: str
    expected: str
    extended: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenView:
    """Everything the list says, in one language."""

    language: Language
    as_of: str
    count: str
    stages: Sequence[Choice]
    teams: Sequence[Choice]
    managers: Sequence[Choice]
    order: Mapping[str, str]
    filters: Mapping[str, str]
    headings: Sequence[Heading]
    rows: Sequence[OpenRow]
    shown: str
    earlier: Mapping[str, str] | None
    later: Mapping[str, str] | None


def open_view(listed: ListInScope, question: Question, language: Language) -> OpenView:
    """Return the view of one page of what is *listed*, in one *language*."""
    rows = sorted_rows(listed.assessments, question)
    last = max(-(-len(rows) // ROWS_A_PAGE), 1)
    page = min(question.page, last)
    shown = rows[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE]
    kept = question.filters | question.order
    one, many = "{count} open assessment", "{count} open assessments"
    return OpenView(
        language=language,
        as_of=language.full_day(listed.as_of),
        count=language.counted(len(rows), one, many),
        stages=list(_stages(question, language)),
        teams=_choices(listed.teams, question.wanted.team),
        managers=_choices(listed.managers, question.wanted.manager),
        order=question.order,
        filters=question.filters,
        headings=list(_headings(question, language)),
        rows=[_row(assessment, listed.as_of, language) for assessment in shown],
        shown=_shown(page, len(rows), language) if last > 1 else "",
        earlier=kept | {"page": str(page - 1)} if page > 1 else None,
        later=kept | {"page": str(page + 1)} if page < last else None,
    )


def sorted_rows(assessments: Sequence[OpenAssessment], question: Question) -> Sequence[OpenAssessment]:
    """Return *assessments* in the order asked for; what has nothing in the column stands last in either."""
    if not question.column:
        return assessments

    def value(assessment: OpenAssessment) -> str | int | date:
        if question.column == "stage":
            return WORST_FIRST[Stage(assessment.stage)]
        cell: str | int | date = getattr(assessment, question.column)
        return cell.casefold() if isinstance(cell, str) else cell

    def is_blank(assessment: OpenAssessment) -> bool:
        return getattr(assessment, question.column) in (None, "")

    filled = sorted(filterfalse(is_blank, assessments), key=value, reverse=question.is_descending)
    return [*filled, *filter(is_blank, assessments)]


def _shown(page: int, count: int, language: Language) -> str:
    first, last = (page - 1) * ROWS_A_PAGE + 1, min(page * ROWS_A_PAGE, count)
    return language.say(
        "Shown: {first} to {last} of {count}.", first=f"{first:,}", last=f"{last:,}", count=f"{count:,}"
    )


def _stages(question: Question, language: Language) -> Iterator[Choice]:
    for stage in Stage:
        yield Choice(stage.value, stage_words(stage, language), question.wanted.stage is stage)


def stage_words(stage: Stage, language: Language) -> str:
    """Return a stage's name where no day is named with it."""
    match stage:
        case Stage.OVERDUE:
            return language.say("Overdue")
        case Stage.PAST_ALERT:
            return language.say("Past alert day")
        case Stage.REASSURED:
            return language.say("Reassured")
        case Stage.APPROACHING:
            return language.say("Reaches alert day")
        case Stage.ON_TRACK:
            return language.say("On track")


def _choices(values: Sequence[str], chosen: str) -> list[Choice]:
    return [Choice(value, value, value.casefold() == chosen.casefold()) for value in values]


def _headings(question: Question, language: Language) -> Iterator[Heading]:
    for column, words in _columns(language).items():
        is_by_it = column == question.column
        is_turned = is_by_it and not question.is_descending
        order = ("descending" if question.is_descending else "ascending") if is_by_it else ""
        sort = f"{DESCENDING if is_turned else ''}{column}"
        yield Heading(words, question.filters | {"sort": sort}, order)


def _columns(language: Language) -> dict[str, str]:
    """Return the headings by the column that they sort by."""
    say = language.say
    return {
        "assessment_id": say("Assessment"),
        "stage": say("Stage"),
        "age": say("Working day"),
        "due_on": say("Due"),
        "team": say("Team"),
        "worker": say("Worker"),
        "manager_email": say("Manager"),
        "expected_on": say("Sign-off expected"),
        "extended_until": say("Extension until"),
    }


SORTABLE = frozenset(_columns(ENGLISH))


def _row(assessment: OpenAssessment, as_of: date, language: Language) -> OpenRow:
    stage = Stage(assessment.stage)
    return OpenRow(
        assessment_id=assessment.assessment_id,
        child=language.say("child {id}", id=assessment.child_id),
        stage=stage.value,
        stage_words=stage_words(stage, language),
        day=f"{assessment.age:,}",
        due=language.day(assessment.due_on, as_of),
        team=assessment.team,
        worker=assessment.worker,
        manager=assessment.manager_email or language.say("Nobody found"),
        expected=_day(assessment.expected_on, as_of, language),
        extended=_day(assessment.extended_until, as_of, language),
    )


def _day(on: date | None, as_of: date, language: Language) -> str:
    return "" if on is None else language.day(on, as_of)
