"""The page's settings, and the reasons a manager may give."""

import pytest

from alerter.config.page import REASONS
from alerter.errors import ConfigError
from tests.config.conftest import Load

KEY = '"' + "k" * 32 + '"'
WEB = {"web.base_url": '"https://alerts.council.example/"', "web.secret_key": KEY}
PROXY = WEB | {"web.auth": '"proxy"', "web.trusted_proxies": '["10.1.2.3", "::0001"]'}


def test_there_is_no_page_unless_it_is_configured(load: Load) -> None:
    """And the reasons are there without a word of the settings."""
    settings = load({})
    assert settings.web is None
    assert settings.reassurance.reasons == REASONS
    assert list(settings.reassurance.reasons.values()) == [
        "waiting for partner agency", "family unavailable", "worker absence",
        "with the manager for sign-off", "complex", "other",
    ]  # fmt: skip


def test_a_page_needs_its_address_and_a_key(load: Load) -> None:
    """The rest has its defaults; neither key nor proxies show in a `repr`."""
    web = load(WEB).web
    assert web is not None
    assert (web.base_url, web.link_days, web.auth) == ("https://alerts.council.example", 14, "link")
    assert (web.is_https, web.path, web.port) == (True, "", None)
    assert "kkk" not in repr(web)


def test_a_page_for_a_trial_may_be_on_this_machine(load: Load) -> None:
    """Then its port is the one that it listens on, and a path is kept."""
    web = load(WEB | {"web.base_url": '"http://127.0.0.1:8025/alerts"'}).web
    assert web is not None
    assert (web.is_https, web.path, web.port) == (False, "/alerts", 8025)


def test_proxies_are_named_by_address(load: Load) -> None:
    """However an IPv6 address is written."""
    web = load(PROXY).web
    assert web is not None
    assert web.trusted_proxies == ("10.1.2.3", "::1")


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"web.base_url": '"http://alerts.council.example"'}, "web.base_url: must begin with https://"),
        ({"web.base_url": '"https://alerts.council.example/?a=1"'}, "web.base_url: must be an address alone"),
        ({"web.secret_key": '"short"'}, "web.secret_key: must have 32 characters or more"),
        ({"web.link_days": "0"}, "web.link_days: must be 1 or more"),
        ({"web.auth": '"proxy"'}, 'web.auth: "proxy" needs trusted_proxies'),
        (
            {"web.trusted_proxies": '["proxy.council.example"]'},
            "trusted_proxies: entry 1: must be the IP",
        ),
        ({"web.proxy_header": '"X Remote"'}, "web.proxy_header: must be the name of a header"),
        ({"web.auth": '"basic"'}, 'web.auth: must be one of "link", "proxy"'),
        ({"reassurance.reasons": '{ "Big Word" = "x" }'}, "must be a short code in small letters"),
        ({"reassurance.reasons": "{}"}, "reassurance.reasons: must not be empty"),
    ],
)
def test_what_cannot_work_is_refused(load: Load, changes: dict[str, str], fault: str) -> None:
    """Each with its key, what is wrong and what to write."""
    with pytest.raises(ConfigError) as refused:
        load(WEB | changes)
    assert fault in str(refused.value)
