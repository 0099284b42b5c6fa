"""Alembic's entry: changes the tables behind the connection that `resources.ledger.store` hands over."""

from alembic import context

from resources.ledger.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
with context.begin_transaction():
    context.run_migrations()
