"""Tables that serve searching: code tables of subjects, and saved questions with what they reported.

Beside `db.tables` and on the same metadata; importing this module is what declares them.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text

from db.columns import Instant, one_of, refers
from db.tables import metadata
from domain.subjects import Relation

__all__ = ["metadata"]

subject_concept = Table(
    "subject_concept",
    metadata,
    Column("code", Text, primary_key=True, comment="with its table's prefix: medtop:20000344"),
    Column("is_retired", sa.Boolean, nullable=False, comment="no longer given to new stories"),
    Column("digest", sa.LargeBinary, nullable=False, comment="SHA-256 of the concept as loaded"),
    CheckConstraint("code <> ''", name="code_given"),
    comment="Concepts of the code tables loaded (IPTC's Subject Codes, Media Topics and others)",
)

subject_name = Table(
    "subject_name",
    metadata,
    Column("code", Text, ForeignKey("subject_concept.code"), primary_key=True, comment="the concept"),
    Column("ordinal", sa.Integer, primary_key=True, autoincrement=False, comment="0-based, as in the file"),
    Column("language", Text, nullable=False, comment="BCP 47 tag as in the file; und: not said"),
    Column("name", Text, nullable=False, comment="as in the file"),
    Column("key", Text, nullable=False, comment="words without case and accents, spaces around and between"),
    comment="What a concept is called, in every language the table has",
)
Index(None, subject_name.c.key)

subject_link = Table(
    "subject_link",
    metadata,
    Column("code", Text, ForeignKey("subject_concept.code"), primary_key=True, comment="who states it"),
    Column("relation", Text, primary_key=True, comment="broader, narrower, exact or close"),
    Column("target", Text, primary_key=True, comment="a code, of whichever table, loaded or not"),
    one_of("relation", Relation),
    comment="How concepts stand to one another, within a table and between tables",
)
Index(None, subject_link.c.target)

saved_query = Table(
    "saved_query",
    metadata,
    Column("name", Text, primary_key=True, comment="as the person called it"),
    Column("text", Text, nullable=False, comment="an expression or a plain question"),
    Column("filters", sa.JSON, nullable=False, comment="from, to (µs since 1970 UTC), languages, providers"),
    Column("created_at", Instant, nullable=False, comment="when it was saved"),
    Column("reached", sa.BigInteger, nullable=False, comment="versions up to this id have been looked at"),
    Column("runs", sa.Integer, nullable=False, comment="reports made so far, empty ones too"),
    Column("last_run_at", Instant, comment="when the last report was made; null: none yet"),
    CheckConstraint("name <> ''", name="name_given"),
    comment="Questions that are asked again to report what is new",
)

saved_waiting = Table(
    "saved_waiting",
    metadata,
    Column("name", Text, ForeignKey("saved_query.name"), primary_key=True, comment="the saved question"),
    refers(
        "version_id",
        "version.version_id",
        "a version that matched while it might not be shown",
        primary_key=True,
    ),
    comment="Matches on hold, under embargo or killed: reported if ever they may be shown",
)

saved_report = Table(
    "saved_report",
    metadata,
    Column("name", Text, ForeignKey("saved_query.name"), primary_key=True, comment="the saved question"),
    refers("version_id", "version.version_id", "a version that was reported: never again", primary_key=True),
    Column("run", sa.Integer, nullable=False, comment="in which report, counted from 1"),
    Column("is_change", sa.Boolean, nullable=False, comment="an earlier version had been reported"),
    comment="What each saved question has reported",
)
Index(None, saved_report.c.name, saved_report.c.run)
