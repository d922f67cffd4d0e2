"""Random histories of extracts: a gate closes exactly when arithmetic of our own says so."""

import shutil
from collections import Counter
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.gate import Gates
from alerter.pipeline.sync import gate_of
from alerter.store.database import open_database
from tests.world.stored_council import AS_OF, NOW, Council, row

pytestmark = pytest.mark.no_cover

SIZES = (1, 1, 1, 2, 4, 5, 5, 9, 10, 11, 19, 20, 21, 30)
"""How many assessments go together, so that sums fall on each limit, and one to either side of it."""
LAST_WEEK = date(2026, 11, 16)
LIMITS = Gates(max_age_hours=0, max_quiet_days=0)
FATES = {
    "open": {"authorised_on": ""},
    "ended": {"authorised_on": "2026-11-20"},
    "rejected": {"started_on": ""},
}
Week = Mapping[str, tuple[str, str]]
"""The fate and the team of each assessment in an extract."""


@dataclass(frozen=True, slots=True)
class Model:
    """What the store must hold, worked out without it: the fate and the team of each assessment."""

    stored: dict[str, tuple[str, str]] = field(default_factory=dict)
    figures: list[Counter[str]] = field(default_factory=list)
    """The open ones by team: in the store, once something was applied, and at the last run."""

    def teams(self, week: Week) -> Counter[str]:
        """Count what is open by team."""
        return Counter(team for fate, team in week.values() if fate == "open")

    def reasons(self, week: Week) -> set[str]:
        """Return the settings whose gates must close on *week*."""
        are, held = self.teams(week), set()
        rejected = sum(1 for fate, _ in week.values() if fate == "rejected")
        if rejected >= 20 and Fraction(rejected, len(week)) > Fraction(1, 5):
            held.add("max_rejected_percent")
        read = {name: fate for name, (fate, _) in week.items() if fate != "rejected"}
        ended = [name for name, (fate, _) in self.stored.items() if fate == "ended" and name in read]
        again = [name for name in ended if read[name] == "open"]
        if len(again) >= 10 and Fraction(len(again), len(ended)) > Fraction(1, 10):
            held.add("max_reopened_percent")
        if self.figures:
            held |= self._compared(are)
        return held if are else {*held, "no open assessment"}

    def _compared(self, are: Counter[str]) -> set[str]:
        held = set()
        most = max(teams.total() for teams in self.figures)
        if are.total() - most >= 20 and are.total() > 2 * most:
            held.add("max_growth_percent")
        falls = [(most, are.total())]
        for team in "AB":
            larger = max(teams[team] for teams in self.figures)
            if larger >= 5:
                falls.append((larger, are[team]))
        if any(2 * now < before for before, now in falls):
            held.add("max_shrink_percent")
        return held

    def apply(self, week: Week) -> None:
        """
        Store what *week* says: what was open and is not in it has vanished; a rejected row changes nothing.
        """
        for name in [name for name, (fate, _) in self.stored.items() if fate == "open" and name not in week]:
            del self.stored[name]
        self.stored.update({name: (fate, team) for name, (fate, team) in week.items() if fate != "rejected"})
        self.figures[:1] = [self.teams(self.stored)]


@st.composite
def weeks(draw: st.DrawFn) -> Week:
    """Draw one extract: groups of assessments, each with one fate and one team, or absent."""
    fates = st.sampled_from(["open", "open", "open", "ended", "ended", "rejected", "absent"])
    week = {}
    for group, size in enumerate(SIZES):
        fate, team = draw(fates), draw(st.sampled_from("AAB"))
        if fate != "absent":
            week.update({f"A-{group:02}{number:02}": (fate, team) for number in range(size)})
    return week


@given(history=st.lists(st.tuples(weeks(), st.booleans()), min_size=2, max_size=4), has_run=st.booleans())
def test_gates_close_exactly_when_arithmetic_says_so(
    migrated_file: Path, history: list[tuple[Week, bool]], *, has_run: bool
) -> None:
    """Of each extract in turn, some accepted whatever the gates say; what is held changes nothing."""
    model = Model()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "alerter.db"
        shutil.copy(migrated_file, path)
        with closing(open_database(f"sqlite:///{path}")) as database:
            council = Council(database, Path(folder))
            gate = gate_of(council.rules, LIMITS, as_of=AS_OF, now=NOW)
            for number, (week, is_accepted) in enumerate(history):
                rows = [
                    row(name, team=team, **FATES[fate]) | {"worker": f"W{number}"}
                    for name, (fate, team) in week.items()
                ]
                said = council.read(rows, gate=gate, is_accepted=is_accepted).held_because
                expected = model.reasons(week)
                assert {each for each in expected if any(each in reason for reason in said)} == expected
                assert all(any(each in reason for each in expected) for reason in said), said
                if is_accepted or not expected:
                    model.apply(week)
                if has_run and len(model.figures) == 1:
                    model.figures.append(Counter(council.prepare(LAST_WEEK).teams))
                    has_run = False
