"""What the admins are told."""

import pytest

from alerter.domain.data_exceptions import DataException
from alerter.domain.delivery import PASSED_ON
from alerter.domain.policy import Stage
from alerter.mail.summary import Summary, state_words, summary_view
from tests.world import samples
from tests.world.letters import visible
from tests.world.samples import Fate


def summary(*states: str, **changed: object) -> Summary:
    """Return the summary of a run whose digests stand as *states*."""
    usual = {
        "facts": samples.facts(),
        "counts": dict.fromkeys(Stage, 2),
        "deliveries": [Fate(f"m{place}@council.example", state) for place, state in enumerate(states)],
    }
    return Summary(**{**usual, **changed})


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ((), "No digest was due: nobody has an open assessment"),
        (("sent",), "The only digest was delivered"),
        (("sent",) * 14, "All 14 digests delivered"),
        (("sent",) * 13 + ("refused",), "1 of 14 digests refused; 13 delivered"),
        (("queued", "claimed", "marked", "deferred"), "4 of 4 digests still owed; 0 delivered"),
        (
            ("refused", "unknown", "undelivered"),
            "1 of 3 digests given up, 1 of unknown outcome, 1 refused; 0 delivered",
        ),
    ],
)
def test_state_of_the_run_comes_first(states: tuple[str, ...], words: str) -> None:
    """The first sentence says how the digests fared, and what is owed is not called delivered."""
    assert state_words(summary(*states)) == words
    assert samples.writer().summary(summary(*states)).text.startswith(f"{words}\n")


def test_held_run_names_the_reason_and_the_command() -> None:
    """A held run says why, and how to let it go; the subject says only that it is held."""
    view = summary_view(summary(held_because=["the extract has no rows"]))
    assert view.state.endswith("nothing was sent: the extract has no rows. To let it go: alerter release 7")
    assert view.subject == "Assessment alerts: run 7 is held and nothing was sent (23 November 2026)"


def test_held_run_lists_several_reasons() -> None:
    """More than one have a line each."""
    view = summary_view(summary(held_because=["it is empty (a)", "it is old (b)"]))
    assert view.state.endswith(": it is empty (a); and 1 reason more below. To let it go: alerter release 7")
    assert (view.lists[0].heading, view.lists[0].lines) == (
        "Held because (2)", ("it is empty (a)", "it is old (b)"),
    )  # fmt: skip


def test_each_message_that_waits_for_a_person_names_its_command() -> None:
    """
    Refused, given up, or of unknown outcome; what is owed goes by itself, and what was passed on has gone.
    """
    fates = [
        *(Fate(f"{state}@council.example", state) for state in ("refused", "undelivered", "unknown")),
        Fate("owed@council.example", "deferred"),
        Fate("left@council.example", "unknown", PASSED_ON),
    ]
    (not_delivered,) = summary_view(summary(deliveries=fates)).lists
    assert not_delivered.heading.endswith("tries again what is still owed, and so does `alerter deliver`")
    *named, owed, passed_on = not_delivered.lines
    for line, state in zip(named, ("refused", "undelivered", "unknown"), strict=True):
        assert line.endswith(f'To send it again: alerter resend 7 {state}@council.example --reason "..."')
    assert (owed, "resend" in passed_on) == ("owed@council.example: still owed", False)


def test_what_is_to_mend_names_commands_and_the_page() -> None:
    """Where there is a page its address stands in both parts; without anything to mend nothing is asked."""
    page = "https://alerts.council.example/service"
    exceptions = [DataException("vanished", "A-1", "7", "it is missing")]
    rendered = samples.writer().summary(summary("sent", exceptions=exceptions, page=page))
    for words in ("`alerter explain ID`", page):
        assert words in rendered.text
        assert words in rendered.html
    assert "To mend" not in samples.writer().summary(summary("sent")).text


def test_refusals_exceptions_and_rejections_are_listed() -> None:
    """Who got nothing and the server's words, exceptions by kind, rejected rows by line, remarks."""
    rendered = samples.writer().summary(
        summary(
            deliveries=[Fate("m@council.example", "refused", "550 5.1.1 no such user")],
            exceptions=[
                DataException("vanished", "A-1", "7", "it is missing"),
                DataException("unknown_type", "", "", "line 4: no such type"),
            ],
            rejected=[samples.REJECTED],
            remarks=["Bank holidays are known to 2027 only."],
            facts=samples.facts(as_of=samples.NEXT_RUN, subject_prefix="[OFFICIAL]"),
            settings_fingerprint="3f2a",
        )
    )
    for words in (
        "m@council.example: refused (550 5.1.1 no such user)",
        "To mend, vanished (1): missing from the extract without a sign-off",
        "A-1: it is missing",
        "line 4: no such type",
        "line 12: started_on is not a date",
        "Bank holidays are known to 2027 only.",
        "The run is late: it was due on Monday 23 November.",
        "Settings: 3f2a.",
    ):
        assert words in rendered.text
        assert words in visible(rendered.html)
    assert rendered.subject.startswith("[OFFICIAL] Assessment alerts: 1 of 1 digest refused")


def test_long_lists_say_how_many_more() -> None:
    """The hundred first are listed, and a command for all of them."""
    many = [DataException("vanished", f"A-{number}", "7", f"why {number}") for number in range(250)]
    text = samples.writer().summary(summary("sent", exceptions=many)).text
    assert "To mend, vanished (250)" in text
    assert "and 150 more; `alerter run --dry-run --json` lists every one" in text
