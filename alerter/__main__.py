"""`python -m alerter` and the console script."""

import gc
import sys

LONG_LIVED = frozenset({"serve", "web", "demo"})


def main() -> None:
    """Run the command line; what ends soon collects no garbage, neither as it works nor as it ends."""
    if LONG_LIVED.isdisjoint(sys.argv):
        gc.disable()
    from alerter.cli.main import main as command_line  # noqa: PLC0415 - imports make the most of it

    try:
        command_line()
    finally:
        gc.freeze()


if __name__ == "__main__":
    main()
