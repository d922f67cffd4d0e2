"""Made-up emails of every kind, language and look: for the approved files, the checks and the pictures."""

import base64
import struct
import zlib
from dataclasses import replace
from datetime import date

from alerter.domain.assessment import AssessmentKey
from alerter.domain.data_exceptions import DataException
from alerter.domain.digest import Digest
from alerter.domain.escalation import Escalation, Service, TeamTotals
from alerter.domain.policy import Stage
from alerter.domain.progress import Handover, Progress, RowHistory
from alerter.domain.routing import Recipient, Route
from alerter.domain.timeliness import TrackRecord
from alerter.mail.build import Rendered
from alerter.mail.language import language_of
from alerter.mail.run_facts import RunFacts
from alerter.mail.summary import Summary
from alerter.mail.template_set import Brand
from tests.world import samples

LANGUAGES = ("en", "cy")
LINK = "https://alerts.council.example/r/made-up"
RECORD_URL = "https://cases.council.example/person/{child_id}"
LAST = date(2026, 11, 16)
HEAD = Recipient("head@council.example", "H. Mensah")
RECORD = TrackRecord(label="Core assessment", authorised=61, in_time=51, target_percent=81)
TEAMS = (
    ("Children with Disabilities", "A. Rahman", (0, 1, 2, 1, 9), (29, 35)),
    ("Duty and Assessment North", "N. Okafor", (2, 3, 1, 2, 14), (38, 35)),
    ("Duty and Assessment North", "P. Novak", (0, 0, 0, 1, 11), (22, 35)),
    ("Duty and Assessment South", "S. Lindqvist", (1, 4, 3, 2, 19), (36, 35)),
    ("Safeguarding West", "", (0, 0, 0, 0, 6), (12, 35)),
)


def facts(language: str = "en", **changed: object) -> RunFacts:
    """Return the facts of run 7 in one language."""
    return samples.facts(language=language_of(language), **changed)


def second_week() -> Digest:
    """
    Return the usual week with a week before it: rows known for weeks, thanks, promises, handovers, a record.
    """
    digest = samples.usual_week()
    return replace(
        digest,
        histories={
            ("A-10433", "88213"): RowHistory(weeks=3, is_escalated=True),
            ("A-10433", "88214"): RowHistory(weeks=3, is_escalated=True),
            ("A-10518", "90177"): RowHistory(weeks=2),
            ("A-10522", "90201"): RowHistory(weeks=1, came_from="p.novak@council.example"),
            ("A-10540", "87655"): RowHistory(weeks=1),
        },
        progress=Progress(
            last=LAST, new=2, signed_off=5, in_time=5, kept=2, missed=1, came=1,
            went=(Handover(AssessmentKey("A-10301", "84410"), "s.lindqvist@council.example"),),
        ),
        records=(RECORD,),
    )  # fmt: skip


def service_digest(*, is_also_manager: bool = False) -> Digest:
    """
    Return a service manager's digest: five teams, three rows that have climbed, what moved since last week.
    """
    manager = second_week()
    away = {"worker_away_until": date(2026, 11, 30)}
    escalated = samples.digest_of(
        [
            samples.started(38, "A-20433", "98213", **away),
            samples.started(38, "A-20433", "98214", **away),
            samples.started(31, "A-20518", "99177", worker="M. Osei", audit_score=74),
        ]
    )
    escalations = tuple(
        Escalation(
            number=number, alert=alert, manager="N. Okafor", weeks=weeks, to=Route(HEAD), is_new=weeks == 2
        )
        for number, (alert, weeks) in enumerate(zip(escalated.alerts, (3, 3, 2), strict=True))
    )  # fmt: skip
    service = Service(
        recipient=HEAD,
        teams=tuple(
            TeamTotals(
                team=team, manager=name or "w.tembo@council.example",
                counts=dict(zip(Stage, counts, strict=True)), oldest=oldest,
            )
            for team, name, counts, oldest in TEAMS
        ),
        escalations=escalations,
        last=LAST,
        were={Stage.OVERDUE: 5, Stage.PAST_ALERT: 7, Stage.REASSURED: 4},
        ended=6,
        covering_for=("J. Achebe",),
    )  # fmt: skip
    own = (
        replace(manager, recipient=HEAD) if is_also_manager else Digest(recipient=HEAD, alerts=(), on_track=0)
    )
    return replace(own, service=service)


def quiet_service() -> Digest:
    """Return a service manager's digest in which nothing has climbed, in the first week of all."""
    digest = service_digest()
    assert digest.service is not None
    return replace(digest, service=replace(digest.service, escalations=(), last=None, covering_for=()))


def all_clear() -> Digest:
    """Return a digest with fourteen on track."""
    return samples.digest_of([samples.started(days, f"A-{days}", f"9{days}") for days in range(1, 15)])


def summary(*states: str) -> Summary:
    """Return the summary of a run whose digests stand as *states*, with something to mend."""
    return Summary(
        facts=samples.facts(),
        counts={
            Stage.OVERDUE: 9,
            Stage.PAST_ALERT: 31,
            Stage.REASSURED: 6,
            Stage.APPROACHING: 22,
            Stage.ON_TRACK: 146,
        },
        deliveries=[
            samples.Fate(f"manager{place}@council.example", state) for place, state in enumerate(states)
        ],
        exceptions=[DataException("no_manager", "A-77", "88213", "team 'Duty' is not in the directory")],
        rejected=[samples.REJECTED],
        settings_fingerprint="3f2a9c",
    )


def logo() -> bytes:
    """Return a small picture: a PNG file of one colour, 96 by 48 pixels."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        checked = struct.pack(">I", zlib.crc32(kind + content))
        return struct.pack(">I", len(content)) + kind + content + checked

    lines = b"".join(b"\0" + b"\x4c\x2c\x92" * 96 for _ in range(48))
    head = struct.pack(">IIBBBBB", 96, 48, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(lines))
        + chunk(b"IEND", b"")
    )


def brand() -> Brand:
    """Return the look of a council with a name, colours and a logo."""
    return Brand(
        name="Sampleford Council", colour="#4c2c92", colour_dark="#c9b8ee", logo=logo(), size=(96, 48)
    )


def digests() -> dict[str, Digest]:
    """Return every kind of digest by name."""
    return {
        "digest-second-week": second_week(),
        "digest-all-clear": all_clear(),
        "service": service_digest(),
        "service-quiet": quiet_service(),
        "service-and-manager": service_digest(is_also_manager=True),
    }


def rendered(
    language: str, link: str = "", look: Brand | None = None, record_url: str = ""
) -> dict[str, Rendered]:
    """Return every kind of digest in one language."""
    write, about = samples.writer(brand=look or Brand()), facts(language, record_url=record_url)
    return {name: write.digest(digest, about, link) for name, digest in digests().items()}


def pages() -> dict[str, str]:
    """Return the HTML of every kind of digest in each language, and one with a council's look, by name."""
    emails = {
        f"{name}-{language}": each.html for language in LANGUAGES for name, each in rendered(language).items()
    }
    emails["summary"] = samples.writer().summary(summary("sent", "refused", "deferred")).html
    branded = rendered("en", LINK, brand(), RECORD_URL)["digest-second-week"].html
    picture = f"data:image/png;base64,{base64.b64encode(logo()).decode()}"
    return emails | {"branded-en": branded.replace(brand().logo_at, picture)}
