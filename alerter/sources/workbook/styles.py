"""Recognises cell formats that show a number as a percentage."""

import re
from collections.abc import Iterable, Mapping

BUILT_IN = frozenset({9, 10})
"""Excel's own formats `0%` and `0.00%`."""
_LITERAL = re.compile(r'"[^"]*"|[\\_*].')


def is_percent(code: str) -> bool:
    r"""
    Say whether a format shows a number as a percentage; a sign that is quoted is only text.

    >>> is_percent("0.0%"), is_percent('0"%"'), is_percent(r"0\%")
    (True, False, False)
    """
    return "%" in _LITERAL.sub("", code)


def percent_styles(elements: Iterable[tuple[str, Mapping[str, str]]]) -> frozenset[str]:
    """
    Return the numbers of the cell styles with such a format, from the *elements* of a workbook's styles.
    """
    formats = {str(number) for number in BUILT_IN}
    styles: set[str] = set()
    group, count = "", 0
    for name, attributes in elements:
        if name == "numfmt" and is_percent(attributes.get("formatcode", "")):
            formats.add(attributes.get("numfmtid", ""))
        elif name == "xf":
            if group == "cellxfs":
                styles |= {str(count)} if attributes.get("numfmtid") in formats else set()
                count += 1
        elif name.endswith(("xfs", "styles")):
            group = name
    return frozenset(styles)
