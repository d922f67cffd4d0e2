"""The words for each kind of exception, as the admins' summary and the service page say them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class KindWords:
    """One kind: its *heading* on the service page, and its *explanation* in the summary."""

    heading: str
    explanation: str


WORDS = {
    "no_manager": KindWords("No manager found", "no manager found, sent to the fallback"),
    "ambiguous_manager": KindWords(
        "More than one manager", "more than one manager in the directory, sent to the fallback"
    ),
    "bad_address": KindWords(
        "Not an email address", "a manager's address that is none, sent to the fallback"
    ),
    "domain_not_allowed": KindWords(
        "Address outside the allowed domains",
        "a manager's address outside the allowed domains, sent to the fallback",
    ),
    "bad_directory_line": KindWords(
        "Line of the directory", "a line of the directory with something that cannot be used"
    ),
    "start_missing": KindWords("Start missing", "no start date"),
    "start_in_future": KindWords("Start in the future", "a start in the future"),
    "authorised_before_start": KindWords("Sign-off before the start", "signed off before the start"),
    "authorised_in_future": KindWords("Sign-off in the future", "signed off in the future"),
    "ended_before_start": KindWords(
        "Cancelled or closed before the start", "cancelled or closed before the start"
    ),
    "ended_in_future": KindWords("Cancelled or closed in the future", "cancelled or closed in the future"),
    "closed_but_open": KindWords("Closed without a sign-off", "closed without a sign-off"),
    "duplicate_open": KindWords("Two open for one child", "two assessments open for one child"),
    "start_before_referral": KindWords("Start before the referral", "a start before the referral"),
    "starts_during_another": KindWords(
        "Started during another", "a start while another assessment of the child was under way"
    ),
    "reassurance_not_believed": KindWords(
        "Reassurance that does not count", "a reassurance in the extract that is incomplete or out of order"
    ),
    "vanished": KindWords("Missing from the extract", "missing from the extract without a sign-off"),
    "missing": KindWords("Not in the extract", "not in the extract, where rejected rows name nobody"),
    "unreadable_value": KindWords(
        "Value that cannot be read", "a value that cannot be read or believed, and counts as blank"
    ),
    "signed_off_without_audit": KindWords("Signed off without an audit", "signed off without an audit"),
    "unknown_type": KindWords("Unknown type", "a type that is not configured"),
    "bounced": KindWords("Came back", "accepted by the mail server and came back"),
    "render_failed": KindWords(
        "Could not be written", "could not be written out, sent to the fallback; please report it"
    ),
}


def words_of(kind: str) -> KindWords:
    """
    Return the words for *kind*; one that an older version recorded, and this one does not know, is its own.

    >>> words_of("no_longer_known").heading
    'No longer known'
    """
    plain = kind.replace("_", " ").capitalize()
    return WORDS.get(kind, KindWords(plain, ""))
