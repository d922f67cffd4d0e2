"""Secrets kept out of the file: `x_file` and `x_env` for every secret `x`."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from alerter.config.keys import Key, dotted

UNREAD = "unread"
"""Takes the place of a secret that could not be read, so that its absence is no second fault."""


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
    """
    Put the secret *name* into *table*; return the key at fault and why, if it cannot be had.
    """
    given = [key for key in (name, f"{name}_file", f"{name}_env") if key in table]
    if given in ([], [name]):
        return None
    values = [table.pop(key) for key in given]
    table[name] = UNREAD
    if len(given) > 1:
        return name, f"is given more than once ({', '.join(given)}); keep one"
    where = values[0]
    if not isinstance(where, str) or not where.strip():
        return given[0], "must be text in quotes"
    try:
        secret = _from_file(folder / where) if given[0].endswith("_file") else environ.get(where, "")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
        return given[0], f"the file cannot be read ({reason}); correct the path or its permissions"
    if not secret:
        return given[0], "the file is empty" if given[0].endswith(
            "_file"
        ) else "the environment variable is not set"
    table[name] = secret
    return None


def _from_file(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig").rstrip("\r\n")
