"""The site as a WSGI application: its routes, and the checks of each request."""

from datetime import timedelta
from pathlib import Path

from flask import Flask, Response, request, session
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from alerter.app.link_letters import Mailroom
from alerter.app.logs import Journal
from alerter.errors import AlerterError
from alerter.installation.installation import Installation
from alerter.web import sessions
from alerter.web.audit_pages import AuditPages
from alerter.web.covers import CoverPages
from alerter.web.extensions import ExtensionPages
from alerter.web.forms import MOST_DIGITS
from alerter.web.guard import STYLES_KEPT, protect
from alerter.web.pages import Pages
from alerter.web.service_pages import ServicePages
from alerter.web.site import BAD, TOO_MANY, Frame, Site

LARGEST_FORM = 512 << 10  # two hundred rows with every field filled in
ROUTES = (
    ("GET", "/", "start"),
    ("GET", "/r/<token>", "enter"),
    ("GET", "/list", "own_list"),
    ("POST", "/list", "answer"),
    ("GET", "/recorded", "recorded"),
    ("POST", "/undo", "undo"),
    ("GET", "/link", "link"),
    ("POST", "/link", "ask"),
    ("GET", "/asked", "asked"),
    ("POST", "/leave", "leave"),
)
NUMBER = f"<int(max={10**MOST_DIGITS - 1}):number>"
SERVICE_ROUTES = (
    ("GET", "/service", "service"),
    ("GET", "/service/open", "open_assessments"),
    ("GET", "/service/open.<ending>", "open_file"),
    ("GET", "/service/emails", "emails"),
    ("GET", f"/service/emails/{NUMBER}", "emails_of"),
)
ONE_AUDIT = f"/audits/{NUMBER}"
AUDIT_ROUTES = (
    ("GET", "/audits", "audits"),
    ("GET", ONE_AUDIT, "audit"),
    ("POST", ONE_AUDIT, "give"),
)
COVER_ROUTES = (
    ("GET", "/cover", "covers"),
    ("POST", "/cover", "set_cover"),
    ("POST", "/cover/end", "end_cover"),
)
ONE_EXTENSION = f"/extensions/{NUMBER}"
EXTENSION_ROUTES = (
    ("GET", "/extensions", "extensions"),
    ("GET", ONE_EXTENSION, "extension"),
    ("POST", ONE_EXTENSION, "extend"),
    ("POST", "/extensions/undo", "undo_extension"),
)
FAULT = 500


def make_application(installation: Installation, journal: Journal, mailroom: Mailroom) -> Flask:
    """
    Return the site of *installation* as a WSGI application.

    Raises:
        ConfigError: Its settings have no `[web]`.
    """
    site = Site.of(installation, journal, mailroom)
    app = Flask("alerter.web", root_path=str(Path(__file__).parent))
    # Otherwise a slash too many or too few leads on to the address in the Host header.
    app.url_map.merge_slashes = app.url_map.strict_slashes = False
    app.config.update(_settings_of(site))
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    frame = Frame(site)
    pages = Pages(frame)
    for views, routes in (
        (pages, ROUTES),
        (ServicePages(frame), SERVICE_ROUTES),
        (AuditPages(frame), AUDIT_ROUTES),
        (CoverPages(frame), COVER_ROUTES),
        (ExtensionPages(frame), EXTENSION_ROUTES),
    ):
        for method, path, name in routes:
            app.add_url_rule(path, name, getattr(views, name), methods=[method])
    _guard(app, site, pages)
    return app


def _settings_of(site: Site) -> dict[str, object]:
    """
    Return Flask's settings.

    A cookie named `__Host-` cannot be set by a neighbouring host, but needs https and the whole host.
    """
    is_alone = site.web.is_https and not site.web.path
    return {
        "SECRET_KEY": site.web.secret_key.get_secret_value(),
        "MAX_CONTENT_LENGTH": LARGEST_FORM,
        "MAX_FORM_MEMORY_SIZE": LARGEST_FORM,
        "SESSION_COOKIE_NAME": "__Host-alerter" if is_alone else "alerter",
        "SESSION_COOKIE_PATH": site.web.path or "/",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SECURE": site.web.is_https,
        "SESSION_COOKIE_SAMESITE": "Lax",  # Strict would not come along when the link in an email is opened
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PROPAGATE_EXCEPTIONS": False,
        "SEND_FILE_MAX_AGE_DEFAULT": timedelta(minutes=5),
    }


def _guard(app: Flask, site: Site, pages: Pages) -> None:
    """Set what is asked before each page, and done after it."""

    def admit() -> Response | None:
        if not site.requests.allows(site.client_of(request)):
            return pages.refused(TOO_MANY)
        if request.method == "POST":
            token = request.form.get(sessions.FIELD, "")
            if not sessions.is_own_form(session, token, request.headers.get("Sec-Fetch-Site", "")):
                site.journal.warn("form_refused", page=request.endpoint)
                return pages.refused(BAD)
        return None

    def finish(response: Response) -> Response:
        page = request.endpoint or "none"
        site.journal.note("page", page=page, method=request.method, status=response.status_code)
        return protect(response, is_https=site.web.is_https, is_kept=page == STYLES_KEPT)

    def fail(error: Exception) -> Response:
        if isinstance(error, HTTPException):
            return pages.refused(error.code or FAULT)
        why = str(error) if isinstance(error, AlerterError) else None
        site.journal.warn("page_failed", page=request.endpoint, fault=type(error).__name__, why=why)
        return pages.refused(FAULT)

    app.before_request(admit)
    app.after_request(finish)
    app.register_error_handler(Exception, fail)
