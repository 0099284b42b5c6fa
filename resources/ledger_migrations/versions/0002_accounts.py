"""Room for the accounts beside a declaration's name: a write belongs to them, and the name can come to mean others."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Widen the column of journal and requests. Entries of before name no accounts, and stay as they are."""
    for table in ("ledger_journal", "ledger_request"):
        op.execute(f"DROP TABLE IF EXISTS _alembic_tmp_{table}")  # SQLite's copy, of a process that ended at this point
        with op.batch_alter_table(table) as batch:
            batch.alter_column(
                "declaration",
                existing_type=sa.String(40),
                type_=sa.String(60),
                existing_nullable=False,
                comment="its name, an @, and a hash of its accounts: other accounts are others' entries",
            )
