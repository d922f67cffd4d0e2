"""Statements written out once for each kind of database, for what is carried out again with every message."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Connection, Dialect, Update

Convert = Callable[[Any], Any]


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True, slots=True)
class _Written:
    """A statement in one dialect: its text, its *values* with what makes each the driver's, its constants."""

    text: str
    values: Sequence[tuple[str, Convert]]
    constants: Mapping[str, Any]
    is_positional: bool
    readers: Sequence[Convert]

    def bound(self, values: Mapping[str, Any]) -> Any:
        """Return *values* as the driver takes them: in their order, or by their names."""
        whole = {**self.constants, **values}
        if self.is_positional:
            return tuple(convert(whole[name]) for name, convert in self.values)
        return {name: convert(whole[name]) for name, convert in self.values}


class Prepared:
    """
    An UPDATE, and the *columns* that it returns of what it changed; the driver gets its text and its values.

    SQLAlchemy would look its statement up and work out its values anew each time, which takes longer than
    SQLite takes to carry it out. Nothing in it may have a length that differs from one time to the next.
    """

    def __init__(self, statement: Update, columns: Sequence[ColumnElement[Any]] = ()) -> None:
        self._statement = statement.returning(*columns) if columns else statement
        self._types = [column.type for column in columns]
        self._written: dict[str, _Written] = {}

    def first(self, connection: Connection, values: Mapping[str, Any]) -> list[Any] | None:
        """Carry it out with *values*, and return the first row that it changed."""
        written = self._in(connection.dialect, values)
        row = connection.exec_driver_sql(written.text, written.bound(values)).first()
        if row is None:
            return None
        return [read(value) for read, value in zip(written.readers, row, strict=True)]

    def changes(self, connection: Connection, values: Mapping[str, Any]) -> bool:
        """Carry it out with *values*, and say whether it changed a row."""
        written = self._in(connection.dialect, values)
        return connection.exec_driver_sql(written.text, written.bound(values)).rowcount > 0

    def _in(self, dialect: Dialect, values: Mapping[str, Any]) -> _Written:
        written = self._written.get(dialect.name)
        if written is None:
            written = self._written[dialect.name] = self._write(dialect, values)
        return written

    def _write(self, dialect: Dialect, values: Mapping[str, Any]) -> _Written:
        compiled = self._statement.compile(dialect=dialect)
        whole = compiled.construct_expanded_state(dict(values))
        names = whole.parameters if whole.positiontup is None else whole.positiontup
        return _Written(
            text=whole.statement,
            values=[(name, _binder(compiled.binds.get(name), dialect)) for name in names],
            constants={name: value for name, value in whole.parameters.items() if name not in values},
            is_positional=whole.positiontup is not None,
            readers=[
                type_.dialect_impl(dialect).result_processor(dialect, None) or _as_it_is
                for type_ in self._types
            ],
        )


def _binder(parameter: BindParameter[Any] | None, dialect: Dialect) -> Convert:
    processor = None if parameter is None else parameter.type.dialect_impl(dialect).bind_processor(dialect)
    return processor or _as_it_is
