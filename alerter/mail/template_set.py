"""The templates of the emails, the package's or a council's in their place, and the council's brand."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from traceback import walk_tb

from jinja2 import (
    BaseLoader,
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    PackageLoader,
    StrictUndefined,
    Template,
    TemplateSyntaxError,
)
from jinja2.sandbox import ImmutableSandboxedEnvironment

from alerter.errors import TemplateError

ENDING = ".j2"
PAGES = ("digest.txt.j2", "digest.html.j2", "summary.txt.j2", "summary.html.j2")
NAMES = (*PAGES, "frame.html.j2", "parts.html.j2")

LOGO_HEIGHT = 48
CONTENT_ID = "logo"


class TemplateSet:
    """
    The templates, compiled once; a file in *folder* stands in for the package's of the same name.

    What a council writes runs in a sandbox: it reaches the view and nothing behind it. A name that the view
    does not have is a fault and no blank.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._is_own = folder is None
        self._environments = {
            is_html: _own(is_html=is_html) if folder is None else _mixed(folder, is_html=is_html)
            for is_html in (False, True)
        }

    def render(self, name: str, **values: object) -> str:
        """
        Return the page *name* with *values*.

        Raises:
            TemplateError: A council's template cannot be read, or asks for what is not there.
        """
        if self._is_own:
            return self._page(name).render(values)
        try:
            return self._page(name).render(values)
        except Exception as error:  # noqa: BLE001 - a template of somebody else's may raise anything
            raise TemplateError(_sentence(error, name)) from None

    def _page(self, name: str) -> Template:
        return self._environments[".html." in name].get_template(name)


def syntax_faults(folder: Path) -> Iterator[str]:
    """Give a sentence for each file in *folder* that cannot be read as a template, or that replaces none."""
    reader = _environment(FileSystemLoader(folder), is_html=True, is_sandboxed=True)
    for path in sorted(folder.iterdir()):
        if path.name not in NAMES:
            if path.suffix == ENDING:
                yield f"{path.name}: replaces no template; the names are {', '.join(NAMES)}."
            continue
        try:
            reader.get_template(path.name)
        except (TemplateSyntaxError, OSError, UnicodeDecodeError) as error:
            yield _sentence(error, path.name)


@cache
def _own(*, is_html: bool) -> Environment:
    """Return where the package's templates are compiled, once in a process: they cannot change meanwhile."""
    return _environment(_packaged(), is_html=is_html, is_sandboxed=False)


def _mixed(folder: Path, *, is_html: bool) -> Environment:
    """Return where a council's templates are compiled, and the package's for what it does not replace."""
    loader = ChoiceLoader([FileSystemLoader(folder), _packaged()])
    return _environment(loader, is_html=is_html, is_sandboxed=True)


def _packaged() -> BaseLoader:
    return PackageLoader("alerter.mail", "templates")


def _environment(loader: BaseLoader, *, is_html: bool, is_sandboxed: bool) -> Environment:
    kind = ImmutableSandboxedEnvironment if is_sandboxed else Environment
    return kind(
        loader=loader,
        autoescape=is_html,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
    )


def _sentence(error: Exception, page: str) -> str:
    """Return where in which file the template is wrong, and why."""
    name, line = _place(error, page)
    reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    where = f"{name}, line {line}" if line else name
    return f"{where}: {reason}; correct it, or delete the file to have the package's."


def _place(error: Exception, page: str) -> tuple[str, int]:
    if isinstance(error, TemplateSyntaxError):
        return Path(error.name or page).name, error.lineno
    frames = [(Path(frame.f_code.co_filename).name, line) for frame, line in walk_tb(error.__traceback__)]
    return next((place for place in reversed(frames) if place[0].endswith(ENDING)), (page, 0))


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
        """Say whether there is anything to stand above an email."""
        return bool(self.name or self.logo)

    @property
    def logo_at(self) -> str:
        """Return where a template finds the logo: within the message, never on a web server."""
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
