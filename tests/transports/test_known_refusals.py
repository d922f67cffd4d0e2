"""Known refusals: what servers say, with what to do, in the code and in the document."""

from pathlib import Path

import pytest

from alerter.transports.known_refusals import KNOWN, explained
from alerter.transports.transport import reply_words

DOCUMENT = Path(__file__).parents[2] / "docs" / "operations.md"


def test_the_document_has_the_same_table() -> None:
    """Row by row, in the same order."""
    rows = [line for line in DOCUMENT.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    table = [f"| {known.service} | `{known.words}` | {known.advice} |" for known in KNOWN]
    begin = rows.index(table[0])
    assert rows[begin : begin + len(table)] == table


@pytest.mark.parametrize(
    ("code", "text", "advice"),
    [
        (
            535,
            "5.7.139 Authentication unsuccessful, SmtpClientAuthentication is disabled for the Tenant.",
            'transport = "graph"',
        ),
        (
            535,
            "5.7.139 Authentication unsuccessful, basic authentication is disabled.",
            "logins by password are off",
        ),
        (535, "5.7.3 Authentication unsuccessful [LO4P265CA0001.GBRP265.PROD.OUTLOOK.COM]", "SMTP.SendAsApp"),
        (550, "5.7.60 SMTP; Client does not have permissions to send as this sender", "Send As"),
        (
            554,
            "5.2.252 SendAsDenied; alerts@council.example not allowed to send as x@council.example",
            "Send As",
        ),
        (
            421,
            "4.4.2 Message submission rate for this client has exceeded the configured limit",
            "max_per_minute",
        ),
        (432, "4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded", "one of its own"),
        (
            535,
            "5.7.8 Username and Password not accepted. For more information, go to",
            "password for applications",
        ),
        (550, "5.7.1 Invalid credentials for relay [192.0.2.7].", "Google Workspace"),
        (400, "Can't send to this recipient using a team-only API key", "a live one"),
        (403, "ErrorSendAsDenied The user account does not have the right to send mail", "own address"),
        (0, "invalid_client AADSTS7000222: The provided client secret keys are expired.", "make a new one"),
        (550, "5.1.1 no such user", ""),
        (250, "2.0.0 Ok", ""),
    ],
)
def test_a_known_refusal_says_what_to_do(code: int, text: str, advice: str) -> None:
    """As the services word them today; what is not known stays as it is."""
    words = reply_words(code, text)
    assert words.startswith((f"{code} {text}" if code else text)[:200])
    assert (advice in words) == bool(advice) or not advice
    assert words.endswith(")") == bool(advice)


@pytest.mark.parametrize("known", KNOWN, ids=[known.words for known in KNOWN])
def test_no_earlier_refusal_hides_a_later_one(known: object) -> None:
    """The first that fits counts, and each fits something."""
    assert explained(known.words.replace(" ... ", " and ")).endswith(f"({known.advice})")
