"""Tables of what was answered: answers, their sentences, what these cite, what was offered, what readers said.

Beside `db.tables` and on the same metadata; importing this module is what declares them.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, Column, Index, Table, Text

from db.columns import Instant, Key, Names, counted_key, one_of, refers
from db.tables import metadata
from domain.answer import Outcome, Verdict
from domain.feedback import Judgement

answer = Table(
    "answer",
    metadata,
    counted_key("answer_id"),
    Column("asked_at", Instant, nullable=False, comment="when the question was put"),
    Column("question", Text, nullable=False, comment="as put"),
    Column("query", sa.JSON, nullable=False, comment="text, mode and filters as understood"),
    Column("outcome", Text, nullable=False, comment="answered, partial, disputed, not_in_archive"),
    Column("text", Text, nullable=False, comment="as shown"),
    Column("language", Text, nullable=False, comment="of the answer"),
    Column("model", Text, comment="null: extracted without a model"),
    Column("prompt_tokens", sa.Integer, nullable=False, comment="read by the model"),
    Column("generated_tokens", sa.Integer, nullable=False, comment="written by the model"),
    Column("retrieve_seconds", sa.Float, nullable=False, comment="question to evidence"),
    Column("first_token_seconds", sa.Float, comment="question to first word"),
    Column("total_seconds", sa.Float, nullable=False, comment="question to checked answer"),
    Column("joules", sa.Float, comment="spent on it; null: not known"),
    Column("joules_measured", sa.Boolean, comment="by the processor's meter; false: estimated"),
    Column("settings", sa.JSON, nullable=False, comment="settings, model digest: name to text"),
    Column("asked_by", Text, comment="person who asked on the pages; null: on this machine"),
    Column("shared", sa.Boolean, nullable=False, comment="others than asked_by may open it"),
    one_of("outcome", Outcome),
    comment="Every answer given",
)

sentence = Table(
    "sentence",
    metadata,
    refers("answer_id", "answer.answer_id", "the answer", primary_key=True),
    Column("ordinal", sa.Integer, primary_key=True, comment="0-based; shown sentences first"),
    Column("text", Text, nullable=False, comment="without its [n]"),
    Column("verdict", Text, nullable=False, comment="supported, partly, unsupported"),
    Column("withheld", sa.Boolean, nullable=False, comment="not part of the answer; shown apart"),
    Column("reasons", Names, comment="[why the check decided so, …]"),
    Column("figure", Names, comment="[words, number, unit or null] it gives where sources differ"),
    one_of("verdict", Verdict),
    comment="The sentences of an answer",
)

citation = Table(
    "citation",
    metadata,
    Column("answer_id", Key, primary_key=True, autoincrement=False, comment="the answer"),
    Column("sentence", sa.Integer, primary_key=True, comment="sentence.ordinal"),
    Column("ordinal", sa.Integer, primary_key=True, comment="0-based among the sentence's citations"),
    refers("version_id", "version.version_id", "the version quoted"),
    Column("begins", sa.Integer, nullable=False, comment="first code point of the quote in the body"),
    Column("ends", sa.Integer, nullable=False, comment="code point after the last"),
    sa.ForeignKeyConstraint(["answer_id", "sentence"], ["sentence.answer_id", "sentence.ordinal"]),
    CheckConstraint("begins >= 0 AND ends > begins", name="span"),
    comment="What a sentence rests on: quote = body[begins:ends]",
)
Index(None, citation.c.version_id)

evidence = Table(
    "evidence",
    metadata,
    refers("answer_id", "answer.answer_id", "the answer", primary_key=True),
    Column("rank", sa.Integer, primary_key=True, comment="0-based, best first"),
    refers("passage_id", "passage.passage_id", "the passage found"),
    Column("score", sa.Float, nullable=False, comment="comparable within one answer only"),
    comment="The stories offered as evidence of an answer",
)

feedback = Table(
    "feedback",
    metadata,
    counted_key("feedback_id"),
    refers("answer_id", "answer.answer_id", "the answer judged"),
    Column("at", Instant, nullable=False, comment="when"),
    Column("judgement", Text, nullable=False, comment="right, wrong, wrong_citation, absent"),
    Column("person", Text, nullable=False, comment="who judged"),
    Column("answer", Text, comment="what would be right, in few words"),
    Column("comment", Text, comment="in the reader's words"),
    one_of("judgement", Judgement),
    comment="What readers said of answers; a person's last word on an answer counts",
)
Index(None, feedback.c.answer_id)
