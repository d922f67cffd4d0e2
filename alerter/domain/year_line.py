"""The year to date in a sentence, with what is open and overdue beside it: for digests and service pages."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from alerter.domain.assessment import Assessment
from alerter.domain.calendar import WorkingCalendar
from alerter.domain.periods import year_of
from alerter.domain.policy import Alert, Clock, Stage
from alerter.domain.timeliness import Timeliness, percent_words, sign_offs, timeliness
from alerter.domain.wording import date_words


def year_lines(
    calendar: WorkingCalendar,
    clocks: Mapping[str, Clock],
    assessments: Sequence[Assessment],
    alerts: Iterable[Alert],
    as_of: date,
) -> tuple[str, ...]:
    """
    Return a sentence for each type of which something was authorised this financial year or is overdue.

    *assessments* hold at least what was authorised since 1 April, *alerts* all that is open.

    Raises:
        CalendarRangeError: A date lies outside the years known.
    """
    year = year_of(as_of)
    overdue = [alert.assessment.type for alert in alerts if alert.stage is Stage.OVERDUE]
    signed = [each for each in sign_offs(calendar, clocks, assessments, as_of) if year.holds(each.on)]
    figures = {key: timeliness(each for each in signed if each.clock.type == key) for key in clocks}
    return tuple(
        year_line(clock, figures[key], overdue.count(key), year.first)
        for key, clock in clocks.items()
        if figures[key].authorised or key in overdue
    )


def year_line(clock: Clock, figure: Timeliness, overdue: int, since: date) -> str:
    """
    Return one type's year to date in a sentence.

    >>> core = Clock(type="core", label="Core assessment", working_days=35, alert_after=25, target_percent=81)
    >>> year_line(core, Timeliness(1354, 1072), 21, date(2026, 4, 1))
    'Core assessment since 1 April 2026: 1,072 of 1,354 in time, 79.17 % (target 81 %); open and overdue: 21.'
    """
    target = "" if clock.target_percent is None else f" (target {clock.target_percent:g} %)"
    share = "none authorised"
    if figure.authorised:
        share = (
            f"{figure.in_time:,} of {figure.authorised:,} in time, {percent_words(figure.percent)} %{target}"
        )
    return f"{clock.label} since {date_words(since)}: {share}; open and overdue: {overdue:,}."
