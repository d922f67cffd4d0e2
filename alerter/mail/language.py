"""The language of emails and lists: English as it stands in the code, or what a catalogue has for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from io import BytesIO

from alerter.domain.wording import MONTHS, WEEKDAYS, listed
from alerter.errors import ConfigError

SHORT = 3
WEEKS_RUNNING = (
    "second week running", "third week running", "fourth week running", "fifth week running",
    "sixth week running", "seventh week running", "eighth week running", "ninth week running",
    "tenth week running",
)  # fmt: skip
TAGS = {"en": "en-GB"}
VOWELS = frozenset("aeiouwy\u00e2\u00ea\u00ee\u00f4\u00fb\u0175\u0177")
"""Welsh's, w and y among them; what joins a list is the same before a vowel in English."""


@dataclass(frozen=True, slots=True)
class Language:
    """
    One language: sentences with their values put in, plurals by its own rule, dates in its own words.

    The English sentence is the key. `{names}` in it are filled from the values; what stands in a value is
    never taken for a name.
    """

    code: str
    _words: NullTranslations = field(repr=False)
    name: str = ""
    _said: dict[str, str] = field(init=False, repr=False, default_factory=dict)
    _plurals: dict[tuple[str, int], str] = field(init=False, repr=False, default_factory=dict)
    _days: dict[tuple[date, str, bool], str] = field(init=False, repr=False, default_factory=dict)

    @property
    def tag(self) -> str:
        """Return the language as HTML names it."""
        return TAGS.get(self.code, self.code)

    def say(self, sentence: str, **values: object) -> str:
        """
        Return *sentence* in this language.

        >>> ENGLISH.say("For {name}.", name="{N}. Okafor")
        'For {N}. Okafor.'
        """
        said = self._said.get(sentence)
        if said is None:
            said = self._said[sentence] = self._words.gettext(sentence)
        return said.format(**values)

    def sentence(self, sentence: str) -> str:
        """
        Return *sentence* as it is, with nothing put in; where no catalogue has it, in the words it came in.
        """
        return self._words.gettext(sentence)

    def counted(self, count: int, one: str, many: str, **values: object) -> str:
        """
        Return the sentence that agrees with *count*, which it may show as `{count}`.

        >>> ENGLISH.counted(2, "{count} row", "{count} rows")
        '2 rows'
        """
        said = self._plurals.get((one, count))
        if said is None:
            said = self._plurals[one, count] = self._words.ngettext(one, many, count)
        return said.format(count=f"{count:,}", **values)

    def listed(self, words: list[str], last: str = "and") -> str:
        """Return *words* as one phrase, the last one joined by *last*."""
        before_a_vowel = bool(words) and words[-1][:1].casefold() in VOWELS
        context = "joins a list before a vowel" if before_a_vowel else "joins a list"
        return listed(words, self._words.pgettext(context, last))

    def weeks_running(self, weeks: int) -> str:
        """
        Return for how many weeks in a row something has been so.

        >>> ENGLISH.weeks_running(3), ENGLISH.weeks_running(12)
        ('third week running', '12 weeks running')
        """
        place = weeks - 2
        if 0 <= place < len(WEEKS_RUNNING):
            return self._words.gettext(WEEKS_RUNNING[place])
        return self.counted(weeks, "{count} week running", "{count} weeks running")

    def day(self, on: date, as_of: date) -> str:
        """
        Return *on* as a row shows it, with the year when it is not the one of *as_of*.

        >>> ENGLISH.day(date(2026, 12, 4), date(2026, 11, 23))
        'Fri 4 Dec'
        >>> ENGLISH.day(date(2027, 1, 8), date(2026, 11, 23))
        'Fri 8 Jan 2027'
        """
        return self._kept(on, "short", self._short, with_year=on.year != as_of.year)

    def long_day(self, on: date, as_of: date) -> str:
        """
        Return *on* as a sentence says it, with the year when it is not the one of *as_of*.

        >>> ENGLISH.long_day(date(2026, 11, 30), date(2026, 11, 23))
        'Monday 30 November'
        """
        return self._kept(on, "long", self._long, with_year=on.year != as_of.year)

    def full_day(self, on: date) -> str:
        """
        Return *on* with nothing left out.

        >>> ENGLISH.full_day(date(2026, 11, 23))
        'Monday 23 November 2026'
        """
        return self._kept(on, "long", self._long, with_year=True)

    def plain_date(self, on: date) -> str:
        """
        Return *on* without its weekday, as a subject line closes.

        >>> ENGLISH.plain_date(date(2026, 11, 23))
        '23 November 2026'
        """
        return f"{on.day} {self._words.pgettext('month', MONTHS[on.month - 1])} {on.year}"

    def _kept(self, on: date, form: str, words: Callable[[date], str], *, with_year: bool) -> str:
        """Return a date's words, made once: a digest names the same few days in every row."""
        key = on, form, with_year
        if key not in self._days:
            said = words(on)
            self._days[key] = f"{said} {on.year}" if with_year else said
        return self._days[key]

    def _short(self, on: date) -> str:
        weekday = self._words.pgettext("short weekday", WEEKDAYS[on.weekday()][:SHORT])
        return f"{weekday} {on.day} {self._words.pgettext('short month', MONTHS[on.month - 1][:SHORT])}"

    def _long(self, on: date) -> str:
        weekday = self._words.pgettext("weekday", WEEKDAYS[on.weekday()])
        return f"{weekday} {on.day} {self._words.pgettext('month', MONTHS[on.month - 1])}"


ENGLISH = Language("en", NullTranslations(), "English")


@cache
def language_of(code: str) -> Language:
    """
    Return the language with this *code*, its catalogue read once.

    >>> language_of("cy").day(date(2026, 11, 30), date(2026, 11, 23))
    'Llun 30 Tach'

    Raises:
        ConfigError: There is no catalogue for it.
    """
    if code == ENGLISH.code:
        return ENGLISH
    from babel import Locale  # noqa: PLC0415 - only another language than English needs it
    from babel.messages.mofile import write_mo  # noqa: PLC0415 - only another language than English needs it
    from babel.messages.pofile import read_po  # noqa: PLC0415 - the same

    path = resources.files("alerter.mail") / "languages" / f"{code}.po"
    if not path.is_file():
        fault = f'email.language: there are no words for "{code}", {path} is missing'
        raise ConfigError([f'{fault}; put it there, or write another language, such as "en".'])
    with path.open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(code, GNUTranslations(compiled), Locale.parse(code).english_name or code)
