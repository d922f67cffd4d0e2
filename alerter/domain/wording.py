"""Writes dates and counts in English for commands and admins, whatever the machine's locale."""

from datetime import date

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
SHORT = 3


def day_words(on: date, as_of: date) -> str:
    """
    Return *on* as a row shows it, with the year when it is not the one of *as_of*.

    >>> day_words(date(2026, 12, 4), date(2026, 11, 23)), day_words(date(2027, 1, 8), date(2026, 11, 23))
    ('Fri 4 Dec', 'Fri 8 Jan 2027')
    """
    words = f"{WEEKDAYS[on.weekday()][:SHORT]} {on.day} {MONTHS[on.month - 1][:SHORT]}"
    return words if on.year == as_of.year else f"{words} {on.year}"


def long_day_words(on: date, as_of: date) -> str:
    """
    Return *on* as a sentence says it, with the year when it is not the one of *as_of*.

    >>> long_day_words(date(2026, 11, 30), date(2026, 11, 23))
    'Monday 30 November'
    """
    words = f"{WEEKDAYS[on.weekday()]} {on.day} {MONTHS[on.month - 1]}"
    return words if on.year == as_of.year else f"{words} {on.year}"


def full_day_words(on: date) -> str:
    """
    Return *on* with nothing left out.

    >>> full_day_words(date(2026, 11, 23))
    'Monday 23 November 2026'
    """
    return f"{WEEKDAYS[on.weekday()]} {date_words(on)}"


def date_words(on: date) -> str:
    """
    Return *on* without its weekday, as a subject line closes.

    >>> date_words(date(2026, 11, 23))
    '23 November 2026'
    """
    return f"{on.day} {MONTHS[on.month - 1]} {on.year}"


def counted(count: int, noun: str, plural: str = "") -> str:
    """
    Return *count* with its noun; *plural* is for nouns that do not take an s.

    >>> counted(1, "working day"), counted(2, "working day"), counted(2, "child", "children")
    ('1 working day', '2 working days', '2 children')
    """
    return f"{count:,} {noun if count == 1 else plural or noun + 's'}"


def is_are(count: int) -> str:
    """
    Return *count* with the verb that agrees.

    >>> is_are(1), is_are(2)
    ('1 is', '2 are')
    """
    return f"{count:,} {'is' if count == 1 else 'are'}"


def listed(words: list[str], last: str = "and") -> str:
    """
    Return *words* as one phrase.

    >>> listed(["A", "B", "C"]), listed(["A"])
    ('A, B and C', 'A')
    """
    return f" {last} ".join((", ".join(words[:-1]), words[-1])) if len(words) > 1 else "".join(words)
