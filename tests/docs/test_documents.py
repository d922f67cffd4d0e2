"""The documents: their links lead somewhere, their pictures are small, and they leave nothing out."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args, get_origin

import click
import pytest

from alerter.cli.commands import COMMANDS
from alerter.cli.main import group
from alerter.config.base import Table
from alerter.config.clocks import PRESETS
from alerter.config.config_faults import ANY, Key, keys_of, secrets_of
from alerter.config.settings import Settings
from alerter.sources.recognition.synonyms import SYNONYMS
from tests import contents
from tests.contents import anchor_of

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
LINK = re.compile(r"\]\((?!https?:)(?P<path>[^)#\s]*)(?:#(?P<anchor>[^)]+))?\)")
HEADING = re.compile(r"^#+ (?P<text>.+)$", re.MULTILINE)
SOURCE = re.compile(r"`(?P<path>(?:[a-z_0-9]+/)+[a-z_0-9]+\.py)`")
CODE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LARGEST = 200_000
DAYS = ("days_off", "working_days", "office_closed")


def text_of(page: Path) -> str:
    """Return the text of *page*."""
    return page.read_text(encoding="utf-8")


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as GitHub makes them."""
    return {anchor_of(heading["text"]) for heading in HEADING.finditer(CODE.sub("", text_of(page)))}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every relative link names a file that is there, and a heading that is in it."""
    dead = []
    for link in LINK.finditer(CODE.sub("", text_of(page))):
        target = page.parent / link["path"] if link["path"] else page
        if not target.exists() or (link["anchor"] and link["anchor"] not in anchors_of(target)):
            dead.append(link[0])
    assert dead == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_source_files_that_are_named_are_there(page: Path) -> None:
    """A module is named from the top of the tree or from `alerter/`, and renamed when it is."""
    named = {source["path"] for source in SOURCE.finditer(text_of(page))}
    there = {path for path in named for top in ("", "alerter") if (ROOT / top / path).exists()}
    assert named - there == set()


def test_every_page_is_led_to_from_the_readme() -> None:
    """Whoever reads the README finds all of `docs/`."""
    linked = {link["path"] for link in LINK.finditer(text_of(ROOT / "README.md"))}
    assert {f"docs/{page.name}" for page in ROOT.glob("docs/*.md")} - linked == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_readme_has_every_option(name: str) -> None:
    """A command's row, or rows, in the README name the options that it has, and no other."""
    command = group.get_command(click.Context(group), name)
    assert command is not None
    options = {
        option
        for parameter in command.params
        if isinstance(parameter, click.Option)
        for option in parameter.opts
        if option.startswith("--")
    }
    rows = re.findall(rf"^\| `alerter {name}\b.*$", text_of(ROOT / "README.md"), re.MULTILINE)
    assert set(re.findall(r"--[a-z-]+", " ".join(rows))) == options


def test_pictures_are_small_and_shown() -> None:
    """Each picture is one that a page shows, and has at most 200 kB."""
    shown = {link["path"].rpartition("/")[2] for page in PAGES for link in LINK.finditer(text_of(page))}
    pictures = sorted((ROOT / "docs/pictures").iterdir())
    assert [picture.name for picture in pictures if picture.stat().st_size > LARGEST] == []
    assert {picture.name for picture in pictures} - shown == set()


def described() -> Iterator[tuple[Key, str]]:
    """Give each key that `docs/settings.md` describes, with its default."""
    table: Key | None = None
    for line in text_of(ROOT / "docs/settings.md").splitlines():
        if heading := re.fullmatch(r"#+ `\[(?P<name>[a-z_.*]+)\]`", line):
            table = tuple(heading["name"].split("."))
            yield table, ""
        elif line.startswith("#"):
            table = () if line == "## Top level" else None
        elif table is not None and (row := re.match(r"\| `(?P<key>[a-z_]+)` \| (?P<default>.+?) \| ", line)):
            yield (*table, row["key"]), row["default"]


def as_toml(value: object) -> str:
    """Return a default as one writes it in the settings."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value}"' if isinstance(value, str) else str(value)


def test_every_setting_is_described() -> None:
    """`docs/settings.md` has a row for every key of the models, and for no other."""
    known = {key for key, _ in keys_of(Settings)}
    known -= {key for key in known if key[-2:-1] == (ANY,) and key[-3] in DAYS}  # told above their table
    known -= {key for key in known if key[-2:-1] == ("earlier",)}
    tables = {key[:length] for key in known for length in range(1, len(key))} | {("reasons",)}
    rows = {key for key, _ in described()}
    assert known - rows - tables == set()
    assert rows - known - tables == set()


def test_defaults_are_those_of_the_models() -> None:
    """What `docs/settings.md` gives as a number, a word or a truth is what holds without the key."""
    written = {key: default.strip("`") for key, default in described() if default.startswith("`")}
    models: dict[Key, object] = dict(defaults_of(Settings))
    differing = {
        key: (default, models[key])
        for key, default in written.items()
        if isinstance(models[key], bool | int | str) and as_toml(models[key]) != default
    }
    assert differing == {}
    numbers = {key for key, default in models.items() if isinstance(default, bool | int)}
    assert {key for key in numbers if "earlier" not in key and key not in written} == set()


def defaults_of(kind: object, above: Key = ()) -> Iterator[tuple[Key, object]]:
    """Give the default of every key at and below a table of settings, or what an annotation is made of."""
    if isinstance(kind, type) and issubclass(kind, Table):
        for name, field in kind.model_fields.items():
            key = (*above, field.alias or name)
            yield key, field.default
            yield from defaults_of(field.annotation, key)
        return
    inside = (*above, ANY) if get_origin(kind) in (dict, tuple) else above
    for inner in get_args(kind):
        yield from defaults_of(inner, inside)


def test_every_secret_is_marked() -> None:
    """A key that may be given as a file or a variable says so."""
    text = text_of(ROOT / "docs/settings.md")
    for key in secrets_of(Settings):
        assert re.search(rf"^\| `{key[-1]}` \| [^|]+ \| \*secret\*", text, re.MULTILINE), key


def test_synonyms_are_those_of_the_code() -> None:
    """`docs/input.md` has a row for each column that `init` knows by other headings, with all of them."""
    text = text_of(ROOT / "docs/input.md")
    for column, headings in SYNONYMS.items():
        assert f"| `{column}` | {'; '.join(headings)} |" in text


def test_presets_are_those_of_the_code() -> None:
    """Name, limit, alert day and clock of each preset."""
    text = text_of(ROOT / "docs/settings.md")
    for name, preset in PRESETS.items():
        row = f"| `{name}` | {preset['working_days']} | {preset['alert_after']} | {preset['clock']} |"
        assert row in text


def test_decisions_are_newest_first_and_all_in_the_contents() -> None:
    """`make documents` sorts them and writes the contents anew."""
    text = text_of(contents.PAGE)
    assert text == contents.page(text)
