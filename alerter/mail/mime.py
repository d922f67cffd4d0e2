"""The bytes of an email: header lines (RFC 5322), and parts in base64 (RFC 2045, RFC 2046, RFC 2387).

Written out here, because the standard library's own builder reads every header again each time one is asked
for, and so takes ten times as long. What is written is read back by the library before it is kept.
"""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from email.headerregistry import Address
from string import ascii_letters, digits

LONGEST_WORD = 75
ENCODED_LINE = 76
"""So long may a line be that holds an encoded word, or base64."""

_FRAME = "=?utf-8?{}?{}?="
_ROOM_OF_FRAME = len(_FRAME.format("q", ""))
# What stands for itself in an address's name as well (RFC 2047 5), and the blank.
_PLAIN = {ord(character): character for character in f"{ascii_letters}{digits}!*+/-"} | {ord(" "): "_"}
_LINE_ENDS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

CRLF = "\r\n"
LONGEST_LINE = 998  # RFC 5322 2.1.1


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
    coding, encode = min((("q", _q), ("b", _b)), key=lambda coding: len(coding[1](text)))
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
    """Return how many characters of *text* fit into *room* once encoded, at least one."""
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


@dataclass(frozen=True, slots=True)
class Mailbox:
    """One address with its display name (RFC 5322 3.4)."""

    name: str
    local: str
    domain: str

    def in_header(self, room: int) -> str:
        """
        Return it as a header has it, quoted or in encoded words; *room* is what is left of the first line.
        """
        if self.name.isascii():
            return str(Address(self.name, username=self.local, domain=self.domain))
        address = Address(username=self.local, domain=self.domain)
        return folded([*encoded_words(self.name, room), f"<{address}>"], room)


Header = tuple[str, str | Mailbox]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a message: its header lines after the first, which is *content_type*, and its bytes."""

    content_type: str
    body: bytes
    further: tuple[Header, ...] = ()

    def as_bytes(self) -> bytes:
        """Return the part as it stands between two boundaries."""
        headers = (("Content-Type", self.content_type), *self.further)
        return _lines(headers) + CRLF.encode() + self.body


def text_part(subtype: str, text: str) -> Part:
    """Return a text in UTF-8 and base64, its lines ended as RFC 2046 4.1.1 has it."""
    content = text.replace("\n", CRLF).encode()
    coding = (("Content-Transfer-Encoding", "base64"),)
    return Part(f'text/{subtype}; charset="utf-8"', in_base64(content), coding)


def picture(png: bytes, content_id: str) -> Part:
    """Return a PNG file that the HTML beside it shows by its id (RFC 2392)."""
    further = (
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", "inline"),
        ("Content-ID", f"<{content_id}>"),
    )
    return Part("image/png", in_base64(png), further)


def multipart(subtype: str, boundary: str, parts: tuple[Part, ...]) -> Part:
    """Return *parts* together, each behind the *boundary*, which must be in none of them."""
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + part.as_bytes() + b"\r\n" for part in parts) + mark + b"--\r\n"
    return Part(f'multipart/{subtype}; boundary="{boundary}"', body)


def message(headers: tuple[Header, ...], whole: Part) -> bytes:
    """Return the message with these headers, before those of its content."""
    return _lines((*headers, ("MIME-Version", "1.0"))) + whole.as_bytes()


def in_base64(content: bytes) -> bytes:
    """Return *content* in base64, in lines of 76 characters (RFC 2045 6.8)."""
    encoded = b64encode(content)
    lines = [encoded[place : place + ENCODED_LINE] for place in range(0, len(encoded), ENCODED_LINE)]
    return b"".join(line + b"\r\n" for line in lines)


def _lines(headers: tuple[Header, ...]) -> bytes:
    return "".join(f"{name}: {_value(name, value)}{CRLF}" for name, value in headers).encode("ascii")


def _value(name: str, value: str | Mailbox) -> str:
    """Return what stands behind a header's *name*; what is not ASCII becomes encoded words (RFC 2047)."""
    room = ENCODED_LINE - len(f"{name}: ")
    if isinstance(value, Mailbox):
        return value.in_header(room)
    if value.isascii() and value.isprintable():
        return value
    return folded(encoded_words(value, room), room)
