"""What one weekly job did."""

import pytest

from alerter.errors import StoreError
from alerter.pipeline.outcome import still_there


def test_a_run_that_another_process_took_away_is_said() -> None:
    """Whoever planned for the same send date may have replaced or withdrawn it meanwhile."""
    with pytest.raises(StoreError, match="another process has changed this run"):
        still_there(None)
