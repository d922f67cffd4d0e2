"""What a digest says: its words, its rows, and that text and HTML say the same."""

import re
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.digest import Digest
from alerter.domain.policy import Reassurance
from alerter.domain.progress import RowHistory
from alerter.domain.routing import Recipient
from alerter.errors import PartitionError
from alerter.mail.build import Rendered, build
from alerter.mail.view import view_of
from alerter.mail.writer import LARGEST_HTML, check_receipt
from alerter.transports.notify_body import markdown_of
from tests.mail import gallery, reading
from tests.mail.reading import text_of
from tests.world import samples
from tests.world.letters import read_html, visible

WRITE = samples.writer()
HEADINGS = ("Overdue", "Past day 25", "Reaches day 25", "Reassured")
PIECES = [
    "\r\nBcc: x@evil.example",
    "=?UTF-8?Q?=0D=0A?=",
    "<script>",
    "</td>",
    "&amp;",
    "\u202e",
    "\ud800",
    "\u2028",
]
PIECES += ["\x85", "\x00", "  child ", "{{ 7 }}", "Overdue", "é", "'", '"', "\u200b", "\U000e0041", "A", " "]
HOSTILE = st.lists(st.sampled_from(PIECES) | st.text(max_size=5), max_size=5).map("".join)


def test_rows_stand_under_their_stage_worst_first() -> None:
    """Each row's line begins with the assessment id, below the unindented heading of its stage."""
    found: dict[str, list[str]] = {}
    heading = ""
    for line in text_of(samples.usual_week()).splitlines():
        if line.startswith(HEADINGS):
            heading = line.partition(" (")[0]
        elif line.startswith("A-"):
            found.setdefault(heading, []).append(line.split()[0])
    assert list(found) == list(HEADINGS)
    assert list(found.values()) == [
        ["A-10433", "A-10433"],
        ["A-10518", "A-10522", "A-10540"],
        ["A-10561", "A-10570"],
        ["A-10497"],
    ]


def test_no_line_but_a_row_begins_with_a_digit_or_an_id() -> None:
    """Ids of digits alone cannot be mistaken for prose: no other line begins with a digit."""
    digest = samples.digest_of(
        [samples.started(27, "2", "7", team="2"), samples.started(40, "1", "8", team="2")]
    )
    lines = [line for line in text_of(digest).splitlines() if re.match(r"\d", line)]
    assert [line.split()[0] for line in lines] == ["1", "2"]


def test_clocks_with_different_alert_days_share_a_heading_without_number() -> None:
    """
    Two alert days in one digest make `Past alert day` and `Reaches alert day`, and rows name their type.
    """
    week = [samples.started(27, "A-1", "1"), samples.started(24, "A-2", "2", type="single")]
    week += [samples.started(22, "A-3", "3"), samples.started(40, "A-4", "4")]
    text = text_of(samples.digest_of(week))
    assert "\nPast alert day (2): " in text
    assert "\nReaches alert day (1): " in text
    assert "\nOverdue (1): please get it signed off" in text
    assert "Single assessment" in text


def test_all_clear_says_so_first() -> None:
    """Nothing to do is a sentence, with what is open and what a reassurance holds."""
    clear = samples.digest_of([samples.started(3, f"A-{number}", "7") for number in range(14)])
    assert "Nothing needs you this week: 14 open, none reaches day 25 before Monday 30 November." in text_of(
        clear
    )
    given = Reassurance(by="x@council.example", given_on=date(2026, 11, 16), expected_on=date(2026, 11, 26))
    reassured = samples.digest_of([samples.started(27, "A-1", "7")], reassurances={"A-1": given})
    assert "Nothing needs you this week: 1 open, 1 reassured, none other reaches" in text_of(reassured)
    two = samples.facts(clocks=(samples.CORE, samples.SINGLE))
    assert "none reaches its alert day before" in WRITE.digest(clear, two).text


def first_line(digest: Digest) -> str:
    """Return what a digest begins with."""
    return text_of(digest).splitlines()[0]


def test_siblings_are_counted_as_children_and_as_assessments() -> None:
    """Where rows share an assessment both counts are said, of what is asked and of what is reassured."""
    assert first_line(samples.usual_week()).startswith(
        "This week 7 children in 6 assessments need you: 2 overdue "
    )
    alone = samples.digest_of([samples.started(27, "A-1", "7")])
    assert first_line(alone) == "This week 1 assessment needs you: 1 past day 25"
    pair = [samples.started(27, "A-1", child) for child in ("7", "8")]
    assert first_line(samples.digest_of(pair)).startswith("This week 2 children in 1 assessment need you: ")
    given = Reassurance(by="x@council.example", given_on=date(2026, 11, 16), expected_on=date(2026, 11, 26))
    reassured = samples.digest_of(pair, reassurances={"A-1": given})
    assert "2 open, 2 children in 1 assessment reassured, none other" in first_line(reassured)


def test_what_is_escalated_to_the_reader_is_in_the_first_line_as_in_the_subject() -> None:
    """Beside what is asked, alone, and before work of their own of which nothing is asked."""
    both, alone = gallery.service_digest(is_also_manager=True), gallery.service_digest()
    assert WRITE.digest(both, samples.facts()).subject.count("3 escalated to you") == 1
    assert first_line(both).endswith(" \N{MIDDLE DOT} 3 children in 2 assessments escalated to you")
    assert first_line(alone) == "This week 3 children in 2 assessments are escalated to you."
    assert first_line(gallery.quiet_service()) == "Nothing is escalated to you this week."
    quiet = replace(gallery.all_clear(), service=alone.service)
    assert first_line(quiet) == first_line(alone)
    assert "\nAlso open and on track: 14.\n" in text_of(quiet)


def test_what_is_asked_of_the_reader_comes_before_their_service() -> None:
    """Then their service, then the lists beside the rows."""
    text = text_of(gallery.service_digest(is_also_manager=True))
    places = [
        text.index(words)
        for words in (
            "\nOverdue (2)",
            "\nReassured (1)",
            "\nAlso open",
            "\nYour service\n",
            "\nRecords to mend",
        )
    ]
    assert places == sorted(places)


def test_nobody_is_asked_to_ask_themselves() -> None:
    """What is escalated to its own manager is said to be theirs; other managers are named on the rows."""
    own = gallery.second_week()
    service = gallery.service_digest().service
    assert service is not None
    mine = replace(service.escalations[0], alert=own.alerts[0])
    text = text_of(replace(own, service=replace(service, escalations=(mine,))))
    assert "\nEscalated (1): yours, and listed above\n" in text
    both = text_of(replace(own, service=replace(service, escalations=(mine, *service.escalations))))
    assert "\nEscalated (4): please ask the manager named what holds each\n" in both
    assert "    yours, and listed above; away until" in both
    assert both.count("    please ask N. Okafor; ") == 3


def test_each_reader_is_told_why() -> None:
    """Teams managed, covers with the teams they are for, a service, and what nobody else was found for."""
    team, covered = samples.started(3, "A-1", "7"), samples.started(3, "A-2", "8", team="")
    assert "you manage Duty and Assessment North.\n" in text_of(samples.digest_of([team]))
    assert "you manage assessments without a team.\n" in text_of(samples.digest_of([covered]))
    cover = samples.digest_of([team], covering_for="P. Novak")
    assert "because you are covering for P. Novak (Duty and Assessment North).\n" in text_of(cover)
    fallback = samples.digest_of([team, covered], problem="no_manager")
    assert "because nobody else was found for 2 assessments.\n" in text_of(fallback)
    service = gallery.quiet_service()
    assert "you are the service manager of 4 teams.\n" in text_of(replace(cover, service=service.service))
    assert "covering for P. Novak (Duty and Assessment North); you are" in text_of(
        replace(cover, service=service.service)
    )
    assert "you are covering for J. Achebe, the service manager of 4 teams.\n" in text_of(
        gallery.service_digest()
    )


def test_what_all_overdue_rows_share_is_said_once() -> None:
    """That the service manager is told stands in the heading where it holds for all, else on the rows."""
    digest = gallery.second_week()
    said = "the service manager is told as well"
    assert text_of(digest).count(said) == 1
    first = digest.alerts[0].assessment.key
    others = replace(digest, histories={**digest.histories, first: RowHistory(weeks=3)})
    assert f"or say what holds it; {said}" not in text_of(others)
    assert f"sibling, same assessment; {said}" in text_of(others)


@pytest.mark.parametrize(
    ("days", "subject"),
    [
        (
            (40, 27, 22),
            "Assessments: 1 overdue, 1 past day 25, 1 reaches it by Mon 30 Nov (23 November 2026)",
        ),
        ((22, 21), "Assessments: 2 reach day 25 by Mon 30 Nov (23 November 2026)"),
        ((3,), "Assessments: nothing needs you this week (23 November 2026)"),
    ],
)
def test_subject_counts_and_names_nobody(days: tuple[int, ...], subject: str) -> None:
    """The subject holds counts and dates, after the council's prefix."""
    week = samples.digest_of([samples.started(each, f"A-{each}", "7") for each in days])
    assert WRITE.digest(week, samples.facts()).subject == subject
    marked = WRITE.digest(week, samples.facts(subject_prefix="[OFFICIAL] ")).subject
    assert marked == f"[OFFICIAL] {subject}"


def test_counting_of_the_start_day_is_said() -> None:
    """The footer states the convention that was used."""
    assert "the start date is day 0, England bank holidays" in text_of(samples.usual_week())
    counted = samples.calendar(count_start_day=True)
    assert "the start date is day 1" in text_of(samples.usual_week(), calendar=counted)


def test_many_teams_are_named_in_part() -> None:
    """Five teams by name, and how many more."""
    week = [samples.started(3, f"A-{number}", "7", team=f"Team {number}") for number in range(8)]
    assert "you manage Team 0, Team 1, Team 2, Team 3, Team 4 and 3 more teams.\n" in text_of(
        samples.digest_of(week)
    )


def test_html_says_what_the_text_says() -> None:
    """Every string of the view stands in both parts."""
    digest = samples.usual_week()
    rendered = WRITE.digest(digest, samples.facts())
    view = view_of(digest, samples.facts(), None)
    facts = [view.week, view.reason, view.asks, view.detail, view.on_track, *view.footer]
    facts += [count.words for count in view.counts]
    for section in view.sections:
        facts += [section.heading, section.asked]
        for each in section.rows:
            facts += [
                each.assessment_id,
                each.child,
                each.worker,
                each.away,
                each.day,
                each.due,
                each.noted,
                each.asked,
            ]
    text, html = " ".join(rendered.text.split()), visible(rendered.html)
    assert [fact for fact in facts if fact not in text or fact not in html] == []


def test_html_tables_are_announced() -> None:
    """Rows' tables have a caption and scopes, all other tables are for layout only."""
    html = WRITE.digest(samples.usual_week(), samples.facts()).html
    assert '<html lang="en-GB">' in html
    tables = re.findall(r"<table[^>]*>", html.replace("<!--[if mso]>", "").replace("<![endif]-->", ""))
    of_rows = [table for table in tables if 'role="presentation"' not in table]
    assert len(of_rows) == html.count("<caption") == 4
    assert html.count('scope="col"') == 8
    assert html.count('scope="row"') == 8


def test_colours_can_be_read() -> None:
    """Text and links have a contrast of 4.5 to 1 at least, and a stage's bar 3 to 1 (WCAG 2.2, AA)."""
    html = WRITE.digest(samples.usual_week(), samples.facts(send_date=date(2026, 11, 16))).html
    dark = re.search(r"@media.*?\n}\n", html, re.DOTALL)[0]
    for css in (html.replace(dark, ""), dark):
        found: dict[str, set[str]] = {"border-left": set()}
        for kind, colour in reading.COLOUR.findall(css):
            found.setdefault(kind, set()).add(colour)
        pairs = product(found["color"], found["background-color"])
        assert min(reading.contrast(text, ground) for text, ground in pairs) >= 4.5
        assert all(reading.contrast(bar, "#ffffff") >= 3 for bar in found["border-left"])


def test_a_thousand_rows_fit_and_say_how_many_are_left() -> None:
    """Gmail clips at 102 kB: the worst rows are listed, the counts complete, and the rest is pointed to."""
    days = [36 + number % 9 if number < 100 else 30 for number in range(1000)]
    week = samples.digest_of([samples.started(each, f"A-{number}", "7") for number, each in enumerate(days)])
    rendered = WRITE.digest(week, samples.facts())
    assert 40_000 < len(rendered.html.encode()) <= LARGEST_HTML
    assert sum(line.startswith("A-") for line in rendered.text.splitlines()) == 150
    assert "Overdue (100): " in rendered.text
    assert "Past day 25 (900): " in rendered.text
    assert "And 850 more, not listed for length: ask performance@council.example" in rendered.text
    assert "alerter preview --as-of 2026-11-23" in visible(rendered.html)
    whole = samples.writer(is_whole=True).digest(week, samples.facts())
    assert sum(line.startswith("A-") for line in whole.text.splitlines()) == 1000


def test_names_of_unusual_length_cost_rows_not_size() -> None:
    """Where ids and names are long, fewer rows are listed."""
    week = [samples.started(30, f"A-{number}", "7", worker="W" * 900) for number in range(200)]
    rendered = WRITE.digest(samples.digest_of(week), samples.facts())
    assert len(rendered.html.encode()) <= LARGEST_HTML
    assert "And 125 more" in rendered.text


def test_receipt_notices_a_row_that_is_missing_foreign_or_twice() -> None:
    """A text that does not hold exactly the rows planned is never sent."""
    digest = samples.usual_week()
    view = view_of(digest, samples.facts(), None)
    text = WRITE.digest(digest, samples.facts()).text
    line = next(line for line in text.splitlines() if line.startswith("A-10540"))
    for broken in (
        text.replace(line, ""),
        text.replace(line, f"{line}\n{line}"),
        text.replace("A-10540", "A-99999"),
        text.replace("child 87655", "child 1"),
    ):
        with pytest.raises(PartitionError, match="run 7"):
            check_receipt(broken, digest, view)
    with pytest.raises(PartitionError):
        check_receipt(text, replace(digest, alerts=digest.alerts[1:]), view)


def test_markup_in_the_data_is_shown_as_it_is() -> None:
    """What an id or a name holds is text to its reader, whatever it looks like."""
    week = [samples.started(30, "<b>A-1</b>", "7", worker="<i>W</i>")]
    rendered = WRITE.digest(samples.digest_of(week), samples.facts())
    assert "&lt;b&gt;A-1&lt;/b&gt;" in rendered.html
    assert "&lt;i&gt;W&lt;/i&gt;" in rendered.html


def written(ids: list[str], worker: str, team: str, name: str) -> tuple[Rendered, Recipient]:
    """Return a digest to *name* of one overdue assessment for each of *ids*."""
    week = [samples.started(40, id_, f"7{id_}", worker=worker, team=team) for id_ in ids]
    recipient = Recipient("n.okafor@council.example", name)
    digest = samples.digest_of(week, recipient=recipient, covering_for=name, problem="no_manager")
    return WRITE.digest(digest, samples.facts(source_name=name)), recipient


@given(ids=st.lists(HOSTILE, min_size=2, max_size=4), worker=HOSTILE, team=HOSTILE, name=HOSTILE)
def test_hostile_text_changes_no_header_no_tag_and_no_row(
    ids: list[str], worker: str, team: str, name: str
) -> None:
    """Line ends, encoded words, markup, reordering marks and surrogates end up as harmless words."""
    rendered, recipient = written([f"{id_}{place}" for place, id_ in enumerate(ids)], worker, team, name)
    tame, _ = written([f"A-{place}" for place in range(len(ids))], "W", "T", "N")
    head = build(rendered, recipient, samples.letterhead()).body.partition(b"\r\n\r\n")[0]
    lines = [line for line in head.split(b"\r\n") if not line.startswith(b" ")]  # a folded one goes on there
    names = [line.partition(b":")[0] for line in lines]
    assert len(names) == len(set(names)) == 10
    assert read_html(rendered.html).tags == read_html(tame.html).tags
    assert sum("  child " in line for line in rendered.text.splitlines()) == len(ids)


RECORD_URL = "https://cases.council.example/person/{child_id}?a={assessment_id}"


@pytest.mark.parametrize(
    ("ids", "address"),
    [
        (("A-1", "7"), "https://cases.council.example/person/7?a=A-1"),
        (('A/1&b="2', "\u00e9 7"), "https://cases.council.example/person/%C3%A9%207?a=A%2F1%26b%3D%222"),
        (("{child_id}", "\ud800\n"), "https://cases.council.example/person/%3F%0A?a=%7Bchild_id%7D"),
    ],
)
def test_each_id_leads_to_its_record(ids: tuple[str, str], address: str) -> None:
    """In the HTML as a link, in the text on the next line; no other address stands in the digest."""
    digest = samples.digest_of([samples.started(27, *ids)])
    rendered = WRITE.digest(digest, samples.facts(record_url=RECORD_URL))
    lines = rendered.text.splitlines()
    (place,) = (place for place, line in enumerate(lines) if "  child " in line)
    assert lines[place + 1] == f"    {address}"
    shown = address.replace("&", "&amp;")
    assert re.findall(r'href="([^"]*)"', rendered.html) == ["mailto:performance@council.example", shown]
    assert re.findall(r"https?://\S+", rendered.text) == [address]
    assert markdown_of(rendered.text).count(f" - {address}\n") == 1
