"""Emails read as a person reads them: headings, rows, counts, in both parts."""

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from html.parser import HTMLParser

from tests.world.mail_server import Parcel

HEADINGS = {
    "Overdue": "overdue",
    "Past day 25": "past_alert",
    "Past alert day": "past_alert",
    "Reassured": "reassured",
    "Reaches day 25": "approaching",
    "Reaches alert day": "approaching",
}
HIDDEN = ("style", "title")
ESCALATED = "Escalated"
ON_TRACK = re.compile(r"on track: (\d+)|(\d+) (?:open|on track)")
DAY = re.compile(r"\bday \d+ of \d+\b")
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the text part: the stage it stands under, its assessment, its child, and its whole line."""

    stage: str
    assessment_id: str
    child_id: str
    line: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One email: its envelope's recipient, its parsed message, and its two parts as text."""

    recipient: str
    message: EmailMessage
    text: str
    html: str

    @property
    def visible(self) -> str:
        """Return the words of the HTML part with single blanks."""
        return visible(self.html)

    def rows(self, keys: Collection[Key]) -> list[Row]:
        """
        Return the rows of the text part, *keys* being every (assessment_id, child_id) there is.

        Escalated rows, which repeat others, are left out.
        """
        children: dict[str, list[str]] = {}
        for assessment_id, child_id in keys:
            children.setdefault(assessment_id, []).append(child_id)
        stage, found = "", []
        for line in self.text.splitlines():
            assessment_id = line.partition(" ")[0]
            if assessment_id in children:
                (child_id,) = [child for child in children[assessment_id] if is_word_of(child, line)]
                found.append(Row(stage, assessment_id, child_id, line))
            else:
                stage = stage_of(line) or stage
        return [row for row in found if row.stage != ESCALATED]

    def staged(self, keys: Collection[Key]) -> Counter[tuple[str, Key]]:
        """Return how often each assessment stands under each stage."""
        return Counter((row.stage, (row.assessment_id, row.child_id)) for row in self.rows(keys))

    def on_track(self) -> int:
        """Return how many assessments are counted as on track; an all-clear counts all that are open."""
        for line in self.text.splitlines():
            if "on track" in line or line.startswith("Nothing needs you"):
                counted = ON_TRACK.search(line)
                assert counted is not None, line
                return int(counted[1] or counted[2])
        return 0


class Reader(HTMLParser):
    """Collects the tags of a document, and the words outside `style` and `title`."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.words: list[str] = []
        self._is_hidden = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note a tag with the names of its attributes."""
        self.tags.append(" ".join([tag, *sorted(name for name, _ in attrs)]))
        self._is_hidden = tag in HIDDEN

    def handle_endtag(self, tag: str) -> None:
        """Note that a hidden stretch ends."""
        if tag in HIDDEN:
            self._is_hidden = False

    def handle_data(self, data: str) -> None:
        """Note the words."""
        if not self._is_hidden:
            self.words.append(data)


def read_html(html: str) -> Reader:
    """Return what *html* holds."""
    reader = Reader()
    reader.feed(html)
    reader.close()
    return reader


def visible(html: str) -> str:
    """Return the words of *html* with single blanks."""
    return " ".join(" ".join(read_html(html).words).split())


def read(parcel: Parcel) -> Letter:
    """Parse one message."""
    message = BytesParser(policy=policy.default).parsebytes(parcel.content)
    assert isinstance(message, EmailMessage)
    return Letter(parcel.recipient, message, text_of(message), text_of(message, "html"))


def text_of(mail: EmailMessage | bytes, kind: str = "plain") -> str:
    """Return the text of an email, or its HTML."""
    message = BytesParser(policy=policy.default).parsebytes(mail) if isinstance(mail, bytes) else mail
    part = message.get_body(preferencelist=(kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def letters_by_recipient(parcels: Iterable[Parcel]) -> dict[str, Letter]:
    """Return the email of each recipient; two for one recipient are a fault."""
    parcels = list(parcels)
    letters = {parcel.recipient: read(parcel) for parcel in parcels}
    assert len(letters) == len(parcels), Counter(parcel.recipient for parcel in parcels)
    return letters


def stage_of(line: str) -> str:
    """Return the stage an unindented heading begins with, or nothing if it is no heading."""
    if line.startswith(ESCALATED):
        return ESCALATED
    return next((stage for words, stage in HEADINGS.items() if line.startswith(words)), "")


def is_word_of(word: str, line: str) -> bool:
    """Say whether *word* stands in *line* between blanks or punctuation."""
    return re.search(rf"(?<![\w/-]){re.escape(word)}(?![\w/-])", line) is not None
