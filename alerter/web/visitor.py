"""Where a request comes from, and whom the council's proxy says it is from."""

from ipaddress import ip_address

from werkzeug.datastructures import Headers

from alerter.config.web import WebSettings
from alerter.domain.address import is_address, is_in_domains

FORWARDED = "X-Forwarded-For"


def client_of(peer: str, headers: Headers, web: WebSettings) -> str:
    """
    Return the address of the client: the peer's, or behind a proxy that is named the one it forwards for.

    Of several forwarded addresses the last that is no proxy of ours counts: what stands before it, the
    client could have written itself.
    """
    if not is_trusted(peer, web):
        return peer
    hops = [hop.strip() for hop in headers.get(FORWARDED, "").split(",")]
    return next((hop for hop in reversed(hops) if hop and not is_trusted(hop, web)), peer)


def signed_on(peer: str, headers: Headers, web: WebSettings, allowed_domains: tuple[str, ...]) -> str:
    """
    Return the address of whom a named proxy says the request is from; empty where nobody may be believed.
    """
    if web.auth != "proxy" or not is_trusted(peer, web):
        return ""
    named = headers.get(web.proxy_header, "").strip()
    return named if is_address(named) and is_in_domains(named, allowed_domains) else ""


def is_trusted(peer: str, web: WebSettings) -> bool:
    """
    Say whether *peer* is one of the proxies named in the settings.
    """
    try:
        return str(ip_address(peer)) in web.trusted_proxies
    except ValueError:
        return False
