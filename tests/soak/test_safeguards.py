"""The list of safeguards keeps up with the code; `make safeguards` removes them one by one."""

import pytest

from tests.soak.safeguards import ROOT, SAFEGUARDS, Safeguard


@pytest.mark.parametrize("safeguard", SAFEGUARDS, ids=lambda each: each.name)
def test_each_safeguard_is_where_the_list_says(safeguard: Safeguard) -> None:
    """
    Its text stands in its file once, the file is another one without it, and the tests that miss it exist.
    """
    code = (ROOT / safeguard.file).read_text(encoding="utf-8")
    assert safeguard.removed_from(code) != code
    assert safeguard.tests
    for test in safeguard.tests:
        file, _, name = test.partition("::")
        assert f"def {name}" in (ROOT / file).read_text(encoding="utf-8")


def test_a_safeguard_that_is_gone_is_told() -> None:
    """A list that removes nothing would prove nothing."""
    gone = Safeguard("gone", "a.py", "guard()", "", ("tests",))
    with pytest.raises(LookupError, match=r"gone: its text is 0 times in a\.py, and not once"):
        gone.removed_from("nothing is guarded")
