"""SQuAD 1.1 and 2.0, XQuAD, XQuAD-R and MLQA: a JSON file, or a folder of such files, one a language.

Every context is a story. Where a question's id stands in several files (XQuAD's translations, MLQA's
pairs), its contexts of all of them are relevant, so that finding the answer in another language counts.
Languages come from the file's name: `xquad.ar.json`, `ar.json`, `test-context-de-question-en.json`.
SQuAD 2.0's impossible questions are to be declined, though other contexts may hold their answer: all
contexts are one archive here, and SQuAD judged each by its own paragraph.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from domain.errors import SetError
from evaluation.sets.model import CorpusStory, EvalQuery, EvalSet, make_set
from evaluation.sets.rows import Row, as_row, json_document

_PAIR = re.compile(r"context-([a-z]{2})-question-([a-z]{2})")
_LANGUAGES = frozenset(
    ["ar", "de", "el", "en", "es", "fr", "hi", "ja", "ko", "pt", "ro", "ru", "th", "tr", "vi", "zh"]
)


@dataclass(frozen=True, slots=True)
class _Asked:
    question: Row
    guid: str
    file: str
    language: str | None
    kind: str | None


def is_squad(path: Path) -> bool:
    try:
        content = json_document(path)
    except SetError:
        return False
    return isinstance(content, dict) and isinstance(content.get("data"), list)


def files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if p.name.endswith((".json", ".json.gz")))


def load(path: Path, shared: Path | None) -> EvalSet:
    paths = files(path) if path.is_dir() else [path]
    stories: list[CorpusStory] = []
    asked: list[_Asked] = []
    for one in paths:
        _read(one, stories, asked)
    holding: dict[str, dict[str, int]] = {}
    for entry in asked:
        if not _impossible(entry.question):
            holding.setdefault(entry.question.text("id"), {})[entry.guid] = 1
    queries, qrels = [], {}
    for entry in asked:
        own_id = entry.question.text("id")
        query_id = f"{entry.file}:{own_id}" if len(paths) > 1 else own_id
        queries.append(_query(entry, query_id))
        if own_id in holding and not _impossible(entry.question):
            qrels[query_id] = holding[own_id]
    return make_set(path, format="squad", queries=queries, qrels=qrels, stories=stories)


def _read(path: Path, stories: list[CorpusStory], asked: list[_Asked]) -> None:
    stem = path.name.split(".json")[0]
    spoken, wanted = _languages(stem)
    crossing = "cross_lingual" if spoken != wanted else None
    for number, (title, paragraph) in enumerate(_paragraphs(path)):
        guid = f"{stem}:{number}"
        stories.append(CorpusStory(guid=guid, text=paragraph.text("context"), title=title, language=spoken))
        asked += [_Asked(q, guid, stem, wanted, crossing) for q in paragraph.rows("qas")]


def _paragraphs(path: Path) -> Iterator[tuple[str | None, Row]]:
    whole = as_row(json_document(path), str(path))
    for article in Row(whole.values, f"{path}, ").rows("data"):
        article = Row(article.values, article.where.replace(", .data", ", data"))
        for paragraph in article.rows("paragraphs"):
            yield (article.optional_text("title") or "").replace("_", " ") or None, paragraph


def _languages(stem: str) -> tuple[str | None, str | None]:
    """Of the contexts and of the questions."""
    if pair := _PAIR.search(stem):
        return pair.group(1), pair.group(2)
    named = next((part for part in re.split(r"[._-]", stem.casefold()) if part in _LANGUAGES), None)
    return named, named


def _impossible(question: Row) -> bool:
    return question.flag("is_impossible") is True


def _query(entry: _Asked, query_id: str) -> EvalQuery:
    question = entry.question
    impossible = _impossible(question)
    accepted = () if impossible else tuple(dict.fromkeys(a.text("text") for a in question.rows("answers")))
    if not accepted and not impossible:
        raise SetError(f"{question.where}: no 'answers', and 'is_impossible' is not set")
    return EvalQuery(
        query_id=query_id,
        text=question.text("question"),
        language=entry.language,
        kind=entry.kind or ("impossible" if impossible else None),
        answers=accepted,
        answerable=not impossible,
    )
