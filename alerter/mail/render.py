"""Views and templates into emails, and the receipt that every assessment planned is in the text."""

from collections import Counter

from alerter.domain.digest import Digest
from alerter.domain.plain import one_line
from alerter.errors import PartitionError
from alerter.mail.brand import Brand
from alerter.mail.facts import RunFacts
from alerter.mail.message import Rendered
from alerter.mail.summary import Summary, summary_view
from alerter.mail.template_set import TemplateSet
from alerter.mail.view import DigestView, view_of

FEWER_ROWS = (150, 75, 30, 10)  # tried in turn, for ids and names of unusual length
LARGEST_HTML = 100_000  # bytes; Gmail clips a message at 102 kB


class Renderer:
    """
    Writes digests and the admins' summary; the templates are compiled once.

    With *is_whole* every row is listed, whatever the size: for looking at, not for sending.
    """

    def __init__(
        self, *, is_whole: bool = False, templates: TemplateSet | None = None, brand: Brand | None = None
    ) -> None:
        self.brand = brand or Brand()
        self._row_limits: tuple[int | None, ...] = (None,) if is_whole else FEWER_ROWS
        self._templates = templates or TemplateSet()

    def digest(self, digest: Digest, facts: RunFacts, link: str = "") -> Rendered:
        """
        Return one digest, with as many rows as an email has room for; *link* leads to the recipient's list.

        Raises:
            PartitionError: An assessment planned is not in the text, or another one is.
            TemplateError: A template of the council's cannot be used.
        """
        for max_rows in self._row_limits:
            view = view_of(digest, facts, max_rows, link)
            html = self._templates.render("digest.html.j2", view=view, brand=self.brand)
            if len(html.encode()) <= LARGEST_HTML:
                break
        text = self._templates.render("digest.txt.j2", view=view)
        check_receipt(text, digest, view)
        return Rendered(view.subject, text, html)

    def summary(self, summary: Summary) -> Rendered:
        """
        Return the admins' summary of one run.

        Raises:
            TemplateError: A template of the council's cannot be used.
        """
        view = summary_view(summary)
        return Rendered(
            view.subject,
            self._templates.render("summary.txt.j2", view=view),
            self._templates.render("summary.html.j2", view=view, brand=self.brand),
        )


def check_receipt(text: str, digest: Digest, view: DigestView) -> None:
    """
    Prove that the rows of *text* are the alerts of *digest* and what has climbed, or counted as not listed.

    Raises:
        PartitionError: They are not.
    """
    climbed = () if digest.service is None else digest.service.climbed
    planned = [*(alert.assessment for alert in digest.alerts), *(each.alert.assessment for each in climbed)]
    child = view.row_mark.lstrip()
    keys = [(one_line(each.assessment_id), f"{child}{one_line(each.child_id)}") for each in planned]
    rows = [row for section in view.every_section for row in section.rows]
    foreign = Counter((row.assessment_id, row.child) for row in rows) - Counter(keys)
    lines = [line for line in text.splitlines() if view.row_mark in line]
    unlisted = sum(section.more for section in view.every_section)
    is_each_there = len(lines) == len(rows) and all(
        line.startswith(row.mark) or _squeezed(line).startswith(_squeezed(row.mark))
        for line, row in zip(lines, rows, strict=True)
    )
    if foreign or not is_each_there or len(rows) + unlisted != len(keys):
        raise PartitionError(
            f"a digest of run {view.run} does not show what was planned: {len(keys)} planned, "
            f"{len(lines)} in the text, {unlisted} counted. Nothing was sent; please report this."
        )


def _squeezed(line: str) -> str:
    """
    Return *line* with single blanks and one at its end, so that no id is taken for the beginning of another.
    """
    return f"{' '.join(line.split())} "
