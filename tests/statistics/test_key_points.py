"""The sentences a report begins with, and the one in every digest."""

from dataclasses import replace
from typing import Any

import pytest

from alerter.statistics.forecast import FEWEST_FINISHED
from alerter.statistics.key_points import back_test_sentence, key_points, noun
from tests.statistics.panels import TARGETED, month, open_ones, report
from tests.world.assessments import CORE, aged


@pytest.mark.parametrize(
    "facts", [{"are_first_scores": False}, {"first_scores": dict.fromkeys(range(20), 85) | {0: 74}}]
)
def test_no_pass_rate_that_is_not_known_or_not_to_be_shown(facts: dict[str, Any]) -> None:
    """A case system alone tells only last scores, and one that was returned is too few."""
    rows = month("Fri 2026-10-16", 20, 0)
    found = report(rows, **{"first_scores": dict.fromkeys(range(20), 85)} | facts)
    assert not any("quality audit" in sentence for sentence in key_points(found))


def test_sentences_of_a_good_year() -> None:
    """The year, last year, the last whole month and the lowest, what is open, the target, and no forecast."""
    rows = [
        *month("Wed 2024-10-16", 20, 0),
        *month("Tue 2025-04-15", 35, 15),
        *month("Wed 2026-09-16", 16, 8),
        *month("Fri 2026-10-16", 70, 6),
        *open_ones(),
    ]
    said = key_points(report(rows))
    assert said[:4] == [
        (
            "In time were 86 of the 100 core assessments authorised since 1 April 2026: 86.00 %; "
            "the target of 81 % is met, by 5.00 points."
        ),
        "2025/26 came to 70.00 %: the target was missed.",
        "October 2026 came to 92.11 %, 25.44 points above September 2026.",
        "The lowest month shown since September 2026 was September 2026, with 66.67 %.",
    ]
    assert said[4].startswith("9 are overdue of the 16 that are open now.")
    assert said[5].endswith(
        "the year comes to 80.17 % if each of the 7 is in time, and to 74.14 % if none is."
    )
    assert "may be late and the year still come to 81 %." in said[6]
    assert len(said) == 8 or said[-1].startswith("Expected")


def test_sentences_of_a_year_beyond_mending() -> None:
    """A target that cannot be met says so, and how many in a row would be needed."""
    said = key_points(report(month("Fri 2026-11-20", 10, 300)))
    assert "The target of 81 % is out of reach this year, even if all that follow are in time." in said
    assert any(each.startswith("To be at 81 % again at once, the next ") for each in said)


def test_sentences_where_nothing_can_be_told() -> None:
    """An empty store has neither figures nor a forecast, and no percentage is made of nothing."""
    said = key_points(report([]))
    assert said[0] == "No core assessment was authorised since 1 April 2026."
    assert said[-1].startswith(f"A forecast needs at least {FEWEST_FINISHED} finished assessments")
    assert back_test_sentence(report([])) == ""
    small = [*month("Tue 2025-04-15", 35, 3), *month("Fri 2026-10-16", 40, 3), aged(40)]
    hidden = key_points(report(small))
    assert not any(sentence.startswith("2025/26 came to") for sentence in hidden)
    assert hidden[0] == "What was authorised since 1 April 2026 is too few to be shown."
    assert any("What is open and overdue is too few to be shown" in each for each in hidden)
    assert "Nothing that is open now is overdue." in key_points(report([*small[:-1], aged(12)]))


def test_sentences_without_a_target() -> None:
    """Only what was, and no verdict on it."""
    rows = [
        *month("Wed 2024-10-16", 20, 0),
        *month("Tue 2025-04-15", 35, 15),
        *month("Fri 2026-10-16", 50, 10),
    ]
    said = key_points(report(rows, clock=CORE))
    assert said[0].endswith("authorised since 1 April 2026: 83.33 %.")
    assert said[1] == "2025/26 came to 70.00 %."


def test_the_forecast_is_told_with_its_test() -> None:
    """Four months with their ranges; how the range held, and by how much a guess would have missed."""
    rows = [
        each
        for at in ("Fri 2025-08-15", "Mon 2025-09-15", "Wed 2025-10-15", "Fri 2025-11-14", "Mon 2025-12-15")
        for each in month(at, 30, 10)
    ]
    found = report(rows)
    assert any(
        each.startswith("Expected, with the range that should hold four times in five: November ")
        for each in key_points(found)
    )
    said = back_test_sentence(found)
    assert said.startswith("Put to the test on 3 past months, the range held ")
    assert "would have missed by" in said
    assert found.outlook is not None
    tested = found.outlook.back_test
    bare = replace(tested, trials=tuple(replace(trial, naive=None) for trial in tested.trials))
    sentence = back_test_sentence(replace(found, outlook=replace(found.outlook, back_test=bare)))
    assert sentence.endswith("of the time (80 % was promised).")


@pytest.mark.parametrize(("label", "said"), [("Core assessment", "core assessment"), ("ICPC", "ICPC")])
def test_a_type_is_named_as_in_a_sentence(label: str, said: str) -> None:
    """A word loses its capital, letters that stand for words keep theirs."""
    assert noun(report([], clock=replace(TARGETED, label=label))) == said
