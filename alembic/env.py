"""Runs migrations on the connection that Dateline passes, or else on the archive in DATELINE_DB."""

import os

from alembic import context

from dateline.log.engine import open_engine, writing
from dateline.log.tables import metadata


def run(connection) -> None:
    # Do not use batch mode: it would rebuild the log's tables and drop their triggers.
    context.configure(connection=connection, target_metadata=metadata, transactional_ddl=True)
    context.run_migrations()


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with writing(open_engine(os.environ.get("DATELINE_DB", "dateline.db"))) as connection:
        run(connection)
