"""The tables of stories: every column says what it holds, every constraint has a name.

Beside them, on the same metadata, stand `db.answer_tables`, `db.search_tables` and `db.access_tables`. The
migrations in `db/migrations` make this schema; a test compares the two statement by statement.
Texts are stored once: a passage is two offsets into its version's body.
"""

from __future__ import annotations

from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, Table, Text, UniqueConstraint

from db.columns import Instant, Key, Names, counted_key, given_key, one_of, refers
from domain.story import Action, Kind, Status


class DirectiveState(StrEnum):
    """What became of a message about another item."""

    PENDING = "pending"  # its target has not arrived, or several stories match
    APPLIED = "applied"
    DISMISSED = "dismissed"  # set aside by hand


metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

archive = Table(
    "archive",
    metadata,
    Column("one", sa.SmallInteger, primary_key=True, autoincrement=False, comment="always 1: one row"),
    Column("uuid", Text, nullable=False, comment="identity of this database; index folders quote it"),
    Column("created_at", Instant, nullable=False, comment="when the database was made, µs since 1970 UTC"),
    Column("visibility_epoch", sa.BigInteger, nullable=False, comment="+1 with every visibility change"),
    Column("next_story_id", sa.BigInteger, nullable=False, comment="the id the next story gets"),
    Column("next_version_id", sa.BigInteger, nullable=False, comment="the id the next version gets"),
    Column("next_passage_id", sa.BigInteger, nullable=False, comment="the id the next passage gets"),
    Column(
        "linked_version_id",
        sa.BigInteger,
        nullable=False,
        comment="versions up to this id have been compared with others: copies, chains of an event",
    ),
    CheckConstraint("one = 1", name="single_row"),
    comment="Identity and counters of the archive; a writer locks this row first",
)

story = Table(
    "story",
    metadata,
    given_key("story_id", "the address, as a number"),
    Column("provider", Text, nullable=False, comment="agency or source the guid belongs to"),
    Column("guid", Text, nullable=False, comment="the provider's identifier, or a hash naming its recipe"),
    Column("status", Text, nullable=False, comment="usable; withheld: on hold; canceled: killed"),
    Column("status_at", Instant, comment="instant of the last act on status; null: none ever"),
    Column("status_by_hand", sa.Boolean, nullable=False, comment="that act was a person's, not the feed's"),
    Column("embargo_until", Instant, comment="latest embargo of any version; covers them all"),
    Column("replaced_by", Key, ForeignKey("story.story_id"), comment="correction sent under another guid"),
    Column("replaced_at", Instant, comment="when that correction was published"),
    UniqueConstraint("guid", "provider"),
    one_of("status", Status),
    CheckConstraint("guid <> ''", name="guid_given"),
    CheckConstraint("(replaced_by IS NULL) = (replaced_at IS NULL)", name="replaced_wholly"),
    comment="A story: an address under which versions arrive",
)
# Partial: nearly all stories are usable and free, and only the others are ever looked for.
Index(
    "ix_story_restricted",
    story.c.story_id,
    sqlite_where=sa.text("status <> 'usable'"),
    postgresql_where=sa.text("status <> 'usable'"),
)
Index(
    "ix_story_embargo_until",
    story.c.embargo_until,
    sqlite_where=story.c.embargo_until.is_not(None),
    postgresql_where=story.c.embargo_until.is_not(None),
)

version = Table(
    "version",
    metadata,
    given_key("version_id", "one sending of a story"),
    refers("story_id", "story.story_id", "the story it belongs to"),
    Column("number", sa.BigInteger, nullable=False, comment="the provider's number, or the next free one"),
    Column("published", Instant, nullable=False, comment="versionCreated, µs since 1970 UTC"),
    Column("content_hash", sa.LargeBinary, nullable=False, comment="SHA-256, recipe in domain/story.py"),
    Column(
        "standing",
        sa.SmallInteger,
        nullable=False,
        comment="0: blank or canceled, current only if the story has nothing better; else 1",
    ),
    Column("received_at", Instant, nullable=False, comment="when it was stored"),
    Column("first_published", Instant, comment="firstCreated, where the source says"),
    Column("status", Text, nullable=False, comment="what this sending said of the story"),
    Column("kind", Text, nullable=False, comment="story, alert or advisory"),
    Column("language", Text, comment="BCP 47 primary tag"),
    Column("headline", Text, comment="as sent"),
    Column("slugline", Text, comment="as sent"),
    Column("byline", Text, comment="as sent"),
    Column("dateline_place", Text, comment="as printed"),
    Column("dateline_date", Text, comment="as printed"),
    Column("embargo_until", Instant, comment="embargo this sending states"),
    Column("subjects", Names, comment="[[code, name or null], …]"),
    Column("places", Names, comment="[name, …]"),
    Column("people", Names, comment="[name, …]"),
    Column("organisations", Names, comment="[name, …]"),
    Column("urgency", sa.Integer, comment="1 (flash) … 9"),
    Column("genre", Text, comment="as sent"),
    Column("ed_note", Text, comment="note to editors"),
    Column("url", Text, comment="where a public copy is"),
    Column("source_path", Text, comment="file it was read from, as displayed"),
    Column("source_position", sa.BigInteger, comment="place in that file"),
    # Last: SQLite then reads the pages a long body spills to only when the body is asked for.
    Column("body", Text, nullable=False, comment="paragraphs separated by an empty line"),
    UniqueConstraint("story_id", "number"),
    one_of("status", Status),
    one_of("kind", Kind),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("standing IN (0, 1)", name="standing"),
    comment="A story's text as sent once; never changed after",
)
Index(None, version.c.published)

superseded = Table(
    "superseded",
    metadata,
    refers(
        "version_id",
        "version.version_id",
        "a version that is not, or will at some instant no longer be, the current one",
        primary_key=True,
    ),
    Column("since", Instant, nullable=False, comment="when the first version that outranks it was published"),
    Column("epoch", sa.BigInteger, nullable=False, comment="visibility epoch that wrote this row"),
    Column("recorded_at", Instant, nullable=False, comment="when this archive learnt of it"),
    comment="Versions that have a successor; rows are added, or `since` moves earlier, nothing else",
)
Index(None, superseded.c.epoch)

passage = Table(
    "passage",
    metadata,
    given_key("passage_id", "number the indexes use"),
    refers("version_id", "version.version_id", "the version it is cut from"),
    Column("ordinal", sa.Integer, nullable=False, comment="0-based place among the version's passages"),
    Column("begins", sa.Integer, nullable=False, comment="first code point in the body"),
    Column("ends", sa.Integer, nullable=False, comment="code point after the last"),
    UniqueConstraint("version_id", "ordinal"),
    CheckConstraint("begins >= 0 AND ends > begins", name="span"),
    comment="A slice of a version's body: text = body[begins:ends]",
)

pending_passage = Table(
    "pending_passage",
    metadata,
    refers("passage_id", "passage.passage_id", "a passage the indexes do not hold yet", primary_key=True),
    comment="Work left for the indexes; a passage itself is never updated",
)

directive = Table(
    "directive",
    metadata,
    counted_key("directive_id"),
    Column(
        "digest", sa.LargeBinary, nullable=False, unique=True, comment="SHA-256 of what it asks: once only"
    ),
    Column("action", Text, nullable=False, comment="kill, hold, release or correct"),
    Column("provider", Text, nullable=False, comment="who asks; reaches this provider's stories only"),
    Column("issued", Instant, nullable=False, comment="when the message was sent"),
    Column("target", Text, comment="guid it names"),
    Column("reference", Text, comment="words that name the story where no guid does"),
    Column("replacement", Text, comment="guid of the text that replaces the target (correct)"),
    Column("reason", Text, comment="as the message puts it"),
    Column("source_path", Text, comment="file it was read from"),
    Column("source_position", sa.BigInteger, comment="place in that file"),
    Column("received_at", Instant, nullable=False, comment="when it was stored"),
    Column("state", Text, nullable=False, comment="pending, applied or dismissed"),
    Column("story_id", Key, ForeignKey("story.story_id"), comment="the story it was applied to"),
    Column("note", Text, comment="why it is pending, or who dismissed it"),
    one_of("action", Action),
    one_of("state", DirectiveState),
    comment="Messages about another item; kept after use so that the same file read again changes nothing",
)
Index(
    "ix_directive_pending",
    directive.c.provider,
    sqlite_where=sa.text("state = 'pending'"),
    postgresql_where=sa.text("state = 'pending'"),
)

audit = Table(
    "audit",
    metadata,
    counted_key("audit_id"),
    Column("story_id", Key, ForeignKey("story.story_id"), comment="story acted upon, if one"),
    Column("name", Text, comment="name suppressed or restored, or account acted upon, if that was the act"),
    Column("at", Instant, nullable=False, comment="when it was done here"),
    Column("action", Text, nullable=False, comment="kill, hold, release, correct, suppress, account added …"),
    Column("actor", Text, nullable=False, comment="person, or provider of the message"),
    Column("reason", Text, comment="as given"),
    CheckConstraint("(story_id IS NULL) <> (name IS NULL)", name="one_subject"),
    comment="Who did what to a story or a name, when and why; rows are only added",
)
Index(None, audit.c.story_id)

suppression = Table(
    "suppression",
    metadata,
    Column("name", Text, primary_key=True, comment="a person's name not to be shown (court order)"),
    Column("reason", Text, nullable=False, comment="as given"),
    Column("actor", Text, nullable=False, comment="who ordered it here"),
    Column("since", Instant, nullable=False, comment="when"),
    comment="Names hidden at present; the stored texts stay whole",
)

quarantine = Table(
    "quarantine",
    metadata,
    counted_key("failure_id"),
    Column(
        "digest", sa.LargeBinary, nullable=False, unique=True, comment="SHA-256 of path, position, reason"
    ),
    Column("source_path", Text, nullable=False, comment="file, as displayed"),
    Column("source_position", sa.BigInteger, nullable=False, comment="place in that file"),
    Column("reason", Text, nullable=False, comment="why it could not be taken in"),
    Column("remedy", Text, nullable=False, comment="what would mend it"),
    Column("excerpt", sa.LargeBinary, nullable=False, comment="beginning of the raw item"),
    Column("first_seen", Instant, nullable=False, comment="first time it failed"),
    Column("last_seen", Instant, nullable=False, comment="last time it failed"),
    Column("times", sa.Integer, nullable=False, comment="how often it failed"),
    comment="Items that could not be taken in",
)

tally = Table(
    "tally",
    metadata,
    Column("of", Text, primary_key=True, comment="language or provider"),
    Column("code", Text, primary_key=True, comment="the language or provider; 'und': not known"),
    Column("stories", sa.BigInteger, nullable=False, comment="how many, by each story's current version"),
    comment="Counts kept up with every batch: counting 38 million rows takes too long for a page",
)


def _story_group(name: str, comment: str) -> Table:
    table = Table(
        name,
        metadata,
        refers("story_id", "story.story_id", "a member", primary_key=True),
        Column("group_id", Key, nullable=False, comment="story_id of one member, chosen by ingest"),
        comment=comment,
    )
    Index(None, table.c.group_id)
    return table


duplicate_group = _story_group("duplicate_group", "Near-duplicates of one another: they count once")
event_chain = _story_group("event_chain", "Alert, urgent, lead and wrap of one event")

minhash_band = Table(
    "minhash_band",
    metadata,
    Column(
        "band",
        sa.BigInteger,
        primary_key=True,
        autoincrement=False,
        comment="eight days, and a hash within them, signed 64 bits",
    ),
    refers("story_id", "story.story_id", "a story under that key", primary_key=True),
    comment="MinHash bands and headline keys: stories that share one are compared",
    sqlite_with_rowid=False,
)
