"""Fault matrix, rows 91 to 94: templates that say too little, too much, or reach where they must not."""

import gc
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from types import FunctionType, ModuleType
from typing import Any

import pytest
from jinja2 import Environment, FileSystemLoader, PackageLoader, StrictUndefined, UndefinedError
from jinja2.sandbox import SandboxedEnvironment

from alerter.errors import PartitionError
from alerter.mail.view import view_of
from alerter.mail.writer import Writer, check_receipt
from alerter.pipeline.letters import Basis
from alerter.pipeline.prepare import RunRequest, prepare
from alerter.store import runs
from alerter.store.runs import Run
from tests.world import samples
from tests.world.office import Office
from tests.world.stored_council import AS_OF, FALLBACK, NORTH, NOW, SOUTH, Council, row, writer

WEEK = [row("A-1", days=40), row("A-2", days=30, team="South"), row("A-3", days=28, team="Unlisted")]
SAFE_SINCE = (3, 1, 6)
Write = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class Edited:
    """The real writer of emails, with somebody's hand on one: what a template would be edited into."""

    hand: Callable[[Write, Any], Any]
    real: Writer

    def __getattr__(self, name: str) -> Any:
        """Return what the real one has."""
        return getattr(self.real, name)

    def email(self, digest: Any, *more: Any) -> Any:
        """Return what the hand makes of a digest."""
        return self.hand(lambda each: self.real.email(each, *more), digest)


def test_fault_091_undefined_name(mailroom: Council, desk: Office) -> None:
    """
    A name that is not there is an error in every template; where it spoils every digest, nothing is sent.
    """
    for environment in _environments(desk):
        with pytest.raises(UndefinedError):
            environment.from_string("{% for row in view.rows %}{{ rwo }}{% endfor %}").render(
                view={"rows": [1]}
            )
        assert environment.undefined is StrictUndefined

    def misspelt(_write: Write, _digest: Any) -> Any:
        raise UndefinedError("'rwo' is undefined")

    mailroom.read(WEEK)
    with pytest.raises(UndefinedError):
        _prepare(mailroom, misspelt)
    assert mailroom.letters() == []


def test_fault_092_one_manager_only(mailroom: Council) -> None:
    """
    A digest that cannot be written for one manager: an exception, its work is the fallback's, others go.
    """

    def for_north(write: Write, digest: Any) -> Any:
        if digest.recipient.email == NORTH.manager_email:
            raise ZeroDivisionError("child 91 Nightjar")
        return write(digest)

    mailroom.read(WEEK)
    run = _prepare(mailroom, for_north)
    assert run is not None
    letters = {each.recipient: each.text for each in mailroom.letters()}
    assert letters.keys() == {SOUTH.manager_email, FALLBACK}
    assert "A-1" in letters[FALLBACK]
    with mailroom.database.read() as connection:
        found = {each.assessment_id: each for each in runs.exceptions_of(connection, run.id)}
    assert found["A-1"].kind == "render_failed"
    assert "Nightjar" not in found["A-1"].detail


@pytest.mark.parametrize("edit", ["nothing", "another's rows", "a row twice", "a row less"])
def test_fault_093_wrong_rows(mailroom: Council, edit: str) -> None:
    """
    Nothing printed, a row lost or doubled, or another manager's rows in one digest: nothing is sent at all.
    """
    week, other = samples.usual_week(), samples.digest_of([samples.started(30, "A-999", "999")])
    text = samples.writer().digest(week, samples.facts()).text
    lines = text.splitlines(keepends=True)
    (first, *_) = [line for line in lines if line.startswith("A-10433")]
    texts = {
        "nothing": "",
        "another's rows": samples.writer().digest(other, samples.facts()).text,
        "a row twice": text.replace(first, first * 2),
        "a row less": text.replace(first, ""),
    }
    view = view_of(week, samples.facts(), 150)
    check_receipt(text, week, view)
    with pytest.raises(PartitionError):
        check_receipt(texts[edit], week, view)

    def swapped(write: Write, digest: Any) -> Any:
        check_receipt(texts[edit], week, view)
        return write(digest)

    mailroom.read(WEEK)
    with pytest.raises(PartitionError):
        _prepare(mailroom, swapped)
    assert mailroom.letters() == []


@pytest.mark.shown_in_part(
    "the memory that a council's own template asks for is not limited: who may write one is trusted so far"
)
def test_fault_094_reaching_for_python(desk: Office) -> None:
    """Whatever is not the package's own is rendered in a sandbox, by a Jinja without its known ways out."""
    assert tuple(map(int, version("jinja2").split(".")[:3])) >= SAFE_SINCE
    found = _environments(desk)
    assert found
    for environment in found:
        loaders = getattr(environment.loader, "loaders", [environment.loader])
        is_own = all(isinstance(loader, PackageLoader) for loader in loaders)
        assert is_own or isinstance(environment, SandboxedEnvironment)
        assert not any(isinstance(loader, FileSystemLoader) for loader in loaders) or not is_own


def _environments(desk: Office) -> list[Environment]:
    """Return every environment that the emails of an installation are written with, however deep it lies."""
    waiting: list[object] = [desk.open().writer]
    seen: dict[int, object] = {}
    while waiting:
        each = waiting.pop()
        if id(each) not in seen and not isinstance(each, type | ModuleType | FunctionType):
            seen[id(each)] = each
            waiting += gc.get_referents(each)
    return [each for each in seen.values() if isinstance(each, Environment)]


def _prepare(mailroom: Council, hand: Callable[[Write, Any], Any]) -> Run | None:
    """Prepare the week with a writer of digests that was edited."""
    edited: Any = Edited(hand, writer())
    with mailroom.database.write() as connection:
        return prepare(connection, Basis(mailroom.rules, edited, NOW), RunRequest(AS_OF))
