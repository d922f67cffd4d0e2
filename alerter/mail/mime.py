"""The bytes of an email: header lines (RFC 5322), and parts in base64 (RFC 2045, RFC 2046, RFC 2387).

Written out here, because the standard library's own builder reads every header again each time one is asked
for, and so takes ten times as long. What is written is read back by the library before it is kept.
"""

from base64 import encodebytes
from dataclasses import dataclass
from email import policy
from email.headerregistry import Address

CRLF = "\r\n"
LONGEST_LINE = 998  # RFC 5322 2.1.1

# Headers are never folded, because folding an address loses its quotes in Python before 3.13.2
# (cpython#80222).
_WRITE = policy.SMTP.clone(cte_type="7bit", max_line_length=LONGEST_LINE)


@dataclass(frozen=True, slots=True)
class Part:
    """
    One part of a message: its header lines after the first, which is *content_type*, and its bytes.
    """

    content_type: str
    body: bytes
    further: tuple[tuple[str, str], ...] = ()

    def as_bytes(self) -> bytes:
        """
        Return the part as it stands between two boundaries.
        """
        headers = (("Content-Type", self.content_type), *self.further)
        return _lines(headers) + CRLF.encode() + self.body


def text_part(subtype: str, text: str) -> Part:
    """
    Return a text in UTF-8 and base64, its lines ended as RFC 2046 4.1.1 has it.
    """
    content = text.replace("\n", CRLF).encode()
    coding = (("Content-Transfer-Encoding", "base64"),)
    return Part(f'text/{subtype}; charset="utf-8"', in_base64(content), coding)


def picture(png: bytes, content_id: str) -> Part:
    """
    Return a PNG file that the HTML beside it shows by its id (RFC 2392).
    """
    further = (
        ("Content-Transfer-Encoding", "base64"),
        ("Content-Disposition", "inline"),
        ("Content-ID", f"<{content_id}>"),
    )
    return Part("image/png", in_base64(png), further)


def multipart(subtype: str, boundary: str, parts: tuple[Part, ...]) -> Part:
    """
    Return *parts* together, each behind the *boundary*, which must be in none of them.
    """
    mark = f"--{boundary}".encode()
    body = b"".join(mark + b"\r\n" + part.as_bytes() + b"\r\n" for part in parts) + mark + b"--\r\n"
    return Part(f'multipart/{subtype}; boundary="{boundary}"', body)


def message(headers: tuple[tuple[str, str], ...], whole: Part) -> bytes:
    """
    Return the message with these headers, before those of its content.
    """
    return _lines((*headers, ("MIME-Version", "1.0"))) + whole.as_bytes()


def mailbox(name: str, local: str, domain: str) -> str:
    """
    Return one address with its display name, quoted where it must be (RFC 5322 3.4).
    """
    return str(Address(name, username=local, domain=domain))


def in_base64(content: bytes) -> bytes:
    """
    Return *content* in base64, in lines of 76 characters (RFC 2045 6.8).
    """
    return encodebytes(content).replace(b"\n", b"\r\n")


def _lines(headers: tuple[tuple[str, str], ...]) -> bytes:
    return "".join(_line(name, value) for name, value in headers).encode("ascii")


def _line(name: str, value: str) -> str:
    """
    Return one header line; what is not ASCII becomes encoded words (RFC 2047).
    """
    if value.isascii() and value.isprintable():
        return f"{name}: {value}{CRLF}"
    return str(policy.SMTP.header_factory(name, value).fold(policy=_WRITE))
