"""Words beyond ASCII in a header: encoded, cut and folded (RFC 2047)."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from string import ascii_letters, digits

LONGEST_WORD = 75
ENCODED_LINE = 76
"""So long may a line be that holds an encoded word."""

_FRAME = "=?utf-8?{}?{}?="
_ROOM_OF_FRAME = len(_FRAME.format("q", ""))
# What stands for itself in an address's name as well (RFC 2047 5), and the blank.
_PLAIN = {ord(each): each for each in f"{ascii_letters}{digits}!*+/-"} | {ord(" "): "_"}
_LINE_ENDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def encoded_words(text: str, room: int) -> Iterator[str]:
    """
    Yield *text* in encoded words, the first of which fits into *room*; each is cut before a blank if it can.

    Whoever reads them by the RFC drops what stands between two of them. Python's own reader of addresses long
    put a blank there instead (cpython#128110), which does least harm beside another one.

    Raises:
        ValueError: The text holds a control character or ends its line.
    """
    if _LINE_ENDS.search(text):
        raise ValueError("a header is one line")
    coding, encode = min((("q", _q), ("b", _b)), key=lambda each: len(each[1](text)))
    while text:
        end = _fitting(text, encode, min(room, LONGEST_WORD) - _ROOM_OF_FRAME)
        if end < len(text) and (blank := text.rfind(" ", 1, end + 1)) > 0:
            end = blank
        yield _FRAME.format(coding, encode(text[:end]))
        text, room = text[end:], LONGEST_WORD


def folded(words: Iterable[str], room: int) -> str:
    r"""
    Return *words* with blanks between them, on lines of 76 characters, and of *room* on the first.

    >>> folded(["one", "two", "three"], 8).split("\r\n")
    ['one two', ' three']
    """
    lines = [""]
    for word in words:
        if lines[-1] and len(lines[-1]) + 1 + len(word) > (room if len(lines) == 1 else ENCODED_LINE):
            lines.append("")
        lines[-1] += f" {word}" if lines[-1] or len(lines) > 1 else word
    return "\r\n".join(lines)


def _fitting(text: str, encode: Callable[[str], str], room: int) -> int:
    """
    Return how many characters of *text* fit into *room* once encoded, at least one.
    """
    end = 1
    while end < len(text) and len(encode(text[: end + 1])) <= room:
        end += 1
    return end


def _q(text: str) -> str:
    """
    Return *text* in the encoding Q (RFC 2047 4.2).

    >>> _q("Zoë O'Neil")
    'Zo=C3=AB_O=27Neil'
    """
    return "".join(_PLAIN.get(byte) or f"={byte:02X}" for byte in text.encode())


def _b(text: str) -> str:
    return b64encode(text.encode()).decode("ascii")
