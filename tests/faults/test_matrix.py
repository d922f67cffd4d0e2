"""The matrix is complete: each row has its test or its reason, and stands in the document."""

import os
from collections import Counter

import pytest

from tests.faults.matrix import FAULTS, TABLES
from tests.faults.roster import entries
from tests.faults.table import DOCUMENT

TAKEN_OUT = {45, 97}
LATER = 105
IS_BEING_WRITTEN = bool(os.environ.get("ALERTER_FAULT_TABLE"))


def test_every_number_stands_once() -> None:
    """1 to 104 but for the two that were taken out, and whatever came later, each in one table."""
    numbers = Counter(fault.number for table in TABLES for fault in table.faults)
    assert set(numbers.values()) == {1}
    assert {number for number in numbers if number < LATER} == set(range(1, LATER)) - TAKEN_OUT


def test_every_row_has_one_test_or_one_reason() -> None:
    """And no test has a number that is not in the matrix, for it would be missing from the document."""
    assert Counter(entry.number for entry in entries()) == Counter(FAULTS.keys())


@pytest.mark.skipif(IS_BEING_WRITTEN, reason="the document is written when the tests have ended")
def test_document_names_every_row_and_its_test() -> None:
    """`make faults` writes it; who changes a row or a test runs that again."""
    lines = DOCUMENT.read_text(encoding="utf-8").splitlines()
    rows = {line.split("|")[1].strip(): line for line in lines if line.startswith("| ")}
    assert {str(number) for number in FAULTS} <= rows.keys()
    for entry in entries():
        fault, row = FAULTS[entry.number], rows[str(entry.number)]
        assert f"| {fault.words} | {fault.expected} |" in row
        assert (f"`{entry.name}`" if entry.name else entry.reason) in row
