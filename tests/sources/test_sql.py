"""A query on a database of the council's: canonical or mapped columns, read only, and never for ever."""

import sqlite3
from datetime import date
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from alerter.domain.assessment import Assessment, Rejected
from alerter.errors import SourceError
from alerter.sources.columns import wanted_for_assessments
from alerter.sources.source import open_query
from alerter.sources.sql import open_sql
from tests.sources.asking import CANONICAL, CLOCKS, NOW, asked, send
from tests.sources.reading import accepted, values

MADE = (
    "CREATE TABLE reading (person VARCHAR(9), began DATE, ended TIMESTAMP, team VARCHAR(9), note VARCHAR(9))",
    "INSERT INTO reading VALUES ('00123', '2026-10-05', NULL, 'Duty', '100%')",
    "INSERT INTO reading VALUES ('00124', '2026-10-05', '2026-11-02 23:30:00', 'Court', 'a:b')",
    "INSERT INTO reading VALUES (NULL, NULL, NULL, NULL, 'blank')",
    "INSERT INTO reading VALUES ('00125', NULL, NULL, 'Duty', '100%')",
)
FAULTY = (
    "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 20000) "
    "SELECT CASE x WHEN 20000 THEN fault ELSE x END AS child_id, '2026-10-05' AS started_on FROM n"
)


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest) -> str:
    """Return the URL of a case system's database with four rows, once on each kind."""
    found: str = request.getfixturevalue(f"empty_{request.param}_url")
    send(found, *MADE)
    return found


def refusal(url: str, query: str = CANONICAL, **columns: str) -> str:
    """Return the sentence a query is refused with, at opening or while its rows are read."""
    with pytest.raises(SourceError) as caught:
        values(asked(url, query, **columns))
    return str(caught.value)


def test_canonical_columns(url: str) -> None:
    """Each row is a value under its number, blank ones apart; a column nobody wants is not even carried."""
    source = asked(url)
    assert list(source.rows()) == [
        (
            1,
            Assessment(
                assessment_id="00123/2026-10-05",
                child_id="00123",
                type="core",
                clock_on=date(2026, 10, 5),
                started_on=date(2026, 10, 5),
                team="Duty",
            ),
        ),
        (
            2,
            Assessment(
                assessment_id="00124/2026-10-05",
                child_id="00124",
                type="core",
                clock_on=date(2026, 10, 5),
                started_on=date(2026, 10, 5),
                authorised_on=date(2026, 11, 2),
                team="Court",
            ),
        ),
        (4, Rejected(4, "has no started_on", "start_missing", "", "00125")),
    ]
    assert set(source.extract.headings) == {"child_id", "started_on", "authorised_on", "team"}


def test_mapped_columns_and_characters_drivers_trip_over(url: str) -> None:
    """A percent sign and a colon are only what they are; a closing semicolon does no harm."""
    query = "SELECT person, began FROM reading WHERE note LIKE '100%' AND note <> ':x' AND began IS NOT NULL;"
    assert [row.child_id for row in accepted(asked(url, query, child_id="PERSON", started_on="Began"))] == [
        "00123"
    ]


def test_an_answer_is_of_now_and_never_the_last_one_again(url: str) -> None:
    """The moment is part of its fingerprint; neither login nor server is part of its name."""
    extract = asked(url).extract
    later = open_query(url, CANONICAL, {}, CLOCKS, now=NOW.replace(hour=8)).extract
    assert (extract.extracted_at, later.extracted_at) == (NOW, NOW.replace(hour=8))
    assert extract.sha256 != later.sha256
    assert extract.name == Path(str(make_url(url).database)).name
    assert extract.notes == (f"read from {make_url(url).get_backend_name()} by a query",)


def test_a_missing_column_and_a_query_that_fails(url: str) -> None:
    """One line of what the database says, which names no value."""
    assert 'the query has the headings "child_id"; started_on is not among them.' in refusal(
        url, "SELECT person AS child_id FROM reading"
    )
    fault = refusal(url, "SELECT nothing FROM reading")
    assert "the database refuses the query (" in fault
    assert "\n" not in fault


def test_nothing_can_be_written(url: str) -> None:
    """The statement is checked, and the transaction is read only besides."""
    assert refusal(url, "DELETE FROM reading").startswith("source.query must begin with SELECT or WITH")
    write = "CREATE FUNCTION wipe() RETURNS int LANGUAGE sql AS 'DELETE FROM reading RETURNING 1'"
    if not url.startswith("sqlite"):
        send(url, write)
        assert "cannot execute DELETE in a read-only transaction" in refusal(url, "SELECT wipe() AS child_id")
    assert len(values(asked(url))) == 3


def test_a_query_is_given_up_after_its_time(url: str) -> None:
    """A weekly job must not hang on somebody else's lock."""
    endless = (
        "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) "
        "SELECT x AS child_id, x AS started_on FROM n WHERE x < 0"
    )
    with pytest.raises(SourceError, match=r"the query took longer than 0\.2 seconds; ask for fewer rows"):
        list(open_sql(url, endless, wanted_for_assessments({}, CLOCKS), NOW, seconds=0.2).read())


def test_rows_are_fetched_as_they_are_wanted(url: str) -> None:
    """The first rows are there though the last of twenty thousand can never be."""
    fault = "1 / (20000 - x)" if url.startswith("postgresql") else "abs(-9223372036854775807 - 1 + x - 20000)"
    rows = asked(url, FAULTY.replace("fault", fault)).rows()
    assert [line for line, _ in islice(rows, 3)] == [1, 2, 3]
    with pytest.raises(SourceError, match=r"the query fails over a value|refuses the query"):
        list(rows)


def test_a_value_that_cannot_be_converted_is_not_repeated(empty_postgresql_url: str) -> None:
    """PostgreSQL quotes the value, and a value may be a child's."""
    query = (
        "SELECT 'Made-up' AS child_id, CAST(x AS date) AS started_on FROM (VALUES ('7 Made-up Road')) AS t(x)"
    )
    fault = refusal(empty_postgresql_url, query)
    assert fault.endswith("the query fails over a value that cannot be converted; cast its columns to text.")
    assert "Road" not in fault


def test_documents_and_lists_are_text(empty_postgresql_url: str) -> None:
    """A JSON or an array where a name belongs is a wrong name, and no crash."""
    query = "SELECT 7 AS child_id, now() AS started_on, '{\"a\": 1}'::json AS team, ARRAY[1] AS worker"
    (found,) = accepted(asked(empty_postgresql_url, query))
    assert (found.team, found.worker) == ("{'a': 1}", "[1]")


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        (
            "nonsense",
            "source.url is no database URL; write it as in mssql+pyodbc://reader@server/database?driver=...",
        ),
        (
            "foo+bar://u:sesame@h/d",
            'source.url: SQLAlchemy has no "foo+bar"; correct it, or install its dialect.',
        ),
        ("sqlite://", 'source.url must name a file, as in "sqlite:///extract.db".'),
        (
            "postgresql+psycopg://u:sesame@127.0.0.1:1/care",
            "care: the database cannot be reached (connection failed: ",
        ),
    ],
)
def test_a_database_that_cannot_be_used(url: str, sentence: str) -> None:
    """The sentence never holds the password."""
    fault = refusal(url)
    assert fault.startswith(sentence)
    assert "sesame" not in fault


@pytest.mark.parametrize(
    ("url", "package"),
    [("mssql+pyodbc://u:p@h/d?driver=x", "pyodbc"), ("oracle+oracledb://u:p@h/d", "oracledb")],
)
def test_a_missing_driver_is_named(url: str, package: str) -> None:
    """With the command that installs it."""
    pytest.importorskip("sqlalchemy")
    try:
        __import__(package)
    except ModuleNotFoundError:
        sentence = f"source.url: the driver {package} is not installed; run pip install {package}."
        assert refusal(url) == sentence


def test_a_file_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    """SQLite makes an empty database of a wrong path, unless it is opened for reading alone."""
    path = tmp_path / "missing.db"
    assert "missing.db: the database cannot be reached (unable to open database file)" in refusal(
        f"sqlite:///{path}"
    )
    assert not path.exists()


def test_a_table_that_changes_between_two_looks_is_refused(tmp_path: Path) -> None:
    """The query is sent once for its columns and once for its rows."""
    path = tmp_path / "care #1?.db"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (child_id, started_on)")
    source = asked(f"sqlite:///{str(path).replace('?', '%3F').replace('#', '%23')}", "SELECT * FROM t")
    connection.execute("ALTER TABLE t RENAME COLUMN child_id TO team")
    connection.close()
    with pytest.raises(SourceError):
        values(source)
