"""Rounds of several contenders, one after the other in each, and what a table says of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from statistics import median
from time import perf_counter


@dataclass(frozen=True, slots=True)
class Cost:
    """
    What something took: seconds by the clock, seconds of a processor, and at most so many MB of memory.

    The clock counts what others do on the machine and how long a disk lets wait; the processor does not.
    """

    seconds: float
    processor: float
    peak_mb: float = 0.0


Rounds = Mapping[str, Sequence[Cost]]
Contender = Callable[[], Callable[[], object]]
"""Makes ready what is not timed, and returns what is; that may be a command, which tells its own cost."""


def timed(
    contenders: Mapping[str, Contender], rounds: int, after: Callable[[str], object] = lambda _name: None
) -> Rounds:
    """
    Return the cost of each contender in each round; a machine that is busy for a while slows them all.

    *after* each it is called with its name, to look at what it did.
    """
    taken: dict[str, list[Cost]] = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, ready in contenders.items():
            taken[name].append(cost_of(ready()))
            after(name)
    return taken


def cost_of(run: Callable[[], object]) -> Cost:
    """Return what *run* costs: what it says itself, or what this process and its children took."""
    begin, begin_processor = perf_counter(), _processor()
    said = run()
    return said if isinstance(said, Cost) else Cost(perf_counter() - begin, _processor() - begin_processor)


def ratio(taken: Rounds, name: str, to: str) -> tuple[float, str]:
    """
    Return the median of the rounds' own ratios of *name* to another by the clock, and the least and greatest.
    """
    ratios = [ours.seconds / theirs.seconds for ours, theirs in zip(taken[name], taken[to], strict=True)]
    return median(ratios), f"{min(ratios):.2f} to {max(ratios):.2f}"


def processor_ratio(taken: Rounds, name: str, to: str) -> tuple[float, str]:
    """Return the same of the processor's time."""
    ratios = [ours.processor / theirs.processor for ours, theirs in zip(taken[name], taken[to], strict=True)]
    return median(ratios), f"{min(ratios):.2f} to {max(ratios):.2f}"


HEAD = (
    "| who | seconds | processor | ratio | processor's ratio | rounds | goal |\n"
    "|---|---:|---:|---:|---:|---:|---:|"
)


def row(taken: Rounds, name: str, to: str, goal: str = "") -> str:
    """Return a row under `HEAD`: the medians, and the ratios to the other; the rounds are the processor's."""
    seconds = median(cost.seconds for cost in taken[name])
    processor = median(cost.processor for cost in taken[name])
    of_processor, spread = processor_ratio(taken, name, to)
    cells = (
        name, f"{seconds:.3f}", f"{processor:.3f}", f"{ratio(taken, name, to)[0]:.2f}", f"{of_processor:.2f}",
        spread, goal,
    )  # fmt: skip
    return f"| {' | '.join(cells)} |"


def _processor() -> float:
    """Return the seconds of a processor that this process and its ended children have had."""
    ours, theirs = getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN)
    return ours.ru_utime + ours.ru_stime + theirs.ru_utime + theirs.ru_stime
