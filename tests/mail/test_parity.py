"""Text and HTML say the same: every word a reader sees in the one stands in the other."""

import re
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerter.domain.assessment import AssessmentKey
from alerter.domain.data_exceptions import DataException
from alerter.domain.digest import Digest
from alerter.domain.escalation import Escalation, Service, TeamTotals
from alerter.domain.policy import Reassurance, Stage
from alerter.domain.progress import Handover, Progress, RowHistory
from alerter.domain.routing import Route
from alerter.domain.timeliness import TrackRecord
from tests.mail import gallery
from tests.world import samples
from tests.world.letters import visible

WRITE = samples.writer()
TOKEN = re.compile(r"[\w@./:+-]*\w")
LABELS = {
    "en": "Assessment Deadline, and what to know Team and manager Open work",
    "cy": "Asesiad Terfyn amser, a'r hyn i'w wybod Tîm a rheolwr Gwaith ar agor",
}
counts = st.integers(0, 12)
names = st.sampled_from(["P. Adeyemi", "T. Lindqvist", "Gwenllian Môn", "", "Ødegård-Nuñez (Éire)"])


@st.composite
def pasts(draw: st.DrawFn) -> RowHistory:
    """Make what is known of a row."""
    return RowHistory(
        weeks=draw(st.integers(0, 13)),
        came_from=draw(st.sampled_from(["", "x@council.example"])),
        is_escalated=draw(st.booleans()),
    )


@st.composite
def digests(draw: st.DrawFn) -> Digest:
    """Make a digest of up to twelve rows with a random past, perhaps with a service manager's part."""
    days = draw(st.lists(st.integers(1, 60), min_size=1, max_size=12))
    given_to = {
        f"A-{place}": Reassurance(
            by=draw(st.sampled_from([samples.MANAGER.email, "cover@council.example"])),
            given_on=date(2026, 11, 9),
            expected_on=samples.AS_OF + timedelta(days=draw(st.integers(-9, 40))),
            runs_since=draw(st.integers(0, 5)),
        )
        for place in range(len(days))
        if draw(st.booleans())
    }
    rows = [
        samples.started(
            each,
            f"A-{place}",
            f"7{place}",
            worker=draw(names),
            type=draw(st.sampled_from(["core", "core", "single"])),
            worker_away_until=draw(st.sampled_from([None, date(2026, 12, 1), date(2026, 11, 2)])),
            audit_score=draw(st.sampled_from([None, 74, 80])),
            submitted_on=draw(st.sampled_from([None, samples.AS_OF])),
        )
        for place, each in enumerate(days)
    ]
    faults = (
        DataException("duplicate_open", "A-0", "70", "the child has another assessment open (DfE 8896)"),
    )
    digest = samples.digest_of(rows, given_to, exceptions=faults if draw(st.booleans()) else ())
    since = Progress(
        last=gallery.LAST, new=draw(counts), signed_off=draw(counts), in_time=draw(counts), kept=draw(counts),
        missed=draw(counts), came=draw(counts),
        went=(Handover(AssessmentKey("A-9001", "99"), "y@council.example"),) if draw(st.booleans()) else (),
    )  # fmt: skip
    return replace(
        digest,
        histories={each.assessment.key: draw(pasts()) for each in digest.alerts},
        progress=draw(st.sampled_from([None, since])),
        records=draw(
            st.sampled_from([(), (gallery.RECORD,), (TrackRecord(label="x", authorised=3, in_time=1),)])
        ),
        service=draw(services(digest)),
    )


@st.composite
def services(draw: st.DrawFn, digest: Digest) -> Service | None:
    """Make a service manager's part, or none."""
    if draw(st.booleans()):
        return None
    escalations = tuple(
        Escalation(
            number=number,
            alert=alert,
            manager="M. Oyo",
            weeks=draw(st.integers(1, 13)),
            to=Route(gallery.HEAD),
        )
        for number, alert in enumerate(digest.alerts)
        if alert.stage in (Stage.OVERDUE, Stage.PAST_ALERT)
    )
    totals = tuple(
        TeamTotals(
            team=draw(names), manager=f"Manager {place}", counts={stage: draw(counts) for stage in Stage},
            oldest=(draw(counts), 35),
        )
        for place in range(draw(st.integers(1, 4)))
    )  # fmt: skip
    last = draw(st.sampled_from([None, gallery.LAST]))
    were = {stage: draw(counts) for stage in Stage}
    return Service(
        recipient=digest.recipient,
        teams=totals,
        escalations=escalations,
        last=last,
        were=were,
        ended=draw(counts),
    )


def tokens(words: str) -> Counter[str]:
    """Return the words, numbers, ids and addresses of a text, each with how often it stands there."""
    return Counter(TOKEN.findall(words))


@given(digest=digests(), language=st.sampled_from(gallery.LANGUAGES))
def test_every_word_of_the_html_is_in_the_text_and_back(digest: Digest, language: str) -> None:
    """As often as in the other part, but for the columns' labels, which only a table has."""
    rendered = WRITE.digest(digest, gallery.facts(language))
    html, text = tokens(visible(rendered.html)), tokens(rendered.text)
    labels = tokens(LABELS[language])
    assert {token for token in html - text if token not in labels} == set()
    assert text - html == Counter()


@pytest.mark.parametrize("language", gallery.LANGUAGES)
@pytest.mark.parametrize("link", ["", gallery.LINK])
def test_every_kind_of_digest_says_the_same_in_both_parts(language: str, link: str) -> None:
    """With a link to the recipient's list, the text has its address where the HTML has a button."""
    for rendered in gallery.rendered(language, link).values():
        html, text = tokens(visible(rendered.html)), tokens(rendered.text)
        assert {token for token in html - text if token not in tokens(LABELS[language])} == set()
        assert text - html - tokens(link) == Counter()
        assert not link or link in rendered.html or "href" not in rendered.html
