"""Accounts that let nobody in for a while, and when each person last signed in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import db.columns

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "account",
        sa.Column(
            "disabled_at",
            db.columns.Instant(),
            nullable=True,
            comment="since when it lets nobody in; null: it does",
        ),
    )
    op.create_table(
        "sign_in",
        sa.Column("name", sa.Text(), nullable=False, comment="as in session"),
        sa.Column("origin", sa.Text(), nullable=False, comment="as in session"),
        sa.Column("last_at", db.columns.Instant(), nullable=False, comment="when the person last signed in"),
        sa.CheckConstraint("origin IN ('local', 'oidc')", name=op.f("ck_sign_in_origin")),
        sa.PrimaryKeyConstraint("name", "origin", name=op.f("pk_sign_in")),
        comment="When each person last signed in, for admins to read; outlives the session",
    )


def downgrade() -> None:
    op.drop_table("sign_in")
    op.drop_column("account", "disabled_at")
