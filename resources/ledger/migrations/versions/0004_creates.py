"""Room for creates: an attempt that has no record yet, and the id of the record that it made."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_JOURNAL = "ledger_journal"
_NULLABLE: dict[str, sa.Text | sa.BigInteger] = {
    "record_id": sa.Text(),
    "new_value": sa.Text(),
    "stripe_customer_id": sa.Text(),
    "netsuite_internal_id": sa.BigInteger(),
}

_COMMENTS = {"record_id": "null for a create"}


def upgrade() -> None:
    """Let four columns of the journal be empty, and add two; the entries of before stay as they are."""
    with op.batch_alter_table(_JOURNAL) as batch:
        for name, kind in _NULLABLE.items():
            batch.alter_column(name, existing_type=kind, nullable=True, comment=_COMMENTS.get(name))
        batch.add_column(sa.Column("result_id", sa.Text, comment="the id of the record that a create made"))
        batch.add_column(
            sa.Column("witness", sa.Text, comment="what shows whether somebody has touched that record since")
        )
