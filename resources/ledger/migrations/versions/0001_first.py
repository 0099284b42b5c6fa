"""The first form of the ledger: the journal of writes, the requests to write, the decisions of persons."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the three tables."""
    _journal()
    _request()
    _decision()


def _journal() -> None:
    op.create_table(
        "ledger_journal",
        sa.Column("declaration", sa.String(40), primary_key=True),
        sa.Column("plan", sa.String(64), primary_key=True),
        sa.Column("change_id", sa.Text, primary_key=True),
        sa.Column("attempt", sa.Integer, primary_key=True),
        sa.Column("direction", sa.String(5), nullable=False),
        sa.Column("cycle", sa.Integer, nullable=False),
        sa.Column("status", sa.String(8), nullable=False),
        sa.Column("system", sa.String(8), nullable=False),
        sa.Column("record_id", sa.Text, nullable=False),
        sa.Column("field", sa.Text, nullable=False),
        sa.Column("action", sa.String(6), nullable=False),
        sa.Column(
            "old_value", sa.Text, comment="null for an append: undoing it removes the word, and restores no text"
        ),
        sa.Column("new_value", sa.Text, nullable=False),
        sa.Column("stripe_customer_id", sa.Text, nullable=False),
        sa.Column("netsuite_internal_id", sa.BigInteger, nullable=False),
        sa.Column("found", sa.Text),
        sa.Column("code", sa.Text),
        sa.Column("error", sa.Text),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("intended_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True)),
    )
    op.create_index("ledger_journal_by_status", "ledger_journal", ["declaration", "status"])


def _request() -> None:
    op.create_table(
        "ledger_request",
        sa.Column("declaration", sa.String(40), primary_key=True),
        sa.Column("run_id", sa.Text, primary_key=True),
        sa.Column("direction", sa.String(5), nullable=False),
        sa.Column("plan", sa.String(64), nullable=False),
        sa.Column("filters", sa.Text, nullable=False, comment="JSON"),
        sa.Column("requested_at", sa.DateTime(timezone=True), nullable=False),
    )


def _decision() -> None:
    op.create_table(
        "ledger_decision",
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=True),
        sa.Column("declaration", sa.String(40), nullable=False),
        sa.Column("stripe_customer_id", sa.Text, nullable=False),
        sa.Column("kind", sa.String(9), nullable=False, comment="link, never, or withdrawn"),
        sa.Column("netsuite_internal_id", sa.BigInteger),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("why", sa.Text, nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ledger_decision_by_customer", "ledger_decision", ["declaration", "stripe_customer_id"])
