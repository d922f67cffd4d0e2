"""A reader of a paper who tries to work out the numbers that it hides, from everything printed in it."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from alerter.reports.blocks import BarChart, Paper, Points, Table, Text

HIDDEN = "c"
MOST = 10_000
MONTHS = "By month of authorisation"
LONGER = "By quarter and financial year (from 1 April)"
OPEN = "Open assessments by team and stage"
EXPECTED = "What this month and the next three are expected to come to"
BOTH = "The same sign-offs, counted from the start and from the referral"
PERIOD, YEAR, OTHER = "period", "year", "other"
OUTCOMES = ("Authorised", "In time", "Late")

Name = tuple[str, ...]


@dataclass(slots=True)
class Reading:
    """What is printed, as numbers with names, those hidden, and what the reader knows of them together."""

    shown: dict[Name, int] = field(default_factory=dict)
    hidden: list[Name] = field(default_factory=list)
    known: list[tuple[dict[Name, float], float, float]] = field(default_factory=list)

    def enter(self, name: Name, cell: str) -> None:
        """Note one printed number."""
        if cell == HIDDEN:
            if name not in self.hidden:
                self.hidden.append(name)
        else:
            value = int(cell.replace(",", ""))
            assert self.shown.setdefault(name, value) == value, f"{name} is printed twice, differently"

    def between(self, parts: Iterable[tuple[float, Name]], low: float, high: float) -> None:
        """Note that a weighted sum of numbers lies between two bounds."""
        factors: dict[Name, float] = {}
        for factor, name in parts:
            if name in self.shown:
                low, high = low - factor * self.shown[name], high - factor * self.shown[name]
            else:
                factors[name] = factors.get(name, 0) + factor
        if factors:
            self.known.append((factors, low, high))

    def total(self, whole: Name, parts: Iterable[Name]) -> None:
        """Note that *parts* add up to *whole*."""
        self.between([(-1, whole), *((1, part) for part in parts)], 0, 0)


def worked_out(paper: Paper, first: date, as_of: date) -> set[Name]:
    """Return the hidden numbers of a paper on one type that leave a reader no choice."""
    reading = read(paper, first, as_of)
    unsure: set[Name] = set()
    for name in reading.hidden:
        if name in reading.shown:
            continue
        if name not in unsure:
            low, high = (_extreme(reading, name, sign) for sign in (1, -1))
            unsure |= {each for each in reading.hidden if low[each] != high[each]}
    return set(reading.hidden) - unsure


def read(paper: Paper, first: date, as_of: date) -> Reading:
    """Return what the paper prints, and how its numbers hang together."""
    reading = Reading()
    tables = {
        block.caption.partition(", since ")[0]: block for block in paper.blocks if isinstance(block, Table)
    }
    for caption, table in tables.items():
        if table.has_names and caption not in ("At a glance", EXPECTED):
            _read_table(reading, caption, table)
    _read_lines(reading, tables)
    scores = (block for block in paper.blocks if isinstance(block, BarChart) and "Scores" in block.caption)
    for name, count in (bar for block in scores for bar in block.bars):
        reading.enter(("score", name), HIDDEN if count is None else str(count))
    _periods(reading, tables, first, as_of)
    if BOTH in tables:
        _periods(reading, tables, first, as_of, (OTHER,))
        _read_less(reading, (PERIOD,))
    _lists(reading, tables)
    _sentences(
        reading,
        [said for block in paper.blocks if isinstance(block, Points) for said in block.sentences],
        as_of,
    )
    _texts(reading, [block.text for block in paper.blocks if isinstance(block, Text)], tables, as_of)
    return reading


def _read_lines(reading: Reading, tables: dict[str, Table]) -> None:
    """Note the tables of one line, and the scores, which are bars alone."""
    for caption, table in tables.items():
        group = "band" if "by working days" in caption else "audit" if "quality audit" in caption else ""
        if group:
            for heading, cell in zip(table.headings, table.rows[0], strict=True):
                if heading != "Passed %":
                    reading.enter((group, heading), cell)


def _read_table(reading: Reading, caption: str, table: Table) -> None:
    if caption == BOTH:
        _read_both(reading, table)
        return
    columns = [heading for heading in table.headings[1:] if heading not in ("In time %", "Against target")]
    for row in table.rows:
        line: Name = (PERIOD,) if row[0] == "All" and caption.startswith("By ") else (caption, row[0])
        if caption.startswith("What managers gave") and row[0] == "All":
            reading.enter((PERIOD, "Late"), row[1])
            continue
        for heading, cell in zip(columns, row[1:], strict=False):
            reading.enter((*line, heading), cell)
        if "Authorised" in columns:
            reading.total((*line, "Authorised"), [(*line, "In time"), (*line, "Late")])
        elif caption == OPEN:
            reading.total((*line, "Open"), [(*line, heading) for heading in columns[1:]])


def _read_both(reading: Reading, table: Table) -> None:
    """Note what is counted from the referral, which is never after the start: not more is in time by it."""
    for label, _, _, *cells in table.rows:
        place = LONGER if label[0].isdigit() else MONTHS
        for outcome, cell in zip(OUTCOMES, cells, strict=True):
            reading.enter((OTHER, place, label, outcome), cell)
        _read_less(reading, (place, label))


def _read_less(reading: Reading, line: Name) -> None:
    """Note that one line of what is counted from the referral adds up, and is a part of the rule's."""
    reading.total((OTHER, *line, "Authorised"), [(OTHER, *line, "In time"), (OTHER, *line, "Late")])
    for outcome in ("Authorised", "In time"):
        reading.between([(1, (*line, outcome)), (-1, (OTHER, *line, outcome))], 0, MOST)


def _periods(reading: Reading, tables: dict[str, Table], first: date, as_of: date, count: Name = ()) -> None:
    months = {row[0]: _month(row[0]) for row in tables[MONTHS].rows}
    for outcome in OUTCOMES:
        names = {label: (*count, MONTHS, label, outcome) for label in months}
        for row in tables[LONGER].rows:
            begins, ends = _span(row[0])
            inside = [names[label] for label, at in months.items() if begins <= at <= ends]
            least = [(1.0, (*count, LONGER, row[0], outcome)), *((-1.0, name) for name in inside)]
            # What lies before the first month listed comes on top.
            reading.between(least, 0, 0 if begins >= min(months.values()) else MOST)
        whole = [names[label] for label, at in months.items() if at >= first]
        partly = [names[label] for label, at in months.items() if at < first and _same_month(at, first)]
        part = [(1.0, (*count, PERIOD, outcome)), *((-1.0, name) for name in whole)]
        reading.between(part, 0, MOST if partly else 0)
        for name in partly:
            reading.between([*part, (-1.0, name)], -MOST, 0)
    reading.total((*count, PERIOD, "Authorised"), [(*count, PERIOD, "In time"), (*count, PERIOD, "Late")])


def _lists(reading: Reading, tables: dict[str, Table]) -> None:
    for caption, table in tables.items():
        lines = [row[0] for row in table.rows if row[0] != "All"]
        if caption in ("By team", "By reason for the assessment"):
            for outcome in OUTCOMES:
                reading.total((PERIOD, outcome), [(caption, line, outcome) for line in lines])
        elif caption == OPEN:
            for column in table.headings[1:]:
                reading.total((OPEN, "All", column), [(OPEN, line, column) for line in lines])
        elif caption.startswith("What managers gave"):
            reading.total((PERIOD, "Late"), [(caption, line, "Signed off late") for line in lines])
    bands = next((table.headings for caption, table in tables.items() if "by working days" in caption), ())
    reading.total((PERIOD, "Authorised"), [("band", band) for band in bands])
    for outcome, is_late in (("In time", False), ("Late", True)):
        its = [("band", band) for band in bands if (_last_day(band) > 35) is is_late]
        reading.total((PERIOD, outcome), its)
    if any("audit" in name for name in reading.shown | dict.fromkeys(reading.hidden, 0)):
        reading.total(("audit", "Audited"), [("audit", "Passed"), ("audit", "Returned")])
        scores = [name for name in (*reading.shown, *reading.hidden) if name[0] == "score"]
        reading.total(("audit", "Audited"), scores)
        reading.total(("audit", "Passed"), [name for name in scores if int(name[1].split("-")[0]) >= 80])
        reading.between([(1, (PERIOD, "Authorised")), (-1, ("audit", "Audited"))], 0, MOST)


def _texts(reading: Reading, texts: Sequence[str], tables: dict[str, Table], as_of: date) -> None:
    for text in texts:
        if found := re.match(
            r"Half .* within (\d+) working days?, a quarter within (\d+), .* within (\d+)\.", text
        ):
            half, quarter, most = map(int, found.groups())
            for share, days in ((0.25, quarter), (0.5, half), (0.75, most)):
                _quartile(reading, share, days)
        if found := re.search(r"after the sign-off: (\S+) of the (\S+) authorised", text):
            reading.enter(("not", OTHER), found[1])
            reading.enter((PERIOD, "Authorised"), found[2])
            reading.total((PERIOD, "Authorised"), [(OTHER, PERIOD, "Authorised"), ("not", OTHER)])
        if found := re.search(
            r"work: (\S+)\. Open assessments with them: (\S+), of these overdue: (\S+)\.", text
        ):
            for name, cell in zip(("workers", "open", "overdue"), found.groups(), strict=True):
                reading.enter(("away", name), cell)
    names = {*reading.shown, *reading.hidden}
    if ("away", "open") in names and (OPEN, "All", "Open") in names:
        reading.between([(1, (OPEN, "All", "Open")), (-1, ("away", "open"))], 0, MOST)
        reading.between([(1, (OPEN, "All", "Overdue")), (-1, ("away", "overdue"))], 0, MOST)
        reading.between([(1, ("away", "open")), (-1, ("away", "overdue"))], 0, MOST)
        reading.between([(1, ("away", "open")), (-1, ("away", "workers"))], 0, MOST)
    for row in tables[EXPECTED].rows if EXPECTED in tables else ():
        label = next((label for label, *_ in tables[MONTHS].rows if label.startswith(row[0])), None)
        if label is not None:
            _expected(reading, label, float(row[1]), float(row[3]))


SENTENCES = (
    (
        r"In time were (\S+) of the (\S+) .* authorised since 1 April",
        ((YEAR, "In time"), (YEAR, "Authorised")),
    ),
    (
        r"(\S+) (?:is|are) overdue of the (\S+) that are open",
        ((OPEN, "All", "Overdue"), (OPEN, "All", "Open")),
    ),
    (r"None of the (\S+) that are open", ((OPEN, "All", "Open"),)),
    (r"With the (\S+) overdue", ((OPEN, "All", "Overdue"),)),
    (r"[\d.]+ % of (\S+) assessments? passed", (("audit", "Audited"),)),
)


def _sentences(reading: Reading, sentences: Sequence[str], as_of: date) -> None:
    """Note the numbers of the key points under the names that the tables have for them."""
    years = [
        name[1] for name in (*reading.shown, *reading.hidden) if name[0] == LONGER and "Q" not in name[1]
    ]
    for said in sentences:
        for pattern, names in SENTENCES:
            if found := re.match(pattern, said):
                for name, number in zip(names, found.groups(), strict=True):
                    reading.enter((LONGER, max(years), name[1]) if name[0] == YEAR else name, number)


def _expected(reading: Reading, label: str, percent: float, authorised: float) -> None:
    """Note that no more can be signed off so far, in time or late, than is expected of the whole month."""
    most = authorised + 0.5
    for outcome, share in (
        ("Authorised", 1),
        ("In time", (percent + 0.05) / 100),
        ("Late", 1 - (percent - 0.05) / 100),
    ):
        reading.between([(1, (MONTHS, label, outcome))], 0, most * share)


def _quartile(reading: Reading, share: float, days: int) -> None:
    authorised = reading.shown[PERIOD, "Authorised"]
    bands = [name for name in (*reading.shown, *reading.hidden) if name[0] == "band"]
    reading.between(((1, band) for band in bands if _first_day(band[1]) <= days), share * authorised, MOST)
    reading.between(((1, band) for band in bands if _last_day(band[1]) < days), 0, share * authorised)


def _extreme(reading: Reading, name: Name, sign: int) -> dict[Name, int]:
    """Return the numbers, in whole assessments, with which one of them is least (1) or most (-1)."""
    places = {each: place for place, each in enumerate(reading.hidden)}
    for factors, _, _ in reading.known:
        for each in factors:
            places.setdefault(each, len(places))
    rows = np.zeros((len(reading.known), len(places)))
    for line, (factors, _, _) in enumerate(reading.known):
        for each, factor in factors.items():
            rows[line, places[each]] = factor
    aim, least = np.zeros(len(places)), np.zeros(len(places))
    aim[places[name]] = sign
    least[: len(reading.hidden)] = 1  # A nought is never hidden, and the reader knows it.
    lows, highs = ([bound[which] for bound in reading.known] for which in (1, 2))
    solution = milp(
        aim,
        integrality=np.ones(len(places)),
        bounds=Bounds(least, np.full(len(places), MOST)),
        constraints=LinearConstraint(rows, lows, highs),
    )
    assert solution.x is not None, solution.message
    return {each: round(solution.x[places[each]]) for each in reading.hidden}


def _month(label: str) -> date:
    return datetime.strptime(label.partition(",")[0], "%b %Y").date()  # noqa: DTZ007 - a month has no zone


def _same_month(one: date, other: date) -> bool:
    return (one.year, one.month) == (other.year, other.month)


def _span(label: str) -> tuple[date, date]:
    """Return the first days of the first and last month of a quarter or a financial year."""
    year, quarter = int(label[:4]), re.search(r"Q(\d)", label)
    if quarter is None:
        return date(year, 4, 1), date(year + 1, 3, 1)
    begins = 4 + 3 * (int(quarter[1]) - 1)
    return _on(year, begins), _on(year, begins + 2)


def _on(year: int, month: int) -> date:
    return date(year + (month - 1) // 12, (month - 1) % 12 + 1, 1)


def _first_day(band: str) -> int:
    return int(re.match(r"\d+", band.replace("Same day", "0"))[0])  # type: ignore[index]


def _last_day(band: str) -> int:
    return MOST if band.endswith("+") else int(re.search(r"\d+$", band.replace("Same day", "0"))[0])  # type: ignore[index]
