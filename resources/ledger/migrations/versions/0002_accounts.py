"""Room for the accounts beside a declaration's name: a write belongs to them, and the name can come to mean others."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Widen the column of journal and requests. Entries of before name no accounts, and stay as they are."""
    for table in ("ledger_journal", "ledger_request"):
        _tidy(table)
        with op.batch_alter_table(table) as batch:
            batch.alter_column(
                "declaration",
                existing_type=sa.String(40),
                type_=sa.String(60),
                existing_nullable=False,
                comment="its name, an @, and a hash of its accounts: other accounts are others' entries",
            )


def _tidy(table: str) -> None:
    """Tidy what a process left that ended while it copied a table, as SQLite must, when each statement was still final.

    The copy is made, filled, and takes the place of the table; for a moment it is all that there is.
    """
    copy = f"_alembic_tmp_{table}"
    tables = set(sa.inspect(op.get_bind()).get_table_names())
    if copy in tables and table in tables:
        op.drop_table(copy)
    elif copy in tables:
        op.rename_table(copy, table)
