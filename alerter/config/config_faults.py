"""Writes faults of the settings for an operator: which key, what is wrong, what to do."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time
from difflib import get_close_matches
from typing import get_args, get_origin

from pydantic import SecretStr, ValidationError
from pydantic_core import ErrorDetails

from alerter.config.base import Table

ANY = "*"
"""Stands for a name the council chooses, and for a place in a list."""

Key = tuple[str, ...]

SENTENCES: Mapping[str, str] = {
    "missing": "is missing; config.example.toml shows how to write it",
    "string_type": "must be text in quotes",
    "int_type": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "bool_type": "must be true or false",
    "date_type": "must be a date such as 2026-12-24",
    "time_type": 'must be a time of day such as "08:00"',
    "is_instance_of": "must be text in quotes",
    "tuple_type": "must be a list in square brackets",
    "dict_type": "must be a table",
    "model_type": "must be a table",
    "too_short": "must not be empty",
    "greater_than_equal": "must be {ge:g} or more",
    "less_than_equal": "must be {le:g} or less",
    "string_too_long": "must not be longer than {max_length} characters",
}
"""What each kind of pydantic error means to somebody who writes TOML."""

_TYPE_FAULTS = re.compile(r".*_type|is_instance_of")
_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (str, "text"),
    (int, "a whole number"),
    (float, "a number with a fraction"),
    (datetime, "a date with a time"),
    (date, "a date"),
    (time, "a time of day"),
    (list, "a list"),
    (dict, "a table"),
)


def keys_of(table: type[Table], parents: Key = ()) -> Iterator[tuple[Key, bool]]:
    """Give every key at and below *table* as a path, each with whether it holds a secret."""
    for name, field in table.model_fields.items():
        key = (*parents, field.alias or name)
        kinds = tuple(_kinds(field.annotation))
        yield key, SecretStr in kinds
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, Table):
                is_many = get_origin(field.annotation) in (dict, tuple)
                yield from keys_of(kind, (*key, ANY) if is_many else key)


def secrets_of(table: type[Table]) -> list[Key]:
    """Return the keys that hold a secret."""
    return [key for key, is_secret in keys_of(table) if is_secret]


def nearest(table: type[Table], wrong: Sequence[str | int]) -> str:
    """Return the known key nearest to the *wrong* one: alike in its table, else of its name in another."""
    known = [key for key, _ in keys_of(table)]
    known += [(*key[:-1], f"{key[-1]}{ending}") for key in secrets_of(table) for ending in ("_file", "_env")]
    *parents, name = wrong
    beside = {key[-1]: key for key in known if _is_in(key, parents)}
    elsewhere = {key[-1]: key for key in reversed(known) if not _is_in(key, parents)}  # the first of a name
    # The very name in another table is meant rather than one that is only somewhat like it in this one.
    close = get_close_matches(str(name), beside, n=1, cutoff=0.8 if str(name) in elsewhere else 0.6)
    if not close and str(name) in elsewhere:
        return dotted(elsewhere[str(name)])
    likest = close or get_close_matches(str(name), beside, n=1, cutoff=0)
    return dotted((*parents, likest[0]))


def dotted(key: Sequence[str | int]) -> str:
    """
    Return a key as one writes it, places in a list left out.

    >>> dotted(("calendar", "days_off", 1, "name"))
    'calendar.days_off.name'
    """
    return ".".join(part for part in key if isinstance(part, str))


def _is_in(key: Key, parents: Sequence[str | int]) -> bool:
    return len(key) == len(parents) + 1 and all(
        known in (ANY, part) for known, part in zip(key, parents, strict=False)
    )


def _kinds(annotation: object) -> Iterator[object]:
    """
    Give the types an annotation is made of: those of `tuple[NamedDays, ...]` are NamedDays and the dots.
    """
    inner = get_args(annotation)
    if not inner:
        yield annotation
    for argument in inner:
        yield from _kinds(argument)


def faults_of(error: ValidationError, table: type[Table]) -> dict[str, list[str]]:
    """Return the faults of *error*, met in reading *table*, by dotted key; no value is repeated in them."""
    faults: dict[str, list[str]] = {}
    for detail in error.errors(include_url=False):
        if not _is_echo(detail):
            key = dotted(_place(detail))
            faults.setdefault(key, []).append(f"{key}: {_entry(detail)}{_ended(_sentence(detail, table))}")
    return faults


def _is_echo(error: ErrorDetails) -> bool:
    """Say whether the fault only follows from another one that is listed."""
    return error["type"] == "default_factory_not_called" or (
        error["type"] == "too_short" and bool(error["input"])
    )


def _place(error: ErrorDetails) -> tuple[str | int, ...]:
    """Return the fault's place; pydantic sets `[key]` behind a table's key that is itself wrong."""
    return error["loc"][:-1] if _is_wrong_key(error) else error["loc"]


def _is_wrong_key(error: ErrorDetails) -> bool:
    return bool(error["loc"]) and error["loc"][-1] == "[key]"


def _entry(error: ErrorDetails) -> str:
    places = [part + 1 for part in error["loc"] if isinstance(part, int)]
    return f"entry {places[0]}: " if places else ""


def _sentence(error: ErrorDetails, table: type[Table]) -> str:
    match error["type"]:
        case "extra_forbidden":
            return f"is not a known key; did you mean `{nearest(table, error['loc'])}`?"
        case "literal_error":
            return _choice(error)
        case "value_error":
            return str(error["ctx"]["error"])
    sentence = SENTENCES.get(error["type"], "cannot be used").format_map(error.get("ctx", {}))
    if _TYPE_FAULTS.fullmatch(error["type"]):
        return f"{sentence}, not {_kind(error['input'])}"
    return sentence


def _choice(error: ErrorDetails) -> str:
    """Name the choices, and the one that was probably meant."""
    choices = re.findall(r"'([^']*)'", error["ctx"]["expected"])
    value = error["input"]
    near = get_close_matches(value, choices, n=1) if isinstance(value, str) else []
    if _is_wrong_key(error):
        likest = near or get_close_matches(str(value), choices, n=1, cutoff=0)
        return f"is not a known key; did you mean `{dotted((*_place(error)[:-1], likest[0]))}`?"
    hint = f'; did you mean "{near[0]}"?' if near else ""
    named_choices = ", ".join(f'"{choice}"' for choice in choices)
    return f"must be one of {named_choices}{hint}"


def _ended(sentence: str) -> str:
    return sentence if sentence.endswith("?") else f"{sentence}."


def _kind(value: object) -> str:
    return next((name for type_, name in _KINDS if isinstance(value, type_)), "this")
