"""Finds the settings file, and reads it into settings."""

import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from pydantic import ValidationError

from alerter.config.base import UNREAD
from alerter.config.config_faults import Key, dotted, faults_of, secrets_of
from alerter.config.settings import Settings
from alerter.errors import ConfigError

NAME = "config.toml"
VARIABLE = "ALERTER_CONFIG"

_POSITION = re.compile(r" \(at line (?P<line>\d+), column \d+\)$")

EXAMPLE_NAME = "config.example.toml"


def fetch_secrets(
    tree: Mapping[str, object], keys: Iterable[Key], folder: Path, environ: Mapping[str, str]
) -> tuple[dict[str, object], dict[str, str]]:
    """
    Return *tree* with the secrets at *keys* in their places, and what went wrong by the secret's dotted key.

    A fault repeats neither path nor variable: somebody may have written the secret itself there.
    """
    fetched, faults = dict(tree), {}
    for key in keys:
        table = _copied_table(fetched, key[:-1])
        if fault := _fetch(table, key[-1], folder, environ):
            wrong, sentence = fault
            faults[dotted(key)] = f"{dotted((*key[:-1], wrong))}: {sentence}."
    return fetched, faults


def _copied_table(tree: dict[str, object], path: Key) -> dict[str, object]:
    """
    Return the table at *path*, copied on the way down; an empty one that leads nowhere if there is none.
    """
    for name in path:
        below = tree.get(name)
        if not isinstance(below, dict):
            return {}
        tree[name] = tree = dict(below)
    return tree


def _fetch(
    table: dict[str, object], name: str, folder: Path, environ: Mapping[str, str]
) -> tuple[str, str] | None:
    """Put the secret *name* into *table*; return the key at fault and why, if it cannot be had."""
    keys_given = [key for key in (name, f"{name}_file", f"{name}_env") if key in table]
    if keys_given in ([], [name]):
        return None
    values = [table.pop(key) for key in keys_given]
    table[name] = UNREAD
    if len(keys_given) > 1:
        return name, f"is given more than once ({', '.join(keys_given)}); keep one"
    where = values[0]
    if not isinstance(where, str) or not where.strip():
        return keys_given[0], "must be text in quotes"
    try:
        secret = _from_file(folder / where) if keys_given[0].endswith("_file") else environ.get(where, "")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        return keys_given[0], f"the file cannot be read ({reason}); correct the path or its permissions"
    if not secret:
        return keys_given[0], "the file is empty" if keys_given[0].endswith(
            "_file"
        ) else "the environment variable is not set"
    table[name] = secret
    return None


def _from_file(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig").rstrip("\r\n")


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
    """Return the line and the reason; the end of the file counts as its last line."""
    match = _POSITION.search(message)
    line = match["line"] if match else str(text.count("\n") + 1)
    reason = _POSITION.sub("", message).removesuffix(" (at end of document)")
    hint = " (a Windows path stands in single quotes)" if "\\" in reason or "hex" in reason else ""
    return f"{line}: this is not TOML: {reason}{hint}; correct the line."


def example_settings() -> str:
    """Return the example settings: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent.parent
    installed = package / EXAMPLE_NAME
    path = installed if installed.is_file() else package.parent / EXAMPLE_NAME
    return path.read_text(encoding="utf-8")
