"""
Whole emails compared with files in `tests/approved/`.

`ALERTER_APPROVE=1 python -m pytest tests/mail/test_approved.py` writes them anew; read the difference before
committing it.
"""

import os
from pathlib import Path

import pytest

from alerter.domain.digest import Digest
from alerter.domain.routing import Recipient
from alerter.mail.build import Rendered, build
from tests.mail import gallery
from tests.world import samples

APPROVED = Path(__file__).parent.parent / "approved"


def _all_clear() -> Digest:
    return samples.digest_of([samples.started(days, f"A-{days}", f"9{days}") for days in range(1, 15)])


def _two_types() -> Digest:
    return samples.digest_of(
        [
            samples.started(27, "A-1", "71"),
            samples.started(24, "A-2", "72", type="single"),
            samples.started(35, "A-3", "73", worker=""),
        ]
    )


def _fallback() -> Digest:
    return samples.digest_of(
        [samples.started(27, "A-1", "71", team="Duty"), samples.started(3, "A-2", "72", team="Duty")],
        recipient=Recipient("service.manager@council.example"),
        problem="no_manager",
    )


def _cases() -> dict[str, Rendered]:
    write, facts = samples.writer(), samples.facts()
    late = samples.facts(as_of=samples.AS_OF, send_date=samples.AS_OF.replace(day=16))
    return {
        "digest": write.digest(samples.usual_week(), facts),
        "digest-all-clear": write.digest(_all_clear(), facts),
        "digest-two-types": write.digest(_two_types(), facts),
        "digest-fallback": write.digest(_fallback(), facts),
        "digest-late": write.digest(_all_clear(), late),
        "summary": write.summary(gallery.summary("sent", "sent", "sent")),
        "summary-refused": write.summary(gallery.summary("sent", "refused", "deferred")),
        **_in_each_language(),
    }


def _in_each_language() -> dict[str, Rendered]:
    return {
        f"{name}-{language}": each
        for language in gallery.LANGUAGES
        for name, each in gallery.rendered(language).items()
    }


@pytest.mark.parametrize("name", _cases())
def test_emails_read_as_approved(name: str) -> None:
    """Subject, text and HTML are those that somebody read and approved."""
    rendered = _cases()[name]
    _compare(f"{name}.txt", f"Subject: {rendered.subject}\n\n{rendered.text}")
    _compare(f"{name}.html", rendered.html)


def test_bytes_are_as_approved() -> None:
    """The message as it is sent has no header that was not approved."""
    rendered = _cases()["digest-all-clear"]
    message = build(rendered, samples.MANAGER, samples.letterhead())
    _compare("digest-all-clear.eml", message.body.decode("ascii").replace("\r\n", "\n"))


def test_bytes_with_a_logo_are_as_approved() -> None:
    """The picture stands behind the HTML that shows it, under boundaries that are the same each time."""
    rendered = gallery.rendered("en", gallery.LINK, gallery.brand())["digest-all-clear"]
    message = build(rendered, samples.MANAGER, samples.letterhead(logo=gallery.logo()))
    _compare("digest-all-clear-logo.eml", message.body.decode("ascii").replace("\r\n", "\n"))


def _compare(name: str, words: str) -> None:
    path = APPROVED / name
    if os.environ.get("ALERTER_APPROVE") == "1":
        path.write_text(words, encoding="utf-8")
    assert words == path.read_text(encoding="utf-8")
