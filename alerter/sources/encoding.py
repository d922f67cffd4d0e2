"""How a text file is encoded, decided from the whole of it before a row is believed."""

import codecs
from pathlib import Path

from alerter.errors import SourceError
from alerter.sources.extract import opening

CHUNK = 1 << 20
_LABELS = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8", "utf-16": "UTF-16", "cp1252": "cp1252"}
_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


def label_of(encoding: str) -> str:
    """
    Return what an operator calls *encoding*.
    """
    return _LABELS[encoding]


def encoding_of(path: Path) -> str:
    """
    Return the codec that reads all of the file: UTF-8, UTF-16 by its mark, or else cp1252.

    Excel's plain "CSV" is cp1252; one byte that is no UTF-8 decides it for the whole file.

    Raises:
        SourceError: The file cannot be read, is a workbook, has NUL bytes, or is in none of the
            three encodings; the text names the line.
    """
    with opening(path), path.open("rb") as file:
        start = file.read(4)
    if start.startswith(_WORKBOOKS):
        raise SourceError(f"{path.name} is a workbook, not CSV: set source.kind, or save it as CSV UTF-8.")
    encoding = _marked(start)
    fault = _first_fault(path, encoding)
    if fault is not None and encoding == "utf-8":
        encoding = "cp1252"
        fault = _first_fault(path, encoding)
    if fault is not None:
        raise SourceError(
            f"{path.name}, line {fault}: bytes that are not {label_of(encoding)}; save it as CSV UTF-8."
        )
    return encoding


def _marked(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    return "utf-8-sig" if start.startswith(codecs.BOM_UTF8) else "utf-8"


def _first_fault(path: Path, encoding: str) -> int | None:
    """
    Return the line of the first byte that *encoding* does not know, if there is one.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    with opening(path), path.open("rb") as file:
        try:
            while chunk := file.read(CHUNK):
                text = decoder.decode(chunk)
                if "\0" in text:
                    line += text[: text.index("\0")].count("\n")
                    raise SourceError(
                        f"{path.name}, line {line}: a NUL byte; this is no text file. Export it again."
                    )
                line += text.count("\n")
            decoder.decode(b"", final=True)
        except UnicodeDecodeError as error:
            return line + error.object[: error.start].decode(encoding, "replace").count("\n")
    return None
