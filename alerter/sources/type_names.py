"""Learns which types of a file are not configured, and which of them may be named."""

import re
from collections import defaultdict
from collections.abc import Mapping

CHILDREN_THAT_MAKE_A_TYPE = 3

LONGEST = 60
MOST_WORDS = 8
KINDS = ("core", "initial", "single")
_WORD = re.compile(r"[a-z]+|\d+")


class TypeNames:
    """
    Learns what rows have in the place of their type, so that nobody's note is taken for a type.

    >>> names = TypeNames()
    >>> for child in ("7", "8", "8"):
    ...     names.learn("Single", child)
    >>> names.is_type("Single")
    False
    """

    def __init__(self) -> None:
        self._children: dict[str, set[str]] = defaultdict(set)

    def learn(self, name: str, child_id: str) -> None:
        """Take in the name that stands in a row which is sound but for its type."""
        if name and child_id and len(self._children[name]) < CHILDREN_THAT_MAKE_A_TYPE:
            self._children[name].add(child_id)

    def is_type(self, name: str) -> bool:
        """Say whether rows of several children have *name*: a note is about one."""
        return len(self._children.get(name, ())) >= CHILDREN_THAT_MAKE_A_TYPE


def unknown_type_reason(value: str, labels: Mapping[str, str]) -> str:
    """
    Return why a row of the type *value* is rejected, naming it; empty where it is too long for a type's name.

    *labels* are those of the configured types by key.

    >>> unknown_type_reason("Unborn", {"core": "Core assessment"})
    "the type 'Unborn' is not configured: add [assessments.unborn] label = 'Unborn', or leave such rows out"
    """
    if not may_be_named(value):
        return ""
    words = _WORD.findall(value.casefold())
    quoted = f"'{value}'" if "'" not in value else f'"{value}"'
    known, keys = next((key for key in labels if key.casefold() in words), ""), type_keys(value)
    if known:
        advice = (
            f"write [assessments.{known}] label = {quoted} where no rows have its label, "
            f"else add [assessments.{keys[-1]}] label = {quoted}"
        )
    else:
        advice = f"add [assessments.{keys[0]}] label = {quoted}, or leave such rows out"
    return f"the type {quoted} is not configured: {advice}"


def may_be_named(value: str) -> bool:
    """Say whether *value* is short enough to be the name of a type."""
    return bool(_WORD.search(value.casefold())) and len(value) <= LONGEST and len(value.split()) <= MOST_WORDS


def type_keys(value: str) -> list[str]:
    """
    Return what the settings can call a type, the shortest first.

    >>> type_keys("Core Assessment")
    ['core', 'core_assessment']
    """
    words = _WORD.findall(value.casefold())
    return [*(kind for kind in KINDS if kind in words), "_".join(words)]
