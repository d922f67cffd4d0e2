"""`alerter web`: the page on which managers answer."""

import sys

import click

from alerter.app.logs import Format, open_journal
from alerter.cli import options, output
from alerter.errors import ConfigError

PORT = 8025
MISSING = 'web: needs the packages of the page: run pip install "alerter[web]".'


@click.command("web")
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", type=click.IntRange(1, 65535), help="That of base_url, or 8025, if not given.")
@click.option("--log", "form", type=click.Choice(["text", "json"]), default="text",
              help="How each line of the log is written.")  # fmt: skip
@click.pass_context
def command(ctx: click.Context, host: str, port: int | None, form: Format) -> None:
    """Serve the page on which managers record what they have checked, until SIGTERM or Ctrl+C."""
    try:
        from alerter.web.server import serve_page  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise ConfigError([MISSING]) from error

    app = options.open_app(ctx).make_ready()
    web = app.settings.web
    if web is None:
        raise ConfigError(["web: is missing; config.example.toml shows how to write it."])
    app.ensure_schema()
    output.talk(f"The page answers at {web.base_url}")
    serve_page(app, open_journal(sys.stderr, form, "alerter.page"), host, port or web.port or PORT)
