"""The reasons that managers may give: for the day a sign-off is expected, and for going beyond the limit."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Reasons:
    """
    The reasons a manager may give, as codes with their *labels*.

    >>> Reasons({"absence": "worker absence"}).code_of("Worker  Absence")
    'absence'
    """

    labels: Mapping[str, str]

    def code_of(self, text: str) -> str | None:
        """Return the code that *text* is or labels, whatever its case; None where no reason is like it."""
        wanted = _matched(text)
        named = ((code, (code, label)) for code, label in self.labels.items())
        return next((code for code, names in named if wanted in map(_matched, names)), None)

    def label_of(self, code: str) -> str:
        """Return the label of *code*; of one that is configured no longer, the code itself."""
        return self.labels.get(code, code)

    @property
    def listed(self) -> str:
        """Return every code with its label, for an operator to choose from."""
        return ", ".join(f"{code} ({label})" for code, label in self.labels.items())


NO_REASONS = Reasons({})


def _matched(text: str) -> str:
    return " ".join(text.split()).casefold()
