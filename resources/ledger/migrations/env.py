"""Alembic's entry: changes the tables behind the connection that `resources.ledger.store` hands over.

The database may be Dagster's own, which alembic keeps in form too: so the version has a table of its own name.
"""

from alembic import context

from resources.ledger.tables import METADATA, VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, version_table=VERSION_TABLE
)
with context.begin_transaction():
    context.run_migrations()
