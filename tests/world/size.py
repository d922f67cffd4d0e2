"""How long a proof of reliability goes on: short in the suite, in full under `make soak`."""

import os

IS_SOAK = os.environ.get("ALERTER_SOAK") == "1"


def size(short: int, full: int) -> int:
    """Return the *full* size where `ALERTER_SOAK=1`, else the *short* one."""
    return full if IS_SOAK else short
