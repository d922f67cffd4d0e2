"""One email address, by one strict grammar."""

import re

# A dot-atom local part and a domain of at least two labels (RFC 5321 4.1.2 without quoting, comments,
# literals or UTF-8, and without the `%` and `!` by which old relays sent on, RFC 1123 5.2.16):
# everything a council uses, nothing that hides a second address.
_ATOM = r"[A-Za-z0-9#$&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+", re.ASCII)
LONGEST = 254  # RFC 5321 4.5.3.1.3 less the angle brackets
LONGEST_LOCAL_PART = 64


def is_address(text: str) -> bool:
    """
    Say whether *text* is exactly one plain address.

    >>> is_address("p.novak@council.example"), is_address("a@x.example, b@evil.example")
    (True, False)
    """
    local, _, _ = text.rpartition("@")
    return len(text) <= LONGEST and len(local) <= LONGEST_LOCAL_PART and _ADDRESS.fullmatch(text) is not None


def address_key(text: str) -> str:
    """
    Return what makes two addresses one recipient: case does not.
    """
    return text.casefold()


def is_in_domains(address: str, allowed_domains: tuple[str, ...]) -> bool:
    """
    Say whether *address* lies in one of *allowed_domains*.

    Subdomains only where written `*.council.example`, which does not take in the domain itself.

    >>> is_in_domains("a@council.example", ("council.example",))
    True
    >>> is_in_domains("a@mail.council.example", ("council.example",))
    False
    >>> is_in_domains("a@mail.council.example", ("*.council.example",))
    True
    """
    domain = address.rpartition("@")[2].casefold()
    return any(
        domain.endswith(allowed[1:]) if allowed.startswith("*.") else domain == allowed
        for allowed in (each.casefold() for each in allowed_domains)
    )
