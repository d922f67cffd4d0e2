"""Week on week in words: what became of the last digest's work, and how timely the teams have been."""

from collections.abc import Iterable

from alerter.domain.digest import Digest
from alerter.domain.plain import phrase
from alerter.domain.progress import Since
from alerter.domain.timeliness import TrackRecord
from alerter.mail.facts import RunFacts
from alerter.mail.language import Language
from alerter.mail.marks import Marks


def since_lines(digest: Digest, facts: RunFacts, marks: Marks) -> Iterable[str]:
    """
    Give what has happened since the last digest, a line each; nothing where there was none or it was quiet.
    """
    since, language = digest.since, facts.language
    if since is None or since.is_quiet:
        return
    day = language.long_day(since.last, facts.as_of)
    if moves := [words for words in _moves(since, language, marks) if words]:
        yield language.say("Since {day}: {moves}.", day=day, moves=", ".join(moves))
    if since.signed_off:
        yield _thanks(since, language, day)
    if since.kept or since.missed:
        yield _promises(since, language, day)


def record_lines(digest: Digest, facts: RunFacts) -> tuple[str, ...]:
    """
    Return how timely the digest's teams have been since April, one line a type of assessment.
    """
    say = facts.language.say
    whose = say("Your team since April") if len(digest.teams) == 1 else say("Your teams since April")
    has_labels = len(facts.clocks) > 1
    return tuple(record_line(each, whose, facts.language, has_label=has_labels) for each in digest.records)


def record_line(record: TrackRecord, whose: str, language: Language, *, has_label: bool) -> str:
    """
    Return one type's record in a sentence, as digests and the service page tell it.

    >>> from alerter.mail.language import ENGLISH
    >>> record = TrackRecord(label="Core assessment", authorised=61, in_time=51, target_percent=81)
    >>> record_line(record, "Since April", ENGLISH, has_label=True)
    'Since April, Core assessment: 84% of 61 in time (target 81%).'
    """
    if has_label:
        whose = f"{whose}, {phrase(record.label)}"
    if record.percent is None:
        return language.say("{whose}: too few signed off to say how many in time.", whose=whose)
    values = {"whose": whose, "percent": record.percent, "count": f"{record.authorised:,}"}
    if record.target_percent is None:
        return language.say("{whose}: {percent}% of {count} in time.", **values)
    target = f"{record.target_percent:g}"
    return language.say("{whose}: {percent}% of {count} in time (target {target}%).", target=target, **values)


def _moves(since: Since, language: Language, marks: Marks) -> Iterable[str]:
    if since.new:
        yield language.say("{count} newly past {mark}", count=f"{since.new:,}", mark=marks.alert_day_of_each)
    if since.came:
        one, many = "{count} came from another manager", "{count} came from other managers"
        yield language.counted(since.came, one, many)
    if since.went:
        one, many = "{count} went to another manager", "{count} went to other managers"
        yield language.counted(len(since.went), one, many)


def _thanks(since: Since, language: Language, day: str) -> str:
    values = {"count": f"{since.signed_off:,}", "in_time": f"{since.in_time:,}", "day": day}
    if since.in_time == since.signed_off == 1:
        return language.say("Signed off since {day}: {count}, in time. Thank you.", **values)
    if since.in_time == since.signed_off:
        return language.say("Signed off since {day}: {count}, all in time. Thank you.", **values)
    if since.in_time:
        return language.say("Signed off since {day}: {count}, {in_time} in time. Thank you.", **values)
    return language.say("Signed off since {day}: {count}. Thank you.", **values)


def _promises(since: Since, language: Language, day: str) -> str:
    values = {"kept": f"{since.kept:,}", "missed": f"{since.missed:,}", "day": day}
    if not since.missed:
        return language.say("Promises since {day}: {kept} kept.", **values)
    return language.say("Promises since {day}: {kept} kept, {missed} not kept.", **values)
