"""Reading an email as its reader does: the HTML's visible words, its tags, and its colours."""

import re
from html.parser import HTMLParser

from alerter.domain.digest import Digest
from tests.mail import made_up

COLOUR = re.compile(
    r"(?<![-\w])(color|background-color|border-left|border-top|border-color):[^;\"}]*(#[0-9a-f]{6})"
)
HIDDEN = ("style", "title")


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


def text_of(digest: Digest, **changed: object) -> str:
    """Return the text part of *digest*."""
    return made_up.writer().digest(digest, made_up.facts(**changed)).text


def visible(html: str) -> str:
    """Return the words of *html* with single blanks."""
    return " ".join(" ".join(read_html(html).words).split())


def contrast(one: str, other: str) -> float:
    """
    Return the contrast ratio of two colours (WCAG 2.2, relative luminance).

    >>> round(contrast("#000000", "#ffffff"))
    21
    """
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
