"""What servers say when they refuse, with what to do about it; docs/operations.md has the same table."""

from dataclasses import dataclass

EXCHANGE, ENTRA, GRAPH = "Exchange Online", "Entra", "Microsoft Graph"
GMAIL, NOTIFY = "Gmail", "GOV.UK Notify"


@dataclass(frozen=True, slots=True)
class Refusal:
    """
    What a *service* says, by which it is known, and the *advice*.

    All of *words*, which are parted by `...`, stand in the answer in this order.
    """

    service: str
    words: str
    advice: str

    def is_in(self, answer: str) -> bool:
        """
        Say whether an *answer* is this refusal, in whichever case.

        >>> Refusal("x", "535 ... 5.7.8", "y").is_in("535-5.7.8 Username and Password not accepted")
        True
        """
        place = 0
        for piece in self.words.casefold().split(" ... "):
            found = answer.casefold().find(piece, place)
            if found < 0:
                return False
            place = found + len(piece)
        return True


KNOWN = (
    Refusal(
        EXCHANGE,
        "5.7.139 ... SmtpClientAuthentication is disabled",
        'SMTP AUTH is off for the tenant or the mailbox: use transport = "graph", or have it switched on',
    ),
    Refusal(EXCHANGE, "5.7.139", 'logins by password are off: use transport = "graph" or auth = "xoauth2"'),
    Refusal(
        EXCHANGE,
        "535 ... 5.7.3",
        "the login is wrong, or the application may not send as the mailbox (SMTP.SendAsApp)",
    ),
    Refusal(EXCHANGE, "5.7.57", "a login is wanted: set email.smtp.username and what goes with it"),
    Refusal(
        EXCHANGE, "5.7.60", "the account may not send as email.sender: give it Send As, or correct the sender"
    ),
    Refusal(
        EXCHANGE,
        "5.2.252",
        "the account may not send as email.sender: give it Send As, or correct the sender",
    ),
    Refusal(
        EXCHANGE, "5.1.8", "the mailbox is blocked for spam: an admin releases it under Restricted entities"
    ),
    Refusal(
        EXCHANGE,
        "5.7.708",
        "this network's address is not trusted: ask Microsoft's support, or send by a relay",
    ),
    Refusal(EXCHANGE, "5.1.10", "there is no such mailbox: correct the address in the directory"),
    Refusal(EXCHANGE, "4.4.2 ... submission rate", "more than 30 messages a minute: set max_per_minute = 30"),
    Refusal(
        EXCHANGE,
        "4.3.2 ... thread limit",
        "another program sends from this mailbox at the same time: give the alerter one of its own",
    ),
    Refusal(ENTRA, "AADSTS7000215", "the secret is wrong: copy its value, not its id"),
    Refusal(ENTRA, "AADSTS7000222", "the secret has ended: make a new one"),
    Refusal(ENTRA, "AADSTS700027", "the certificate is not the one that was uploaded, or has ended"),
    Refusal(ENTRA, "AADSTS700016", "the tenant has no such application: correct client_id or tenant_id"),
    Refusal(ENTRA, "AADSTS90002", "there is no such tenant: correct tenant_id"),
    Refusal(ENTRA, "AADSTS53003", "conditional access keeps the application out: have it let in from here"),
    Refusal(
        GRAPH,
        "ErrorSendAsDenied",
        "the mailbox may not send as email.sender: write the mailbox's own address there",
    ),
    Refusal(
        GRAPH,
        "ErrorAccessDenied",
        "the application has no permission on this mailbox: assign the role in Exchange",
    ),
    Refusal(GRAPH, "ErrorInvalidUser", "there is no such mailbox: correct email.graph.mailbox"),
    Refusal(GRAPH, "MailboxNotEnabledForRESTAPI", "the mailbox is not in Exchange Online, or has no licence"),
    Refusal(
        GRAPH, "MailboxNotSupportedForRESTAPI", "the mailbox is not in Exchange Online, or has no licence"
    ),
    Refusal(GMAIL, "534 ... 5.7.9", "a password for applications is wanted: make one in the Google account"),
    Refusal(
        GMAIL, "535 ... 5.7.8 ... not accepted", "the login is wrong: Gmail wants a password for applications"
    ),
    Refusal(
        GMAIL,
        "Invalid credentials for relay",
        "this machine's address is not in the SMTP relay service of Google Workspace: have it entered there",
    ),
    Refusal(
        GMAIL,
        "5.7.0 ... Mail relay denied",
        "this machine's address is not in the SMTP relay service of Google Workspace: have it entered there",
    ),
    Refusal(
        GMAIL,
        "5.4.5",
        "the day's limit of the account is reached: it goes on tomorrow, or by another account",
    ),
    Refusal(NOTIFY, "system clock", "this machine's clock is wrong by more than 30 seconds: set it"),
    Refusal(NOTIFY, "API key not found", "the key was revoked, or is of another service: make a new one"),
    Refusal(NOTIFY, "team-only API key", "the key sends to the team alone: use a live one"),
    Refusal(NOTIFY, "trial mode", "the service is in trial mode: ask for it to go live"),
    Refusal(NOTIFY, "Exceeded send limits", "the day's limit of the service is reached: it goes on tomorrow"),
)
"""The first that fits counts."""


def explained(answer: str) -> str:
    """
    Return an *answer* with what to do about it, where it is a known refusal.

    >>> explained("550 5.1.1 no such user")
    '550 5.1.1 no such user'
    >>> explained("421 4.4.2 Message submission rate for this client has exceeded the configured limit")[-63:]
    'limit (more than 30 messages a minute: set max_per_minute = 30)'
    """
    refusal = next((refusal for refusal in KNOWN if refusal.is_in(answer)), None)
    return answer if refusal is None else f"{answer} ({refusal.advice})"
