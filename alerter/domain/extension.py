"""Says which extension may be recorded: a manager authorises that an assessment goes beyond its limit."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Literal

from alerter.domain.reasons import Reasons
from alerter.domain.wording import day_words

ExtendedBy = Literal["manager", "service_manager"]
"""Whose word it takes to go beyond the limit; a service manager may always give it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extension:
    """
    The manager *by* authorised on *recorded_on* that an assessment may take *until* a day, for a *reason*.

    It is no sign-off and never makes a late one in time (Working Together: the reason for going beyond the
    limit is recorded and authorised). *reason* is a code of the settings.
    """

    by: str
    until: date
    reason: str
    recorded_on: date

    def is_before_limit(self, due_on: date) -> bool:
        """Say whether it was authorised by the last day of the limit."""
        return self.recorded_on <= due_on


def extension_words(extension: Extension, reasons: Reasons, as_of: date) -> str:
    """
    Return what a command says of an extension.

    >>> until, on = date(2026, 12, 4), date(2026, 11, 2)
    >>> extension = Extension(by="a@x.example", until=until, reason="court", recorded_on=on)
    >>> extension_words(extension, Reasons({"court": "court proceedings"}), date(2026, 11, 23))
    'Extension to Fri 4 Dec authorised by a@x.example: court proceedings'
    """
    until, reason = day_words(extension.until, as_of), reasons.label_of(extension.reason)
    return f"Extension to {until} authorised by {extension.by}: {reason}"


class ExtensionFault(Enum):
    """Why an extension cannot be recorded as it was given."""

    NOT_BEYOND_LIMIT = "the day does not lie beyond the due date, so nothing is extended"
    IN_PAST = "the day has passed"


def faults_of(extension: Extension, due_on: date) -> list[ExtensionFault]:
    """Return why *extension* cannot be recorded for an assessment that is due on *due_on*."""
    checks = {
        ExtensionFault.NOT_BEYOND_LIMIT: extension.until <= due_on,
        ExtensionFault.IN_PAST: extension.until < extension.recorded_on,
    }
    return [fault for fault, is_so in checks.items() if is_so]
