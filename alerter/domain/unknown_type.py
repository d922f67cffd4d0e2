"""A type that the settings do not know: when it may be named, and what to do about it."""

import re
from collections.abc import Mapping

LONGEST = 60
MOST_WORDS = 8
KINDS = ("core", "initial", "single")
_WORD = re.compile(r"[a-z]+|\d+")


def unknown_type_reason(value: str, labels: Mapping[str, str]) -> str:
    """
    Return why a row of the type *value* is rejected, naming it; empty where it is too long for a type's name.

    *labels* are those of the configured types by key.

    >>> unknown_type_reason("CIN (Single)", {"core": "Core assessment"})
    "the type 'CIN (Single)' is not configured: add [assessments.single] label = 'CIN (Single)'"
    >>> unknown_type_reason("Core 2", {"core": "Core assessment"})
    "the type 'Core 2' is not configured: write [assessments.core] label = 'Core 2', or add a type for it"
    """
    words = _WORD.findall(value.casefold())
    if not words or len(value) > LONGEST or len(value.split()) > MOST_WORDS:
        return ""
    quoted = f"'{value}'" if "'" not in value else f'"{value}"'
    known = next((key for key in labels if key.casefold() in words), "")
    if known:
        advice = f"write [assessments.{known}] label = {quoted}, or add a type for it"
    else:
        key = next((kind for kind in KINDS if kind in words), "_".join(words))
        advice = f"add [assessments.{key}] label = {quoted}"
    return f"the type {quoted} is not configured: {advice}"
