"""The keys of the settings, read off the models."""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from typing import get_args, get_origin

from pydantic import SecretStr

from alerter.config.table import Table

ANY = "*"
"""Stands for a name the council chooses, and for a place in a list."""

Key = tuple[str, ...]


def keys_of(table: type[Table], above: Key = ()) -> Iterator[tuple[Key, bool]]:
    """
    Give every key at and below *table* as a path, each with whether it holds a secret.
    """
    for name, field in table.model_fields.items():
        key = (*above, field.alias or name)
        kinds = tuple(_kinds(field.annotation))
        yield key, SecretStr in kinds
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, Table):
                is_many = get_origin(field.annotation) in (dict, tuple)
                yield from keys_of(kind, (*key, ANY) if is_many else key)


def secrets_of(table: type[Table]) -> list[Key]:
    """
    Return the keys that hold a secret.
    """
    return [key for key, is_secret in keys_of(table) if is_secret]


def nearest(table: type[Table], wrong: Sequence[str | int]) -> str:
    """
    Return the known key nearest to the *wrong* one: alike in its table, else of its name in another.
    """
    known = [key for key, _ in keys_of(table)]
    known += [(*key[:-1], f"{key[-1]}{ending}") for key in secrets_of(table) for ending in ("_file", "_env")]
    *above, name = wrong
    beside = {key[-1]: key for key in known if _is_in(key, above)}
    elsewhere = {key[-1]: key for key in known if not _is_in(key, above)}
    # The very name in another table is meant rather than one that is only somewhat like it in this one.
    close = get_close_matches(str(name), beside, n=1, cutoff=0.8 if str(name) in elsewhere else 0.6)
    if not close and str(name) in elsewhere:
        return dotted(elsewhere[str(name)])
    likest = close or get_close_matches(str(name), beside, n=1, cutoff=0)
    return dotted((*above, likest[0]))


def dotted(key: Sequence[str | int]) -> str:
    """
    Return a key as one writes it, places in a list left out.

    >>> dotted(("calendar", "days_off", 1, "name"))
    'calendar.days_off.name'
    """
    return ".".join(part for part in key if isinstance(part, str))


def _is_in(key: Key, above: Sequence[str | int]) -> bool:
    return len(key) == len(above) + 1 and all(
        known in (ANY, given) for known, given in zip(key, above, strict=False)
    )


def _kinds(annotation: object) -> Iterator[object]:
    """
    Give the types an annotation is made of: those of `tuple[NamedDays, ...]` are NamedDays and the dots.
    """
    inner = get_args(annotation)
    if not inner:
        yield annotation
    for each in inner:
        yield from _kinds(each)
