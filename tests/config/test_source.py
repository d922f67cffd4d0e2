"""Where the data lie."""

from datetime import date
from pathlib import Path
from typing import get_args

import pytest

from alerter.config.input import COLUMN_PRESETS, Column
from alerter.sources.columns import ASSESSMENT_COLUMNS
from tests.config.small_file import Faults, Load


def test_relative_paths_start_at_the_settings_files_folder(load: Load, tmp_path: Path) -> None:
    """Wherever the program was started; a pattern too."""
    loaded = load({"source.path": '"extracts/*.csv"'})
    assert loaded.source.path == tmp_path / "extracts" / "*.csv"
    assert loaded.directory.path == tmp_path / "directory.csv"
    assert load({"source.path": "'/srv/extracts'"}).source.path == Path("/srv/extracts").absolute()


@pytest.mark.parametrize(
    ("written", "file"),
    [
        (None, "alerter.db"),
        ("sqlite:///data/a.db", "data/a.db"),
        ("sqlite+pysqlite:///a.db?timeout=5", "a.db?timeout=5"),
    ],
)
def test_a_sqlite_file_lies_beside_the_settings(
    load: Load, tmp_path: Path, written: str | None, file: str
) -> None:
    """The default one as well."""
    url = load({} if written is None else {"database.url": f'"{written}"'}).database.url.get_secret_value()
    assert url.partition(":///")[2] == f"{tmp_path.as_posix()}/{file}"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_url_names_the_driver_that_is_there(load: Load, scheme: str) -> None:
    """Hosting panels give the bare form."""
    url = load({"database.url": f'"{scheme}://u:p@db.example/alerter"'}).database.url
    assert url.get_secret_value() == "postgresql+psycopg://u:p@db.example/alerter"


@pytest.mark.parametrize(
    "url", ["", "alerter.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", "mysql://x/y"]
)
def test_a_store_that_would_forget_or_is_not_ours_is_refused(faults: Faults, url: str) -> None:
    """A database in memory would forget what was sent."""
    (fault,) = faults({"database.url": f'"{url}"'})
    assert fault.startswith("database.url: must ")


def test_sql_needs_a_url_and_a_query_and_no_path(load: Load, faults: Faults) -> None:
    """Any database that SQLAlchemy speaks to may be read from."""
    sql = {"source.path": None, "source.kind": '"sql"'}
    assert [fault.partition(": ")[0] for fault in faults(sql)] == ["source.url", "source.query"]
    given = {"source.url": '"mssql+pyodbc://r.example/c"', "source.query": '"SELECT * FROM v"'}
    assert load({**sql, **given}).source.query == "SELECT * FROM v"


@pytest.mark.parametrize("kind", ["csv", "workbook", "annex-a", "cin-census"])
def test_a_file_kind_needs_a_path(faults: Faults, kind: str) -> None:
    """An empty `[source]` is not enough."""
    (fault,) = faults({"source.path": None, "source.kind": f'"{kind}"'})
    assert fault == f'source.path: is missing; kind = "{kind}" needs a file, a folder or a pattern.'


def test_columns_are_a_mapping_or_the_name_of_one(load: Load, faults: Faults) -> None:
    """Either way the reader gets canonical names and headings."""
    assert load({"source.columns.child_id": '"Person ID"'}).source.columns == {"child_id": "Person ID"}
    assert load({"source.columns": '"mosaic"'}).source.columns["child_id"] == "PERSON_ID"
    assert faults({"source.columns": '"mosiac"'}) == (
        "source.columns: must be a table, or one of the presets mosaic, liquidlogic, eclipse, ssd.",
    )


@pytest.mark.parametrize("preset", COLUMN_PRESETS)
def test_each_preset_names_what_every_row_needs(load: Load, preset: str) -> None:
    """A child, a start and a sign-off, under canonical names."""
    columns = load({"source.columns": f'"{preset}"'}).source.columns
    assert {"assessment_id", "child_id", "started_on", "authorised_on"} <= set(columns)


def test_the_canonical_columns_are_the_readers() -> None:
    """The two lists stand on different floors and must agree."""
    assert set(get_args(Column)) == set(ASSESSMENT_COLUMNS)


def test_the_day_before_which_nothing_is_chased(load: Load, faults: Faults) -> None:
    """A date of TOML's own, as in the example file, and nothing else."""
    assert load({}).source.ignore_started_before is None
    loaded = load({"source.ignore_started_before": "2020-01-01"})
    assert loaded.source.ignore_started_before == date(2020, 1, 1)
    (fault,) = faults({"source.ignore_started_before": '"last year"'})
    assert fault.startswith("source.ignore_started_before:")


@pytest.mark.parametrize(
    ("kind", "key", "value", "has_conferences"),
    [
        ("annex-a", "list", "4", False),
        ("annex-a", "list", "5", True),
        ("cin-census", "block", '"Assessments"', False),
        ("cin-census", "block", '"Section47"', True),
    ],
)
def test_which_list_or_block_is_read(
    load: Load, faults: Faults, kind: str, key: str, value: str, *, has_conferences: bool
) -> None:
    """Section 47 enquiries instead of assessments; only where the kind has them."""
    assert (
        load({"source.kind": f'"{kind}"', f"source.{key}": value}).source.has_conferences is has_conferences
    )
    if has_conferences:
        assert faults({f"source.{key}": value}) == (
            f'source.{key}: is for kind = "{kind}" alone; leave it out.',
        )
