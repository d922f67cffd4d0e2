"""Rounds of several contenders, one after the other in each, and what a table says of them."""

from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter

Rounds = dict[str, list[float]]
Contender = Callable[[], Callable[[], object]]
"""Makes ready what is not timed, and returns what is."""


def timed(contenders: Mapping[str, Contender], rounds: int, after: Callable[[str], object]) -> Rounds:
    """
    Return the seconds of each contender in each round; a machine that is busy for a while slows them all.

    *after* each it is called with its name, to look at what it did.
    """
    taken: Rounds = {name: [] for name in contenders}
    for _ in range(rounds):
        for name, ready in contenders.items():
            run = ready()
            begin = perf_counter()
            run()
            taken[name].append(perf_counter() - begin)
            after(name)
    return taken


def ratio(taken: Rounds, name: str, to: str) -> tuple[float, str]:
    """
    Return the median of the rounds' own ratios of *name* to another, and the least and the greatest of them.
    """
    ratios = [ours / theirs for ours, theirs in zip(taken[name], taken[to], strict=True)]
    return median(ratios), f"{min(ratios):.2f} to {max(ratios):.2f}"


def spread(seconds: list[float]) -> str:
    """Return the least and the greatest."""
    return f"{min(seconds):,.2f} to {max(seconds):,.2f}"
