"""Logging in to a mail server: by password, or by an OAuth access token."""

import base64
import smtplib

from alerter.errors import MailStoppedError
from alerter.mail.conversation import Conversation, SmtpServer

CHALLENGE = 334
OK = 2  # the first digit of a reply


def log_in(smtp: Conversation, server: SmtpServer, *, is_anew: bool = False) -> None:
    """
    Log in with one attempt, so that a wrong secret never locks the account; without a secret do nothing.

    With *is_anew* a new token is fetched, whatever is at hand.

    Raises:
        MailStoppedError: The server does not offer XOAUTH2, or no token is to be had.
        MailDeferredError: A token cannot be had now.
        smtplib.SMTPResponseException: The server refuses the login.
    """
    offered = smtp.esmtp_features.get("auth", "").upper().split()
    if server.token is not None:
        if "XOAUTH2" not in offered:
            raise MailStoppedError(
                f"{server.host}:{server.port} does not offer a login by XOAUTH2: correct email.smtp, or set "
                'email.smtp.auth to "password".'
            )
        _by_token(smtp, server.username, server.token(is_anew=is_anew))
    elif server.username:
        _by_password(smtp, server.username, server.password, offered)


def expect_ok(code: int, text: bytes) -> None:
    """
    Go on after a 2xx reply only.

    Raises:
        smtplib.SMTPResponseException: The reply is another one.
    """
    if code // 100 != OK:
        raise smtplib.SMTPResponseException(code, text)


def _by_token(smtp: Conversation, username: str, token: str) -> None:
    """
    Speak XOAUTH2; an error comes as a challenge first, which wants an empty answer before the refusal.
    """
    secret = _base64(f"user={username}\x01auth=Bearer {token}\x01\x01")
    code, text = smtp.docmd("AUTH", f"XOAUTH2 {secret}")
    if code == CHALLENGE:
        code, text = smtp.docmd("")
    expect_ok(code, text)


def _by_password(smtp: Conversation, username: str, password: str, offered: list[str]) -> None:
    """
    Speak PLAIN (RFC 4616) where offered, else LOGIN; both in UTF-8.
    """
    if "PLAIN" in offered:
        secret = _base64(f"\0{username}\0{password}")
        expect_ok(*smtp.docmd("AUTH", f"PLAIN {secret}"))
        return
    for command in ("AUTH LOGIN", _base64(username)):
        code, text = smtp.docmd(command)
        if code != CHALLENGE:
            raise smtplib.SMTPResponseException(code, text)
    expect_ok(*smtp.docmd(_base64(password)))


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode("ascii")
