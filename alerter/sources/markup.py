"""Reads XML piece by piece: in constant memory, with exact lines, without a document type."""

from collections.abc import Collection, Iterator
from typing import IO
from xml.parsers import expat

PIECE = 1 << 16
LONGEST_TOKEN = 1 << 20
"""A tag longer than this many bytes was never closed; expat would look at it again with every piece."""

ENCODINGS = frozenset({"utf-8", "utf-16", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "cp1252"})


class MarkupError(ValueError):
    """What is wrong with a piece of XML, and on which line of it."""

    def __init__(self, line: int, reason: str) -> None:
        super().__init__(reason)
        self.line = line


def new_parser() -> expat.XMLParserType:
    """
    Return a parser that refuses a document type, and with it every entity of a file's own.

    Nothing is ever fetched: expat opens no file and no connection by itself. An encoding that it would
    ask Python for is refused, but for the common ones of one byte.
    """
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_declaration: object) -> None:
        raise MarkupError(parser.CurrentLineNumber, "it declares a document type (DTD), which is not allowed")

    def check(_version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and encoding.lower() not in ENCODINGS:
            raise MarkupError(parser.CurrentLineNumber, "it declares an encoding other than UTF-8")

    parser.StartDoctypeDeclHandler = refuse
    parser.XmlDeclHandler = check
    return parser


def feed(parser: expat.XMLParserType, file: IO[bytes]) -> Iterator[None]:
    """
    Give *parser* the whole of *file*, and the caller a turn after each piece.

    Raises:
        MarkupError: The XML is broken or cut off, declares a document type or an unusual encoding, or
            has a tag that never ends.
    """
    fed = 0
    try:
        while piece := file.read(PIECE):
            parser.Parse(piece, False)  # noqa: FBT003 - expat takes it by position alone
            fed += len(piece)
            if fed - parser.CurrentByteIndex > LONGEST_TOKEN:
                raise MarkupError(parser.CurrentLineNumber, "a tag or a comment is never closed")
            yield
        parser.Parse(b"", True)  # noqa: FBT003 - as above
    except expat.ExpatError as error:
        raise MarkupError(error.lineno, expat.ErrorString(error.code)) from None
    yield


def local(name: str) -> str:
    """
    Return an element's or attribute's name without its prefix, in lower case.

    >>> local("cin:LAchildID"), local("Child")
    ('lachildid', 'child')
    """
    return name.rpartition(":")[2].lower()


class LocalNames(dict[str, str]):
    """
    Names as they stand in a file, to their local names; empty for an element that is not *wanted*.

    >>> LocalNames({"child"})["cin:Child"], LocalNames({"child"})["Sex"]
    ('child', '')
    """

    def __init__(self, wanted: Collection[str]) -> None:
        super().__init__()
        self._wanted = wanted

    def __missing__(self, name: str) -> str:
        """Work out a name met for the first time; from then on it is a lookup."""
        short = local(name)
        self[name] = short if short in self._wanted else ""
        return self[name]
