"""What the ids of one file look like, so that a text in their place is not taken for one."""

import re

FOLDED = 4096
"""Ids kept before they are folded into what they have in common; memory stays flat."""
_ALONE = re.compile(r"(?!\d+-\w+-\d)(?=\D*\d)[A-Za-z0-9_-]{1,20}", re.ASCII)
"""An id in a file without any other: short, one word, with a digit, and no date."""


class IdShape:
    """
    Learns from the ids of sound rows how long they are and of which kinds of characters.

    >>> shape = IdShape()
    >>> shape.learn("A-17"), shape.looks_alike("B-190"), shape.looks_alike("Sam"), shape.looks_alike("Sam, 7")
    (None, True, False, False)
    """

    def __init__(self) -> None:
        self._seen: list[str] = []
        self._lengths: set[int] = set()
        self._characters: set[str] = set()

    def learn(self, text: str) -> None:
        """
        Take in the id of a sound row.
        """
        self._seen.append(text)
        if len(self._seen) >= FOLDED:
            self._fold()

    def looks_alike(self, text: str) -> bool:
        """
        Say whether *text* is built as the ids seen so far, give or take one character.

        It has no kind of character that none of them has, and a digit where any of them has one.
        """
        self._fold()
        if not self._lengths:
            return _ALONE.fullmatch(text) is not None
        known, own = _kinds(self._characters), _kinds(text)
        is_as_long = min(self._lengths) - 1 <= len(text) <= max(self._lengths) + 1
        return bool(text) and is_as_long and own <= known and ("digit" in own or "digit" not in known)

    def is_text(self, text: str) -> bool:
        """
        Say whether *text* is words: with blanks, or without a digit, which no id seen so far is.
        """
        self._fold()
        known, own = _kinds(self._characters), _kinds(text)
        return bool(text) and "digit" in known and ("digit" not in own or (" " in own and " " not in known))

    def _fold(self) -> None:
        self._lengths.update(map(len, self._seen))
        self._lengths.discard(0)
        self._characters.update(*self._seen)
        self._seen.clear()


def _kinds(characters: "set[str] | str") -> set[str]:
    """
    Return the kinds of *characters*: digits, letters, and each other one by itself.
    """
    return {"digit" if char.isdigit() else "letter" if char.isalpha() else char for char in characters}
