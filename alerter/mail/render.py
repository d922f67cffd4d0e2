"""Views and templates into emails, and the receipt that every assessment planned is in the text."""

from collections import Counter

from jinja2 import Environment, PackageLoader, StrictUndefined

from alerter.domain.digest import Digest
from alerter.errors import PartitionError
from alerter.mail.facts import RunFacts
from alerter.mail.message import Rendered
from alerter.mail.plain import one_line
from alerter.mail.rows import ROW_MARK
from alerter.mail.summary import Summary, summary_view
from alerter.mail.view import DigestView, view_of

FEWER_ROWS = (150, 75, 30, 10)  # tried in turn, for ids and names of unusual length
LARGEST_HTML = 100_000  # bytes; Gmail clips a message at 102 kB


class Renderer:
    """
    Writes digests and the admins' summary; the templates are compiled once.

    With *is_whole* every row is listed, whatever the size: for looking at, not for sending.
    """

    def __init__(self, *, is_whole: bool = False) -> None:
        self._row_limits: tuple[int | None, ...] = (None,) if is_whole else FEWER_ROWS
        text, html = _environment(is_html=False), _environment(is_html=True)
        self._digest_text = text.get_template("digest.txt.j2")
        self._digest_html = html.get_template("digest.html.j2")
        self._summary_text = text.get_template("summary.txt.j2")
        self._summary_html = html.get_template("summary.html.j2")

    def digest(self, digest: Digest, facts: RunFacts, answer_link: str = "") -> Rendered:
        """
        Return one digest, with as many rows as an email has room for, and the link on which it is answered.

        Raises:
            PartitionError: An assessment planned is not in the text, or another one is.
        """
        for max_rows in self._row_limits:
            view = view_of(digest, facts, max_rows, answer_link)
            html = self._digest_html.render(view=view)
            if len(html.encode()) <= LARGEST_HTML:
                break
        text = self._digest_text.render(view=view)
        check_receipt(text, digest, view)
        return Rendered(view.subject, text, html)

    def summary(self, summary: Summary) -> Rendered:
        """
        Return the admins' summary of one run.
        """
        view = summary_view(summary)
        return Rendered(
            view.subject, self._summary_text.render(view=view), self._summary_html.render(view=view)
        )


def check_receipt(text: str, digest: Digest, view: DigestView) -> None:
    """
    Prove that the rows of *text* are the alerts of *digest*, each once, or counted as not listed.

    Raises:
        PartitionError: They are not.
    """
    rows = [row for section in view.sections for row in section.rows]
    lines = [_squeezed(line) for line in text.splitlines() if ROW_MARK in line]
    keys = [(one_line(a.assessment.assessment_id), one_line(a.assessment.child_id)) for a in digest.alerts]
    foreign = Counter((row.assessment_id, row.child_id) for row in rows) - Counter(keys)
    unlisted = sum(section.more for section in view.sections)
    is_each_there = len(lines) == len(rows) and all(
        line.startswith(_squeezed(f"{row.assessment_id}{ROW_MARK}{row.child_id} "))
        for line, row in zip(lines, rows, strict=True)
    )
    if foreign or not is_each_there or len(rows) + unlisted != len(keys):
        raise PartitionError(
            f"a digest of run {view.run} does not show what was planned: {len(keys)} planned, "
            f"{len(lines)} in the text, {unlisted} counted. Nothing was sent; please report this."
        )


def _squeezed(line: str) -> str:
    return " ".join(line.split())


def _environment(*, is_html: bool) -> Environment:
    return Environment(
        loader=PackageLoader("alerter.mail", "templates"),
        autoescape=is_html,  # noqa: S701 - by kind: plain text has no markup, and file names mislead
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
