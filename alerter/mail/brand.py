"""How a council's emails look: its name, its colours, its logo."""

from dataclasses import dataclass, field

LOGO_HEIGHT = 48
CONTENT_ID = "logo"


@dataclass(frozen=True, slots=True, kw_only=True)
class Brand:
    """
    What stands above every email; without a name and a logo, nothing does.

    *colour* is the name's and the rule's on white, *colour_dark* the same in dark mode. *size* is the logo's
    width and height in its file; it is shown at most 48 pixels high.
    """

    name: str = ""
    colour: str = "#0b0c0c"
    colour_dark: str = "#f3f2f1"
    logo: bytes = field(default=b"", repr=False)
    size: tuple[int, int] = (0, 0)

    @property
    def is_shown(self) -> bool:
        """
        Say whether there is anything to stand above an email.
        """
        return bool(self.name or self.logo)

    @property
    def logo_at(self) -> str:
        """
        Return where a template finds the logo: within the message, never on a web server.
        """
        return f"cid:{CONTENT_ID}" if self.logo else ""

    @property
    def shown_size(self) -> tuple[int, int]:
        """
        Return the logo's width and height as they are shown.

        >>> Brand(logo=b"x", size=(300, 96)).shown_size
        (150, 48)
        """
        width, height = self.size
        shown = min(height, LOGO_HEIGHT)
        return round(width * shown / height) if height else 0, shown
