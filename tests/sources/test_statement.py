"""Which statements a source may send: one query, and nothing that writes."""

import pytest

from alerter.errors import SourceError
from alerter.sources.sql import checked_query


@pytest.mark.parametrize(
    "query",
    [
        "select 1",
        " ( SELECT 1 ) ;\n",
        "WITH a AS (SELECT 1) SELECT * FROM a",
        "-- open; nothing is deleted\nSELECT 'a; DROP TABLE b', [update], \"call\" /* into */ FROM c",
        "SELECT updated, into_care FROM t",
    ],
)
def test_queries_that_only_read(query: str) -> None:
    """Words in quotation marks, in comments or inside other words mean nothing."""
    assert checked_query(query) == query.strip().rstrip(";").strip()


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("", "source.query must begin with SELECT or WITH"),
        ("-- SELECT\nEXEC weekly", "source.query must begin with SELECT or WITH"),
        ("SELECT 1; SELECT 2", "source.query holds more than one statement"),
        ("SELECT * INTO copy FROM t", "source.query holds the word INTO"),
        ("SELECT * FROM t FOR update", "source.query holds the word UPDATE"),
        ("WITH a AS (DELETE FROM t RETURNING *) SELECT * FROM a", "source.query holds the word DELETE"),
    ],
)
def test_statements_that_are_refused(query: str, sentence: str) -> None:
    """Whatever is not one query is a slip."""
    with pytest.raises(SourceError, match=sentence):
        checked_query(query)
