"""The types of a file that are not configured, and which of them may be named."""

from collections import defaultdict

CHILDREN_THAT_MAKE_A_TYPE = 3


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
