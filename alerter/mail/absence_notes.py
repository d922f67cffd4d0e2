"""Reads in an automatic reply to a message of ours until when its sender is away, and nothing else."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from email.message import Message
from html import unescape
from string import ascii_lowercase

from alerter.domain.address import is_address
from alerter.mail.delivery_reports import (
    LONGEST_MESSAGE,
    OUR_MESSAGE_ID,
    OUR_RUN,
    is_automatic_reply,
    parsed,
    parts_of,
)

LONGEST_ABSENCE = timedelta(days=366)
LONGEST_TEXT = 5_000  # characters; an absence note has its dates at its beginning
LONGEST_HTML = 10 * LONGEST_TEXT
ONE_DAY = timedelta(days=1)
MONTHS = (
    ("january", "jan", "ionawr"), ("february", "feb", "chwefror"), ("march", "mar", "mawrth"),
    ("april", "apr", "ebrill"), ("may", "mai"), ("june", "jun", "mehefin"), ("july", "jul", "gorffennaf"),
    ("august", "aug", "awst"), ("september", "sept", "sep", "medi"), ("october", "oct", "hydref"),
    ("november", "nov", "tachwedd"), ("december", "dec", "rhagfyr"),
)  # fmt: skip
WEEKDAYS = (
    ("monday", "mon", "llun"), ("tuesday", "tues", "tue", "mawrth"), ("wednesday", "wed", "mercher"),
    ("thursday", "thurs", "thur", "thu", "iau"), ("friday", "fri", "gwener"),
    ("saturday", "sat", "sadwrn"), ("sunday", "sun", "sul"),
)  # fmt: skip
_MONTH_NUMBERS = {name: number for number, names in enumerate(MONTHS, 1) for name in names}
_WEEKDAY_NUMBERS = {name: number for number, names in enumerate(WEEKDAYS) for name in names}
_MONTH, _WEEKDAY = "|".join(_MONTH_NUMBERS), "|".join(_WEEKDAY_NUMBERS)
_DAY = r"\d{1,2}(?:st|nd|rd|th|af|ail|il|ydd|ed|fed|eg)?"
_DATE = re.compile(
    rf"(?<![\w/.-])(?:(?:dd?ydd )?(?P<weekday>{_WEEKDAY})\b[ ,.]*)?(?:the )?(?:"
    rf"(?P<day>{_DAY})(?: of| o)? ?(?P<month>{_MONTH})\b(?:,? (?P<year>\d{{4}}))?"
    rf"|(?P<us_month>{_MONTH}) (?P<us_day>{_DAY})(?:,? (?P<us_year>\d{{4}}))?"
    r"|(?P<iso>\d{4}-\d{2}-\d{2})"
    r"|(?P<figures>\d{1,2}[/.]\d{1,2}[/.]\d{4})"
    r")(?![\w/-])"
)
_UNTIL = re.compile(
    r"\b(?:until|till|til|up to|through|tan|hyd|hyd at|nes)(?: and)?(?: including)?(?: on)? ?$"
)
_FROM_DAY = re.compile(rf"\b(?:from|o)(?: the)? {_DAY} ?(?:to|-|\u2013|i) ?$")
_TO = re.compile(r" ?(?:to|-|\u2013|\u2014|i|hyd|hyd at|tan|until|till) ?")
_BACK = re.compile(r"\b(?:back|return|returning|dychwelyd|ôl|nôl)\b[^.!?;\d]{0,40}$")
_QUOTED = re.compile(
    r"^[ \t]*(?:>|-{3,} ?original message|_{10,}|from: |oddi wrth: |on .{1,200} wrote:)", re.MULTILINE
)
_ADDRESS = re.compile(r"^.*<([^<>]*)>.*$", re.DOTALL)
_BREAK, _TAG = re.compile(r"<(?:br|/p|/div|/tr|/li)\b[^<>]*>"), re.compile(r"<[^<>]*>")


@dataclass(frozen=True, slots=True)
class AbsenceNote:
    """
    What one automatic reply says: from whom, the last day away, and what it answers, as a report does.

    *sender* is what the reply says, and counts as the recipient of what it answers alone.
    """

    message_id: str
    sender: str
    until: date
    run: int = 0


def read_absence(raw: bytes, today: date) -> AbsenceNote | None:
    """
    Return what an automatic reply says, None for any other message, and where no one day can be read in it.

    A day that has come or lies more than a year ahead is none.
    """
    raw = raw[:LONGEST_MESSAGE]
    note = parsed(raw)
    if note is None or note.get_content_type() == "multipart/report":
        return None
    named = [OUR_MESSAGE_ID.search(str(note.get(name, ""))) for name in ("In-Reply-To", "References")]
    message_id = next((match[0] for match in named if match), "")
    run = None if message_id else OUR_RUN.search(raw)
    is_automatic = is_automatic_reply(note) or (message_id and "X-Auto-Response-Suppress" in note)
    until = until_in(_own_text(note), today) if is_automatic and (message_id or run) else None
    sender = _ADDRESS.sub(r"\1", str(note.get("From", ""))).strip()
    if until is None or not is_address(sender):
        return None
    return AbsenceNote(message_id, sender, until, int(run["run"]) if run else 0)


def until_in(text: str, today: date) -> date | None:
    """
    Return the last day of an absence that *text* tells of, None unless that is one day, and one to come.

    >>> until_in("I am away from 30 November to Friday 4 December, back on the 7th.", date(2026, 11, 30))
    datetime.date(2026, 12, 4)
    >>> until_in("Byddaf yn ôl ar 7 Rhagfyr.", date(2026, 11, 30))
    datetime.date(2026, 12, 6)
    """
    text = " ".join(text.split())[:LONGEST_TEXT].lower()
    last: set[date | None] = set()
    back: set[date | None] = set()
    end = 0
    for written in _DATE.finditer(text):
        before, between = text[max(0, written.start() - 60) : written.start()], text[end : written.start()]
        if _UNTIL.search(before) or _FROM_DAY.search(before) or (end and _TO.fullmatch(between)):
            last.add(_day(written, today))
        elif _BACK.search(before):
            back.add(_day(written, today))
        end = written.end()
    return _one_day(last, back, today)


def _one_day(last: set[date | None], back: set[date | None], today: date) -> date | None:
    """Return the one day that the days of *last* and *back* agree on."""
    days = [day for day in (*last, *back) if day and today < day <= today + LONGEST_ABSENCE]
    if not days or len(days) < len(last) + len(back) or max(len(last), len(back)) > 1:
        return None
    until = days[0] if last else days[0] - ONE_DAY
    return until if today < until <= days[-1] else None


def _day(written: re.Match[str], today: date) -> date | None:
    """Return the day that is *written*: without a year the nearest one; None for none, or another weekday."""
    days = list(_days(written, today))
    nearest = min(days, key=lambda day: abs(day - today), default=None)
    weekday = written["weekday"]
    is_another = nearest and weekday and nearest.weekday() != _WEEKDAY_NUMBERS[weekday]
    return None if is_another else nearest


def _days(written: re.Match[str], today: date) -> Iterator[date]:
    """Give the days that it can be: one for each year, where it names none."""
    if written["iso"]:
        year, month, day = written["iso"].split("-")
    elif written["figures"]:
        day, month, year = re.split("[/.]", written["figures"])
    else:
        day, year = written["day"] or written["us_day"], written["year"] or written["us_year"]
        month = str(_MONTH_NUMBERS[written["month"] or written["us_month"]])
    number = int(day.rstrip(ascii_lowercase))
    for candidate in [int(year)] if year else range(today.year - 1, today.year + 2):
        try:
            yield date(candidate, int(month), number)
        except ValueError:
            continue


def _own_text(note: Message) -> str:
    """Return what its sender wrote, without what it quotes; plain text before HTML."""
    texts = sorted(_texts(note), key=lambda part: part.get_content_subtype() != "plain")
    if not texts:
        return ""
    payload = texts[0].get_payload(decode=True)
    text = _decoded(payload if isinstance(payload, bytes) else b"", texts[0]).lower()
    if texts[0].get_content_subtype() == "html":
        text = "<" + text.rpartition("<body")[2].partition("<blockquote")[0]
        text = unescape(_TAG.sub("", _BREAK.sub("\n", text[:LONGEST_HTML])))
    return _QUOTED.split(text[:LONGEST_TEXT], maxsplit=1)[0]


def _texts(part: Message) -> Iterator[Message]:
    """Give the texts of a message, without those of a message in it."""
    if part.get_content_maintype() == "multipart":
        for inner in parts_of(part):
            yield from _texts(inner)
    elif part.get_content_type() in {"text/plain", "text/html"} and not part.get_filename():
        yield part


def _decoded(payload: bytes, part: Message) -> str:
    try:
        return payload.decode(part.get_content_charset("utf-8"), "replace")
    except (LookupError, ValueError):  # some codecs are not for text, or know no replacement
        return payload.decode("utf-8", "replace")
