"""How long assessments take, learnt from finished and open ones alike: a Kaplan-Meier estimate."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FEWEST_AT_RISK = 10
TAIL_DAYS = 20


@dataclass(frozen=True, slots=True)
class Life:
    """
    The stretch of one assessment that was watched, as ages in working days.

    It came into sight at age *entered*, None for its very start, and was last seen at age *left*: signed off
    on that day with *is_signed*, else still open or ended some other way (censored).
    """

    entered: int | None
    left: int
    is_signed: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """
    The chance of being signed off on each working day of age, for what is still open by then.

    *chances* are by age; where too few were ever that old, *tail* stands for any age.
    """

    chances: tuple[float, ...]
    tail: float

    def chance(self, age: int) -> float:
        """
        Return the chance of a sign-off on the day of this *age*, if there was none before.
        """
        return self.chances[age] if age < len(self.chances) else self.tail


def kaplan_meier(lives: Iterable[Life]) -> Curve:
    """
    Return the curve that *lives* make: at each age, of those in sight and still open, the share signed off.

    What is still open counts as at risk for as long as it was watched, and what came into sight late only
    from then on (Kaplan and Meier 1958, with delayed entry).

    >>> kaplan_meier([Life(None, 1, True)] * 10 + [Life(None, 1, False)] * 10).chances
    (0.0, 0.5)
    """
    watched = list(lives)
    oldest = max((life.left for life in watched), default=0)
    signed, at_risk = [0] * (oldest + 1), [0] * (oldest + 2)
    for life in watched:
        at_risk[0 if life.entered is None else life.entered + 1] += 1
        at_risk[life.left + 1] -= 1
        signed[life.left] += life.is_signed
    for age in range(1, oldest + 1):
        at_risk[age] += at_risk[age - 1]
    return _curve(signed, at_risk[: oldest + 1])


def _curve(signed: Sequence[int], at_risk: Sequence[int]) -> Curve:
    """
    Return the chances as far as enough were at risk, and beyond that the one of the oldest together.
    """
    enough = [age for age, count in enumerate(at_risk) if count >= FEWEST_AT_RISK]
    known = enough[-1] + 1 if enough else 0
    oldest = slice(max(0, known - TAIL_DAYS), None)
    days = sum(at_risk[oldest])
    chances = (
        count / open_ if open_ else 0.0 for count, open_ in zip(signed[:known], at_risk[:known], strict=True)
    )
    return Curve(tuple(chances), sum(signed[oldest]) / days if days else 0.0)
