"""Writes the paper as one HTML page that needs no other file, charts included, to print on A4."""

from collections.abc import Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined

from alerter.reports.blocks import FULL, STEP, BarChart, Paper, TrendChart

WIDTH, HEIGHT = 720, 250  # of a chart, in SVG's units
LEFT, RIGHT, TOP, BOTTOM = 46, 12, 26, 44
BAR_SHARE = 0.7
MOST_NAMES = 16
HEADROOM = 1.15


@dataclass(frozen=True, slots=True)
class Mark:
    """Something at a place: a dot or the foot of a bar, its range if it has one, and words."""

    x: float
    y: float
    low: float = 0.0
    high: float = 0.0
    name: str = ""
    words: str = ""
    is_marked: bool = False


@dataclass(frozen=True, slots=True)
class Drawing:
    """A chart ready to be drawn. *runs* are unbroken stretches of a line, *ahead* what is expected."""

    marks: Sequence[Mark]
    ticks: Sequence[Mark]
    runs: Sequence[str] = ()
    ahead: Sequence[Mark] = ()
    target: float | None = None
    bar_width: float = 0.0

    @property
    def is_crowded(self) -> bool:
        """Say whether the names below would run into each other, so that every other one is left out."""
        return len(self.marks) + len(self.ahead) > MOST_NAMES


def page(paper: Paper) -> str:
    """Return *paper* as HTML."""
    environment = Environment(
        loader=PackageLoader("alerter.reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["kind"] = lambda block, name: type(block).__name__ == name
    draw = {
        "trend": trend, "bars": bars,
        "WIDTH": WIDTH, "HEIGHT": HEIGHT, "LEFT": LEFT, "RIGHT": RIGHT, "BOTTOM": BOTTOM,
    }  # fmt: skip
    return environment.get_template("page.html.j2").render(paper=paper, draw=draw)


def trend(chart: TrendChart) -> Drawing:
    """Return the dots and lines of a chart of percentages."""
    places, floor = len(chart.months) + len(chart.ahead), chart.floor
    marks = [
        Mark(
            _x(place, places),
            _y(share or floor, FULL, floor),
            name=name,
            words="" if share is None else f"{share:.0f}",
        )
        for place, (name, share) in enumerate(chart.months)
    ]
    ahead = [
        Mark(
            _x(len(chart.months) + place, places),
            _y(expected, FULL, floor),
            _y(low, FULL, floor),
            _y(high, FULL, floor),
            name,
            f"{expected:.0f}",
        )
        for place, (name, expected, low, high) in enumerate(chart.ahead)
    ]
    return Drawing(
        marks=marks,
        ticks=[Mark(LEFT, _y(tick, FULL, floor), words=str(tick)) for tick in range(floor, FULL + 1, STEP)],
        runs=_runs(marks),
        ahead=ahead,
        target=None if chart.target is None else _y(chart.target, FULL, floor),
    )


def bars(chart: BarChart) -> Drawing:
    """Return the bars of a chart of counts; a hidden one has no height."""
    counts = [count or 0 for _, count in chart.bars]
    most = max(1.0, max(counts, default=0) * HEADROOM)
    first = len(chart.bars) if chart.marked_from is None else chart.marked_from
    marks = [
        Mark(
            _x(place, len(chart.bars)),
            _y(count or 0, most),
            name=name,
            words="c" if count is None else f"{count:,}",
            is_marked=place >= first,
        )
        for place, (name, count) in enumerate(chart.bars)
    ]
    return Drawing(
        marks=marks,
        ticks=[Mark(LEFT, _y(0, most), words="0")],
        bar_width=BAR_SHARE * (WIDTH - LEFT - RIGHT) / max(1, len(chart.bars)),
    )


def _runs(marks: Sequence[Mark]) -> list[str]:
    """Return the points of each stretch without a gap."""
    runs: list[list[str]] = [[]]
    for mark in marks:
        if mark.words:
            runs[-1].append(f"{mark.x:.1f},{mark.y:.1f}")
        else:
            runs.append([])
    return [" ".join(run) for run in runs if run]


def _x(place: int, places: int) -> float:
    return LEFT + (place + 0.5) * (WIDTH - LEFT - RIGHT) / max(1, places)


def _y(value: float, most: float, least: float = 0) -> float:
    return TOP + (most - value) / (most - least) * (HEIGHT - TOP - BOTTOM)
