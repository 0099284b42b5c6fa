"""Guesses: which customers got their record by one, so that they stay in the review until a person has confirmed it."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Make the table. What was written before is not known to be a guess."""
    op.create_table(
        "ledger_guess",
        sa.Column("declaration", sa.String(60), primary_key=True),
        sa.Column("stripe_customer_id", sa.Text, primary_key=True),
        sa.Column("netsuite_internal_id", sa.BigInteger, primary_key=True, autoincrement=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("plan", sa.String(64), nullable=False, comment="the first plan that had it"),
        sa.Column("guessed_at", sa.DateTime(timezone=True), nullable=False),
    )
