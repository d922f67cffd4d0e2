"""What must be true in the end, judged by what the mail server took and what the ledger says."""

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from alerter.domain.delivery import MOST_UNANSWERED
from tests.world.letters import text_of
from tests.world.mail_server import Parcel

ID = re.compile(r"\bA-\d{5}\b")


def second_copies(
    copies: Sequence[Parcel], entries: Sequence[Any], may_be_doubled: Collection[str]
) -> list[str]:
    """
    Say that each message of the outbox arrived as it was written, after its mark, and once.

    More than once is allowed only for *may_be_doubled*, the messages whose outcome was unknown; return those
    that did. What was of unknown outcome five times is left to a person, and may not have come.
    """
    written = {entry.message_id: entry for entry in entries}
    arrived = Counter(copy.message_id for copy in copies)
    open_questions = {entry.message_id for entry in entries if entry.state == "unknown"}
    assert {entry.state for entry in entries if entry.message_id not in open_questions} == {"sent"}
    assert written.keys() - open_questions <= arrived.keys() <= written.keys(), "lost, or nobody wrote it"
    for copy in copies:
        entry = written[copy.message_id]
        assert (copy.recipient, copy.content) == (entry.recipient, entry.body)
        assert copy.was_marked is not False, "a final dot went out without its mark"
    doubled = [message_id for message_id, count in arrived.items() if count > 1]
    assert set(doubled) <= set(may_be_doubled), "a second copy, and its outcome was never unknown"
    assert max(arrived.values()) <= MOST_UNANSWERED
    return doubled


def check_partition(copies: Sequence[Parcel], expected: Mapping[str, set[str]]) -> None:
    """
    Say that the digests which arrived list each assessment of *expected* for its recipient, and no other's.
    """
    listed = {
        copy.recipient: set(ID.findall(text_of(copy.content)))
        for copy in copies
        if copy.message_id.split(".")[1] == "digest"
    }
    assert listed == expected
