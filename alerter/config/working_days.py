"""Settings of the days: which count, when the office is shut, and when the digest is sent."""

import re
from collections.abc import Iterable
from datetime import date, time, timedelta
from difflib import get_close_matches
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo, available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    SecretStr,
    ValidationInfo,
    field_validator,
    model_validator,
)

from alerter.config.base import CalendarDate, FilledText, List, Table
from alerter.domain.schedule import WEEKDAYS

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Nation = Literal["england", "wales", "scotland", "northern-ireland"]

LONGEST_RANGE = 60
"""Days; a longer one is a slip in a year or a month."""

_WEB_ADDRESS = re.compile(r"https?://[^\s/?#]+[^\s#]*")
_TIME = re.compile(r"(?P<hour>[01]\d|2[0-3]):(?P<minute>[0-5]\d)", re.ASCII)


class NamedDays(Table):
    """
    One day or a range of days, both ends included, with the name under which `explain` shows them.

    >>> NamedDays.model_validate({"from": "2026-12-29", "to": "2026-12-31", "name": "Closure"}).dates()[-1]
    datetime.date(2026, 12, 31)
    """

    on: CalendarDate | None = Field(default=None, alias="date")
    first: CalendarDate | None = Field(default=None, alias="from")
    last: CalendarDate | None = Field(default=None, alias="to")
    name: FilledText = "set by the council"

    @model_validator(mode="before")
    @classmethod
    def _bare_date(cls, entry: object) -> object:
        """Take a date on its own for a table with nothing but that date."""
        return {"date": entry} if isinstance(entry, date | str) else entry

    @model_validator(mode="after")
    def _is_one_or_a_range(self) -> Self:
        is_day = self.on is not None and self.first is None and self.last is None
        is_range = self.on is None and self.first is not None and self.last is not None
        if not is_day and not is_range:
            raise ValueError("give either `date`, or both `from` and `to`")
        first, last = self._ends()
        if first > last:
            raise ValueError(f"`from` ({first.isoformat()}) is after `to` ({last.isoformat()})")
        if (days := len(self.dates())) > LONGEST_RANGE:
            raise ValueError(
                f"covers {days} days, more than {LONGEST_RANGE}; check the dates, or split the range"
            )
        return self

    def dates(self) -> list[date]:
        """Return every date it stands for, in order."""
        first, last = self._ends()
        return [first + timedelta(days=n) for n in range((last - first).days + 1)]

    def _ends(self) -> tuple[date, date]:
        return self.on or self.first or date.min, self.on or self.last or date.min


Days = Annotated[tuple[NamedDays, ...], List]


class CalendarSettings(Table):
    """
    The nation whose bank holidays hold, how the start day counts, and the council's own days.

    *days_off* move the clock and the send day, *working_days* are bank holidays worked here,
    *office_closed* moves the send day alone: no closure extends a statutory limit.
    """

    nation: Nation
    count_start_day: bool = False
    days_off: Days = ()
    working_days: Days = ()
    office_closed: Days = ()

    @field_validator("working_days")
    @classmethod
    def _is_not_off_as_well(cls, working_days: Days, info: ValidationInfo) -> Days:
        off = set(_all_dates(info.data.get("days_off", ())))
        if both := sorted(off.intersection(_all_dates(working_days))):
            raise ValueError(f"{both[0].isoformat()} is in days_off as well; keep it in one of the two")
        return working_days

    def named(self, kind: Literal["days_off", "working_days", "office_closed"]) -> list[tuple[date, str]]:
        """Return one of the three lists as (date, name), a range day by day."""
        entries: Days = getattr(self, kind)
        return [(on, entry.name) for entry in entries for on in entry.dates()]


def _all_dates(entries: Iterable[NamedDays]) -> list[date]:
    return [on for entry in entries for on in entry.dates()]


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _time_of_day(value: object) -> object:
    if isinstance(value, str):
        if (match := _TIME.fullmatch(value)) is None:
            raise ValueError('must be a time of day such as "08:00"')
        return time(int(match["hour"]), int(match["minute"]))
    return value


def _happens_once_a_day(value: time) -> time:
    """Refuse the hour that summer time leaves out in March and repeats in October."""
    if value.hour == 1:
        raise ValueError(
            "must not lie from 01:00 to 01:59, which is missing or comes twice when the clocks change"
        )
    return value


def _is_known_zone(key: str) -> str:
    try:
        ZoneInfo(key)
    except (ValueError, OSError, LookupError):
        near = get_close_matches(key, available_timezones(), n=1)
        hint = f'; did you mean "{near[0]}"?' if near else ', such as "Europe/London"'
        raise ValueError(f"is not a known time zone{hint}") from None
    return key


TimeOfDay = Annotated[time, BeforeValidator(_time_of_day), AfterValidator(_happens_once_a_day)]
TimeZone = Annotated[str, AfterValidator(_is_known_zone)]


class ScheduleSettings(Table):
    """
    When the digest goes out: one weekday, one time of day, in one time zone; and who watches that it does.
    """

    weekday: Annotated[Weekday, BeforeValidator(_lower)] = "monday"
    time: TimeOfDay = time(8, 0)
    timezone: TimeZone = "Europe/London"
    heartbeat_url: SecretStr | None = None

    @field_validator("heartbeat_url")
    @classmethod
    def _is_a_web_address(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None and not _WEB_ADDRESS.fullmatch(url.get_secret_value()):
            raise ValueError("must be a web address that begins with https:// or http://, without blanks")
        return url

    @property
    def weekday_number(self) -> int:
        """Return the weekday as a number; Monday is 0."""
        return WEEKDAYS.index(self.weekday)
