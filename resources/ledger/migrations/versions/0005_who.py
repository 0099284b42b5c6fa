"""Room for the name of who asked for a write: an approval is somebody's."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add a column to the requests. Those of before name nobody, and stay as they are."""
    op.add_column("ledger_request", sa.Column("who", sa.Text, comment="null in requests of before it was asked for"))
