"""The settings file that comes with the program, and explains each key."""

from pathlib import Path

NAME = "config.example.toml"


def example_settings() -> str:
    """
    Return the example settings: inside the installed package, or beside it in a checkout.
    """
    package = Path(__file__).resolve().parent.parent
    installed = package / NAME
    path = installed if installed.is_file() else package.parent / NAME
    return path.read_text(encoding="utf-8")
