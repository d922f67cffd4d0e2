"""The settings file: where it is, and how it becomes settings."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path

from pydantic import ValidationError

from alerter.config.faults import faults_of
from alerter.config.keys import secrets_of
from alerter.config.secrets import fetch_secrets
from alerter.config.settings import Settings
from alerter.errors import ConfigError

NAME = "config.toml"
VARIABLE = "ALERTER_CONFIG"

_POSITION = re.compile(r" \(at line (?P<line>\d+), column \d+\)$")


def find_config(option: Path | None, environ: Mapping[str, str], cwd: Path) -> Path:
    """
    Return the settings file: *option* (`--config`), else `ALERTER_CONFIG`, else `config.toml` in *cwd*.

    Raises:
        ConfigError: There is no such file.
    """
    if option is not None:
        return _existing(cwd / option, f"--config: there is no file {option}; correct the path.")
    if named := environ.get(VARIABLE):
        return _existing(cwd / named, f"{VARIABLE}: there is no file {named}; correct the variable.")
    return _existing(
        cwd / NAME,
        f"{NAME}: there is none in {cwd}; run `alerter init` to write one, or name yours with --config.",
    )


def load_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """
    Return the settings that the file at *path* holds, its secrets fetched from files and *environ*.

    Raises:
        ConfigError: The file cannot be read, or anything in it is wrong: all of it at once.
    """
    path = path.absolute()
    tree, unread = fetch_secrets(_parsed(path), secrets_of(Settings), path.parent, environ)
    faults = list(unread.values())
    try:
        settings = Settings.model_validate(tree, context={"folder": path.parent})
    except ValidationError as error:
        for key, sentences in faults_of(error, Settings).items():
            if key not in unread:
                faults.extend(sentences)
    else:
        if not faults:
            return settings
    # Raised out here, the error does not drag along pydantic's, which holds the values that were read.
    raise ConfigError(faults)


def _existing(path: Path, fault: str) -> Path:
    if not path.exists():
        raise ConfigError([fault])
    return path


def _parsed(path: Path) -> dict[str, object]:
    """
    Return the file's TOML, with or without a byte order mark.

    Raises:
        ConfigError: It cannot be read, is not UTF-8, or is not TOML.
    """
    try:
        text = path.read_bytes().decode("utf-8-sig")
        return tomllib.loads(text)
    except OSError as error:
        fault = f"{path}: cannot be read ({error.strerror}); correct the path or its permissions."
    except UnicodeDecodeError:
        fault = f"{path.name}: is not UTF-8 text; save it again with the encoding UTF-8."
    except tomllib.TOMLDecodeError as error:
        fault = f"{path.name}, line {_syntax_fault(str(error), text)}"
    raise ConfigError([fault])


def _syntax_fault(message: str, text: str) -> str:
    """
    Return the line and the reason; the end of the file counts as its last line.
    """
    match = _POSITION.search(message)
    line = match["line"] if match else str(text.count("\n") + 1)
    reason = _POSITION.sub("", message).removesuffix(" (at end of document)")
    hint = " (a Windows path stands in single quotes)" if "\\" in reason or "hex" in reason else ""
    return f"{line}: this is not TOML: {reason}{hint}; correct the line."
