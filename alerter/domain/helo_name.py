"""What a machine calls itself to a mail server: a host name, or its address in brackets (RFC 5321 4.1.3)."""

import ipaddress
import re

_LABEL = r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)"
_HOST_NAME = re.compile(rf"(?=.{{1,253}}\Z)(?:{_LABEL}\.)*(?!\d+\Z){_LABEL}", re.ASCII)
_LITERAL = re.compile(r"\[(IPv6:)?([0-9A-Fa-f.:]+)\]", re.ASCII)


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
