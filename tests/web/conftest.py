"""What the tests of the page may ask for: a council with its page."""

from collections.abc import Iterator

import pytest

from tests.web.house import House, new_house
from tests.world.office import Office


@pytest.fixture
def house(office: Office) -> Iterator[House]:
    """Return a council with its page."""
    with new_house(office) as house:
        yield house
