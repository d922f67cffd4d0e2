"""Makes and reads the signed links that open one recipient's list for some days."""

import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from alerter.config.settings import Settings
from alerter.domain.address import is_address
from alerter.domain.routing import Recipient
from alerter.errors import ConfigError

PATH = "/r/"
SERVICE_PAGE = "/service"
ANSWER = "alerter answer link"
"""The purpose a link is signed for: nothing signed for another one opens a list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What a link says: whose list, and which run it came with; 0 is one that was asked for between runs."""

    email: str
    run: int
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Links:
    """
    Makes and reads the links that one key signs; the same facts make the same link.

    *database* is the id of the database that a link is for: at any other one it opens nothing.
    """

    base_url: str
    good_for: timedelta
    _key: str = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> "Links | None":
        """
        Return the links of *settings*, or None where they configure no page.

        Raises:
            ConfigError: There is a page, and the package that signs is not installed.
        """
        if settings.web is None:
            return None
        try:
            import itsdangerous  # noqa: F401, PLC0415 - an extra
        except ImportError as error:
            raise ConfigError(
                ['web: needs the packages of the page: run pip install "alerter[web]", or leave [web] out.']
            ) from error
        web = settings.web
        return cls(web.base_url, timedelta(days=web.link_days), web.secret_key.get_secret_value())

    def make(self, database: str, run: int, recipient: Recipient, made_at: datetime) -> str:
        """Return the link of one *recipient* for one *run*, whose days begin at *made_at*."""
        token = self._serializer(database).dumps([run, recipient.key, int(made_at.timestamp())])
        return f"{self.base_url}{PATH}{token}"

    def read(self, database: str, token: str, now: datetime) -> Opened | None:
        """Return what the last part of a link says; None where it is not ours, was changed, or is too old."""
        from itsdangerous import BadData  # noqa: PLC0415 - an extra

        try:
            run, email, made = said = self._serializer(database).loads(token)
            opened = Opened(email=str(email), run=run, made_at=datetime.fromtimestamp(made, UTC))
        except (BadData, ValueError, TypeError, OverflowError):
            return None
        is_good = opened.made_at <= now + timedelta(minutes=1) and now <= opened.made_at + self.good_for
        # The last bits of base64 stand for nothing: other letters there read as the same signature.
        is_as_made = token == self._serializer(database).dumps(said)
        return opened if is_good and is_as_made and is_address(email) else None

    def _serializer(self, database: str) -> Any:
        from itsdangerous import URLSafeSerializer  # noqa: PLC0415 - an extra

        salt = f"{ANSWER} for {database}"
        return URLSafeSerializer(self._key, salt=salt, signer_kwargs={"digest_method": hashlib.sha256})
