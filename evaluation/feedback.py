"""Readers' judgements of answers as an evaluation set, asked of the archive that gave them.

What counts is each person's last word on an answer. Where people disagree, or nothing follows that could be
scored (wrong, and nobody said what is right), the question is left out and counted.

    judged            accepted answers          stories that hold it    to be declined
    right             what readers gave         those cited             where it declined
    wrong             what readers gave         not known               no
    wrong_citation    what readers gave         not known               no
    absent            none                      none                    yes

A question put without a date of its own is asked as of the day on which it was put: stories that came later do not
change what was right then, and "last week" stays that week.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import orjson

from domain.answer import Answer, Outcome
from domain.errors import SetError
from domain.feedback import Feedback, Judgement
from domain.query import Filters


class LeftOut(StrEnum):
    """Why a question that was judged is not in the set."""

    DISAGREEMENT = "people disagree"
    NOTHING_TO_SCORE = "nobody said what is right"
    WITHDRAWN = "it cited a story that may not be read"
    TWICE = "asked again since"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """An answer with all that was said of it. `withdrawn`: nothing of its text may be shown now."""

    answer: Answer
    asked_at: datetime
    said: Sequence[Feedback]
    withdrawn: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedQuestion:
    query_id: str
    text: str
    language: str
    filters: Filters
    asked_at: datetime
    answers: tuple[str, ...]
    answerable: bool
    relevant: tuple[str, ...]  # guids


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedbackSet:
    questions: tuple[JudgedQuestion, ...]
    left_out: dict[LeftOut, int]


def feedback_set(judged: Iterable[Judged]) -> FeedbackSet:
    """The set that the judgements give; of one question put several times the last judged stands."""
    questions: dict[tuple[str, Filters], JudgedQuestion] = {}
    left_out: dict[LeftOut, int] = {}
    for one in judged:
        made = _question(one)
        if isinstance(made, LeftOut):
            left_out[made] = left_out.get(made, 0) + 1
            continue
        key = (" ".join(made.text.casefold().split()), made.filters)
        if questions.pop(key, None) is not None:
            left_out[LeftOut.TWICE] = left_out.get(LeftOut.TWICE, 0) + 1
        questions[key] = made
    return FeedbackSet(questions=tuple(questions.values()), left_out=left_out)


def _question(judged: Judged) -> JudgedQuestion | LeftOut:
    if judged.withdrawn:
        return LeftOut.WITHDRAWN
    last = {said.person: said for said in judged.said}.values()
    kinds = {said.judgement for said in last}
    if len(kinds) != 1:
        return LeftOut.DISAGREEMENT
    kind, answer = kinds.pop(), judged.answer
    declined = answer.outcome is Outcome.NOT_IN_ARCHIVE
    absent = kind is Judgement.ABSENT or (kind is Judgement.RIGHT and declined)
    answers = () if absent else tuple(dict.fromkeys(said.answer for said in last if said.answer))
    relevant = () if absent or kind is not Judgement.RIGHT else _cited(answer)
    if not (absent or answers or relevant):
        return LeftOut.NOTHING_TO_SCORE
    return JudgedQuestion(
        query_id=f"answer-{answer.answer_id}",
        text=answer.question,
        language=answer.language,
        filters=answer.query.filters,
        asked_at=judged.asked_at,
        answers=answers,
        answerable=not absent,
        relevant=relevant,
    )


def _cited(answer: Answer) -> tuple[str, ...]:
    return tuple(dict.fromkeys(c.guid for sentence in answer.sentences for c in sentence.citations))


def files(made: FeedbackSet) -> dict[str, bytes]:
    """The files of the set's folder, by their paths in it. SetError where no question is left."""
    if not made.questions:
        told = ", ".join(f"{count}: {why}" for why, count in made.left_out.items())
        raise SetError(
            f"no judged answer gives a question ({told or 'nothing was judged'})",
            hint="judge answers on the Ask page, and say what is right where one is wrong",
        )
    queries = [{"_id": q.query_id, "text": q.text, "metadata": _metadata(q)} for q in made.questions]
    answers = [
        {"_id": q.query_id, "answers": list(q.answers), "answerable": q.answerable} for q in made.questions
    ]
    qrels = [f"{q.query_id}\t{guid}\t1" for q in made.questions for guid in q.relevant]
    left_out = [f"# left out, {why}: {count}" for why, count in sorted(made.left_out.items())]
    manifest = ["# What readers judged. Asked of the archive named by --archive.", *left_out, "corpus = []"]
    return {
        "set.toml": _lines(manifest),
        "queries.jsonl": b"".join(orjson.dumps(row) + b"\n" for row in queries),
        "answers.jsonl": b"".join(orjson.dumps(row) + b"\n" for row in answers),
        "qrels/test.tsv": _lines(["query-id\tcorpus-id\tscore", *qrels]),
    }


def write(made: FeedbackSet, folder: Path) -> None:
    """Writes the set's folder. SetError where it holds something already."""
    content = files(made)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise SetError(f"{folder} is not empty", hint="name a new folder")
    for name, data in content.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def zipped(made: FeedbackSet, *, name: str) -> bytes:
    """The folder `name` as a ZIP file."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, data in files(made).items():
            packed.writestr(f"{name}/{path}", data)
    return buffer.getvalue()


def _metadata(question: JudgedQuestion) -> dict[str, Any]:
    """Dates are whole days, and "to" includes its day."""
    filters = question.filters
    last = filters.end - timedelta(microseconds=1) if filters.end else None
    days = {"from": filters.start, "to": last, "as_of": filters.as_of or question.asked_at}
    return {name: f"{day:%Y-%m-%d}" for name, day in days.items() if day} | {"lang": question.language}


def _lines(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
