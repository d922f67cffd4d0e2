"""Reads and compares one email address, by one strict grammar."""

import ipaddress
import re

# A dot-atom local part and a domain of at least two labels (RFC 5321 4.1.2 without quoting, comments,
# literals or UTF-8, and without the `%` and `!` by which old relays sent on, RFC 1123 5.2.16):
# everything a council uses, nothing that hides a second address.
_ATOM = r"[A-Za-z0-9#$&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})+", re.ASCII)
LONGEST = 254  # RFC 5321 4.5.3.1.3 less the angle brackets
LONGEST_LOCAL_PART = 64

_HOST_LABEL = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_HOST_LABEL}\.)*(?!\d+\Z){_HOST_LABEL}", re.ASCII)
_LITERAL = re.compile(r"\[(IPv6:)?([0-9A-Fa-f.:]+)\]", re.ASCII)


def is_address(text: str) -> bool:
    """
    Say whether *text* is exactly one plain address.

    >>> is_address("p.novak@council.example"), is_address("a@x.example, b@evil.example")
    (True, False)
    """
    local, _, _ = text.rpartition("@")
    return len(text) <= LONGEST and len(local) <= LONGEST_LOCAL_PART and _ADDRESS.fullmatch(text) is not None


def address_key(text: str) -> str:
    """Return what makes two addresses one recipient: case does not."""
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
        for allowed in (allowed_domain.casefold() for allowed_domain in allowed_domains)
    )


def is_helo_name(text: str) -> bool:
    """
    Say whether *text* is a host name or an address literal.

    >>> [is_helo_name(text) for text in ("alerts.council.example", "[IPv6:2001:db8::7]", "[192.0.2.7]")]
    [True, True, True]
    >>> [is_helo_name(text) for text in ("duty_pc", "192.0.2.7", "[2001:db8::7]", "[7]")]
    [False, False, False, False]
    """
    if (literal := _LITERAL.fullmatch(text)) is None:
        return _HOST_NAME.fullmatch(text) is not None
    try:
        address = ipaddress.ip_address(literal[2])
    except ValueError:
        return False
    return isinstance(address, ipaddress.IPv6Address) == bool(literal[1])


def own_name(name: str, address: str) -> str:
    """
    Return what a machine calls itself: its *name* where that is a full host name, else its *address*.

    >>> own_name("alerts.council.example", "192.0.2.7"), own_name("duty_pc.local", "192.0.2.7")
    ('alerts.council.example', '[192.0.2.7]')
    >>> own_name("pc", "fe80::1%eth0")
    '[IPv6:fe80::1]'
    """
    if "." in name and _HOST_NAME.fullmatch(name):
        return name
    return f"[IPv6:{address.partition('%')[0]}]" if ":" in address else f"[{address}]"
