"""Draws charts as pictures for a Word document: needs the extra `reports`."""

import io
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from alerter.reports.blocks import FULL, BarChart, TrendChart

INCHES = (6.7, 2.9)
DOTS = 200
MAIN, SOFT, LATE, QUIET = "#1f4e79", "#c3d4e6", "#a9471c", "#5a6675"
MOST_NAMES = 16


def picture(chart: TrendChart | BarChart) -> bytes:
    """Return *chart* as a PNG file."""
    figure = Figure(figsize=INCHES, dpi=DOTS, layout="constrained")
    axes = figure.subplots()
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(length=0, labelsize=8, colors=QUIET)
    if isinstance(chart, TrendChart):
        _draw_trend(axes, chart)
    else:
        _draw_bars(axes, chart)
    file = io.BytesIO()
    figure.savefig(file, format="png", metadata={"Software": ""})
    return file.getvalue()


def _draw_trend(axes: Axes, chart: TrendChart) -> None:
    """Draw the months as a line with gaps, the target across, and what is expected with its range."""
    shares = [share if share is not None else float("nan") for _, share in chart.months]
    axes.plot(range(len(shares)), shares, color=MAIN, marker="o", markersize=4, linewidth=1.6)
    for place, (_, share) in enumerate(chart.months):
        if share is not None:
            _write(axes, place, share + 1.5, f"{share:.0f}")
    for place, (_, expected, low, high) in enumerate(chart.ahead, start=len(shares)):
        axes.bar(place, high - low, bottom=low, width=0.32, color=SOFT)
        axes.plot([place], [expected], color=MAIN, marker="s", markersize=5)
        _write(axes, place, high + 1.5, f"{expected:.0f}")
    if chart.target is not None:
        axes.axhline(chart.target, color=LATE, linestyle=(0, (6, 4)), linewidth=1.4)
    axes.set_ylim(chart.floor, FULL + 4)
    axes.grid(axis="y", color="#dde2e8", linewidth=0.6)
    axes.set_axisbelow(True)
    _name(axes, [name for name, _ in chart.months] + [name for name, *_ in chart.ahead])


def _draw_bars(axes: Axes, chart: BarChart) -> None:
    """Draw the counts, those beyond the limit in another colour; a hidden one is a letter without a bar."""
    counts = [count or 0 for _, count in chart.bars]
    first = len(counts) if chart.marked_from is None else chart.marked_from
    colours = [LATE if place >= first else MAIN for place in range(len(counts))]
    axes.bar(range(len(counts)), counts, width=0.7, color=colours)
    most = max([1, *counts])
    for place, (_, count) in enumerate(chart.bars):
        _write(axes, place, (count or 0) + most * 0.02, "c" if count is None else f"{count:,}")
    axes.set_ylim(0, most * 1.15)
    axes.set_yticks([])
    _name(axes, [name for name, _ in chart.bars])


def _write(axes: Axes, place: float, height: float, words: str) -> None:
    behind = {"facecolor": "white", "edgecolor": "none", "pad": 0.5, "alpha": 0.8}
    axes.text(place, height, words, ha="center", va="bottom", fontsize=7, bbox=behind)


def _name(axes: Axes, names: Sequence[str]) -> None:
    step = 2 if len(names) > MOST_NAMES else 1
    places = range(0, len(names), step)
    axes.set_xticks(list(places), ["\n".join(names[place].rsplit(" ", 1)) for place in places])
