"""Secrets: in the file, beside it or in the environment, and never shown."""

from pathlib import Path

import pytest

from alerter.config.config_faults import dotted, secrets_of
from alerter.config.file import load_settings
from alerter.config.settings import Settings
from alerter.errors import ConfigError
from tests.config.small_file import Faults, Load, Write

CANARY = "canary-hunter2"
LOGIN = {"email.smtp.username": '"alerter"'}


def test_logins_and_urls_are_the_secrets() -> None:
    """A new secret joins this list, and with it the tests that walk it."""
    assert [dotted(key) for key in secrets_of(Settings)] == [
        "database.url",
        "source.url",
        "schedule.heartbeat_url",
        "email.smtp.username",
        "email.smtp.password",
        "email.smtp.oauth.client_certificate",
        "email.smtp.oauth.client_certificate_password",
        "email.smtp.oauth.client_secret",
        "email.graph.client_certificate",
        "email.graph.client_certificate_password",
        "email.graph.client_secret",
        "email.notify.api_key",
        "email.bounces.username",
        "email.bounces.oauth.client_certificate",
        "email.bounces.oauth.client_certificate_password",
        "email.bounces.oauth.client_secret",
        "email.bounces.password",
        "web.secret_key",
    ]


@pytest.mark.parametrize("content", [CANARY, f"{CANARY}\n", f"{CANARY}\r\n", f"\ufeff{CANARY}"])
def test_a_secret_file_beside_the_settings_is_read_without_its_line_end(
    load: Load, tmp_path: Path, content: str
) -> None:
    """Editors end files with a line end, which is no part of a password; blanks may be."""
    (tmp_path / "password").write_text(content, encoding="utf-8", newline="")
    loaded = load({**LOGIN, "email.smtp.password_file": '"password"'})
    assert loaded.email.smtp.password is not None
    assert loaded.email.smtp.password.get_secret_value() == CANARY


def test_a_secret_is_taken_from_the_environment(load: Load) -> None:
    """`x_env` names the variable."""
    loaded = load({"database.url_env": '"DB"'}, {"DB": f"postgres://u:{CANARY}@db.example/a"})
    assert loaded.database.url.get_secret_value() == f"postgresql+psycopg://u:{CANARY}@db.example/a"


@pytest.mark.parametrize(
    ("changes", "environ", "fault"),
    [
        (
            {"email.smtp.password_file": f'"{CANARY}"'},
            {},
            "email.smtp.password_file: the file cannot be read",
        ),
        ({"email.smtp.password_file": '"."'}, {}, "email.smtp.password_file: the file cannot be read"),
        ({"email.smtp.password_file": '"latin"'}, {}, "email.smtp.password_file: the file cannot be read"),
        ({"email.smtp.password_file": '"empty"'}, {}, "email.smtp.password_file: the file is empty."),
        ({"email.smtp.password_file": "5"}, {}, "email.smtp.password_file: must be text in quotes."),
        (
            {"email.smtp.password_env": f'"{CANARY}"'},
            {},
            "email.smtp.password_env: the environment variable is",
        ),
        (
            {"email.smtp.password_env": '"P"'},
            {"P": ""},
            "email.smtp.password_env: the environment variable is",
        ),
        (
            {"email.smtp.password": f'"{CANARY}"', "email.smtp.password_env": '"P"'},
            {"P": CANARY},
            "email.smtp.password: is given more than once (password, password_env); keep one.",
        ),
        (
            {"email.smtp.password": f'["{CANARY}"]'},
            {},
            "email.smtp.password: must be text in quotes, not a list.",
        ),
    ],
)
def test_a_secret_that_cannot_be_had_is_one_fault_without_a_trace_of_it(
    faults: Faults, tmp_path: Path, changes: dict[str, str], environ: dict[str, str], fault: str
) -> None:
    """The key is named; neither path nor variable is repeated, since a secret may have been written there."""
    (tmp_path / "empty").write_bytes(b"\n")
    (tmp_path / "latin").write_bytes("Café".encode("cp1252"))
    (found,) = faults({**LOGIN, **changes}, environ)
    assert found.startswith(fault)
    assert CANARY not in found


@pytest.mark.parametrize("url", [f"mysql://u:{CANARY}@x/y", CANARY])
def test_a_refused_url_is_not_repeated(faults: Faults, url: str) -> None:
    """A database URL may hold a password."""
    (fault,) = faults({"database.url": f'"{url}"'})
    assert fault.startswith("database.url: ")
    assert CANARY not in fault


def test_settings_never_show_a_secret(load: Load) -> None:
    """Neither printed nor dumped, and the fingerprint is the same whatever the password."""
    first, second = (
        load({"email.smtp.username": f'"{word}"', "email.smtp.password": f'"{word}"'})
        for word in (CANARY, "b")
    )
    assert CANARY not in f"{first!r} {first} {first.model_dump_json()}"
    assert first.fingerprint == second.fingerprint


def test_a_refusal_drags_no_secret_along(write: Write) -> None:
    """A traceback shows the errors behind an error; there is none that holds what was read."""
    path = write({**LOGIN, "email.smtp.password": f'"{CANARY}"', "council": "7"})
    with pytest.raises(ConfigError) as caught:
        load_settings(path, {})
    assert caught.value.__context__ is None


@pytest.mark.parametrize("key", ["username", "password"])
def test_half_a_login_is_a_fault(faults: Faults, key: str) -> None:
    """A server that wants a login wants both."""
    assert faults({f"email.smtp.{key}": '"x"'}) == (
        "email.smtp.password: username and password go together: give both or neither.",
    )
