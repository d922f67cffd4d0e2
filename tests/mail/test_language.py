"""The words of the emails: each sentence in each language, its plurals right, its values in their places."""

import ast
import re
from collections.abc import Iterator
from datetime import date, timedelta
from gettext import NullTranslations
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import get_args

import pytest
from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po

from alerter.config.email import EmailSettings
from alerter.domain import data_exceptions
from alerter.domain.wording import day_words, full_day_words, long_day_words
from alerter.errors import ConfigError
from alerter.mail.language import ENGLISH, Language, language_of
from alerter.mail.specimen import LINK, full_digest
from alerter.web import audit_view, covers, extensions, forms, mailing_view
from alerter.web.pages import GONE_FROM_LIST, NO_ADDRESS
from tests.mail import gallery
from tests.world import samples

ALERTER = Path(__file__).parents[2] / "alerter"
FORMS = {"zero": 0, "one": 1, "two": 2, "few": 3, "many": 4, "other": 5}
VIEWS = (
    "list_view", "covers", "extensions", "pages", "recorded_view", "audit_pages", "audit_view", "open_view",
    "mailing_view",
)  # fmt: skip
PAGE = [ALERTER / "web" / f"{name}.py" for name in VIEWS]
SPOKEN = re.compile(r"""say\((?:"([^"]+)"|'([^']+)')""")
WELSH = language_of("cy")


class Listener(NullTranslations):
    """A catalogue without words that remembers what it was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: set[str] = set()

    def gettext(self, message: str) -> str:
        """Remember a sentence."""
        self.asked.add(message)
        return message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Remember both forms of a sentence."""
        self.asked |= {msgid1, msgid2}
        return msgid1 if n == 1 else msgid2

    def pgettext(self, context: str, message: str) -> str:
        """Remember a word and where it stands."""
        self.asked.add(f"{context}: {message}")
        return message


def catalogue() -> Catalog:
    """Return the Welsh catalogue as it stands in its file."""
    return read_po(BytesIO((ALERTER / "mail" / "languages" / "cy.po").read_bytes()), locale="cy")


def entries() -> Iterator[Message]:
    """Give every entry but the head."""
    return (entry for entry in catalogue() if entry.id)


def forms_of(entry: Message) -> tuple[str, ...]:
    """Return what an entry says, in all its forms."""
    return entry.string if isinstance(entry.string, tuple) else (entry.string,)


def names_in(sentence: str) -> set[str]:
    """Return the values that a sentence asks for."""
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def literals() -> set[str]:
    """Return every string that stands in the code of the emails, of the page and of the rules."""
    files = [*ALERTER.glob("mail/*.py"), *ALERTER.glob("domain/*.py"), *PAGE]
    trees = (ast.parse(file.read_text(encoding="utf-8")) for file in files)
    return said_on_the_page() | {
        node.value
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }


def said_on_the_page() -> set[str]:
    """Return the sentences of the page: its templates' and tables', and what can be wrong with a form."""
    templates = (file.read_text(encoding="utf-8") for file in (ALERTER / "web" / "templates").glob("*.html"))
    spoken = {a or b for template in templates for a, b in re.findall(SPOKEN, template)}
    faults = {forms.MISSING, forms.UNREADABLE, forms.NOTHING_PICKED, forms.NOT_OURS, GONE_FROM_LIST}
    faults |= {NO_ADDRESS, covers.RECORDED, covers.ENDED, extensions.MISSING_DAY, extensions.MISSING_REASON}
    faults |= {audit_view.IN_FUTURE, audit_view.BEFORE_START, *sum(audit_view.HEADINGS.values(), ())}
    tables = (
        forms.SENTENCES, forms.DOUBTS, covers.MISSING, covers.SENTENCES, extensions.SENTENCES,
        mailing_view.STATES, mailing_view.RUN_STATES,
    )  # fmt: skip
    return {*spoken, *faults, *(sentence for table in tables for sentence in table.values())}


def said_in_code() -> set[str]:
    """Return the sentences handed to `say` and `counted` as they stand."""
    found = set()
    for file in [*ALERTER.glob("mail/*.py"), *PAGE]:
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            places = {"say": node.args[:1], "counted": node.args[1:3]}.get(name, [])
            if file.name != "summary.py":
                found |= {each.value for each in places if isinstance(each, ast.Constant)}
    return found


def test_plural_rule_is_unicodes() -> None:
    """The rule in the catalogue picks the form that CLDR picks, for every number up to a thousand."""
    rule = Locale("cy").plural_form
    compiled = language_of("cy")._words.plural  # noqa: SLF001 - the compiled rule itself is what is judged
    assert all(compiled(number) == FORMS[rule(number)] for number in range(1001))
    assert catalogue().num_plurals == len(FORMS)


@pytest.mark.parametrize(
    ("count", "teams", "days"),
    [
        (0, "0 tîm arall", "0 diwrnod"), (1, "1 tîm arall", "1 diwrnod"), (2, "2 dîm arall", "2 ddiwrnod"),
        (3, "3 thîm arall", "3 diwrnod"), (4, "4 tîm arall", "4 diwrnod"), (6, "6 thîm arall", "6 diwrnod"),
        (13, "13 tîm arall", "13 diwrnod"),
    ],
)  # fmt: skip
def test_welsh_nouns_mutate_by_their_number(count: int, teams: str, days: str) -> None:
    """Singular after every number, soft after two, aspirate after three and six."""
    assert WELSH.counted(count, "{count} more team", "{count} more teams") == teams
    due = WELSH.counted(
        count, "due {day} (in {count} working day)", "due {day} (in {count} working days)", day="x"
    )
    assert f"(ymhen {days} gwaith)" in due


def test_every_sentence_of_the_code_has_its_welsh() -> None:
    """What is said in the code, what digests ask for when they are written, and what records have wrong."""
    known: set[str] = set()
    for entry in entries():
        ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        known |= {f"{entry.context}: {each}" if entry.context else each for each in ids}
    listener = Listener()
    write, facts = samples.writer(), samples.facts(language=Language("xx", listener), send_date=gallery.LAST)
    for digest in (*gallery.digests().values(), full_digest()):
        for link in ("", LINK):
            write.digest(digest, facts, link)
    wanted = (
        listener.asked
        | said_in_code()
        | said_on_the_page()
        | {*data_exceptions.SENTENCES.values(), *data_exceptions.RECORD_SENTENCES.values()}
    )
    made_up_words = {
        "made up",
        "the sign-off is dated before the start (DfE 8608); it counts as not signed off",
    }
    assert wanted - made_up_words - known == set()


def test_every_welsh_sentence_is_still_wanted() -> None:
    """The English of each entry stands in the code; nothing of it was left behind."""
    words = literals()
    short = {each[:3] for each in words}
    stray = {
        each
        for entry in entries()
        for each in (entry.id if isinstance(entry.id, tuple) else (entry.id,))
        if each not in words and each not in short
    }
    assert stray == set()


def test_translations_are_whole_and_fill_in_the_same_values() -> None:
    """No form is empty or fuzzy, and none asks for a value that the English does not have."""
    for entry in entries():
        ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        known = set().union(*(names_in(each) for each in ids)) | ({"count"} if len(ids) > 1 else set())
        for said in forms_of(entry):
            assert said.strip(), entry.id
            assert names_in(said) <= known, entry.id
            lost = known - names_in(said) - {"number", "count"}
            assert not lost, (entry.id, lost)
        assert not entry.fuzzy, entry.id
        assert len(forms_of(entry)) == (len(FORMS) if len(ids) > 1 else 1), entry.id


def test_english_days_are_those_of_the_commands() -> None:
    """An email and a command call a day the same."""
    as_of = date(2027, 12, 20)
    for days in range(400):
        on = as_of + timedelta(days=days)
        assert ENGLISH.day(on, as_of) == day_words(on, as_of)
        assert ENGLISH.long_day(on, as_of) == long_day_words(on, as_of)
        assert ENGLISH.full_day(on) == full_day_words(on)


def test_welsh_days_are_unicodes() -> None:
    """
    Names of days and months, short and long, are CLDR's; a weekday inside a sentence has a small letter.
    """
    locale = Locale("cy")
    for days in range(366):
        on = date(2028, 1, 1) + timedelta(days=days)
        short = locale.days["format"]["abbreviated"][on.weekday()]
        month = locale.months["format"]["abbreviated"][on.month]
        assert WELSH.day(on, on) == f"{short} {on.day} {month}"
        name = locale.days["format"]["wide"][on.weekday()]
        month = locale.months["format"]["wide"][on.month]
        assert WELSH.full_day(on) == f"d{name[1:]} {on.day} {month} {on.year}"
        assert WELSH.plain_date(on) == f"{on.day} {month} {on.year}"


def test_lists_are_joined_by_their_last_word() -> None:
    """In Welsh `a` becomes `ac` before a vowel."""
    assert ENGLISH.listed(["North", "East"]) == "North and East"
    assert WELSH.listed(["Gogledd", "De"]) == "Gogledd a De"
    assert WELSH.listed(["De", "Abertawe"]) == "De ac Abertawe"
    assert (WELSH.listed([]), WELSH.listed(["De"]), WELSH.listed(["35", "45"], "or")) == (
        "",
        "De",
        "35 neu 45",
    )


def test_weeks_running_are_words_up_to_ten() -> None:
    """Each ordinal in its feminine form, for a week is feminine; from eleven on, a number."""
    assert [WELSH.weeks_running(weeks) for weeks in (2, 3, 5, 10, 11)] == [
        "am yr ail wythnos yn olynol", "am y drydedd wythnos yn olynol", "am y bumed wythnos yn olynol",
        "am y ddegfed wythnos yn olynol", "11 wythnos yn olynol",
    ]  # fmt: skip


def test_values_are_never_taken_for_names() -> None:
    """Braces in a name or a reason stay what they are."""
    assert ENGLISH.say("For {name}.", name="{0} {name!r} {}") == "For {0} {name!r} {}."
    assert WELSH.sentence("line 7: {x} is no date") == "line 7: {x} is no date"


def test_a_digest_in_welsh_has_no_english_sentence() -> None:
    """
    None of the words that only English has stands in a Welsh digest; names and the footer's source are data.
    """
    text = samples.writer().digest(gallery.second_week(), gallery.facts("cy")).text
    own = re.sub(r"(Duty and Assessment North|the sign-off is dated .*|assessments\.csv)", "", text)
    assert re.findall(r"\b(?:the|and|day|working|please|overdue|child|week|due|with|since)\b", own) == []
    assert 'lang="cy"' in samples.writer().digest(gallery.second_week(), gallery.facts("cy")).html


def test_every_language_of_the_settings_has_words_and_a_name() -> None:
    """A code that the settings allow can be written in, and `alerter check` can name it."""
    codes = get_args(EmailSettings.model_fields["language"].annotation)
    assert [language_of(code).name for code in codes] == ["English", "Welsh"]


def test_a_language_without_words_is_a_fault_of_the_settings() -> None:
    """The sentence names the key and the file that is missing."""
    with pytest.raises(ConfigError, match=r'email.language: there are no words for "fr", .*fr.po is missing'):
        language_of("fr")
