"""Alembic's entry: inside a transaction of ours, or from the command line for the next revision."""

import os

from alembic import context
from sqlalchemy import Connection, create_engine

from alerter.store.schema import metadata_on_server


def _run(connection: Connection) -> None:
    context.configure(connection=connection, target_metadata=metadata_on_server(), render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()


given: Connection | None = context.config.attributes.get("connection")
if given is not None:
    _run(given)
else:
    with create_engine(os.environ["ALERTER_DATABASE_URL"]).begin() as fresh:
        _run(fresh)
