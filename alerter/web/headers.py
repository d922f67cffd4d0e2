"""The headers of every answer: nothing is loaded from elsewhere, kept, framed or referred to."""

from flask import Response

CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
ALWAYS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "Referrer-Policy": "no-referrer",  # the link in the address bar must never leave
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "X-Robots-Tag": "noindex, nofollow",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
STYLES_KEPT = "static"  # the endpoint whose answers hold nothing about anybody
HTTPS_ONLY = "max-age=31536000"


def protect(response: Response, *, is_https: bool, is_kept: bool) -> Response:
    """
    Return *response* with the headers that protect it; what *is_kept* may stay in a browser's cache.
    """
    kept = {"Cache-Control": response.headers.get("Cache-Control", "no-store")} if is_kept else {}
    response.headers.update({**ALWAYS, **kept})
    if is_https:
        response.headers["Strict-Transport-Security"] = HTTPS_ONLY
    return response
