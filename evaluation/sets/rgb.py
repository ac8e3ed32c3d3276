"""RGB (Chen et al. 2024, arXiv 2309.01431): en.json, en_int.json, en_fact.json and the Chinese ones.

A line an item: query, answer, positive and negative passages; in *_int positives are grouped by what they
give, in *_fact `positive_wrong` are the passages with a false answer put in. All passages of a file are one
archive, so that each question meets the noise of all others, not five chosen passages. RGB asks for every
item of `answer`, in any of its wordings; that is `parts` here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from domain.errors import SetError
from evaluation.sets.model import CorpusStory, EvalQuery, EvalSet, make_set
from evaluation.sets.rows import Row, json_lines

_KINDS = {"int": "integration", "fact": "counterfactual"}


def is_rgb(first: Row) -> bool:
    return first.has("query") and first.has("answer") and "positive" in first.values


def load(path: Path, shared: Path | None) -> EvalSet:
    stem = path.name.split(".")[0]
    language = stem[:2] if stem[:2] in ("en", "zh") else None
    kind = _KINDS.get(stem.rpartition("_")[2], "noise")
    stories: list[CorpusStory] = []
    queries: list[EvalQuery] = []
    qrels: dict[str, dict[str, int]] = {}
    for row in json_lines(path):
        query_id = row.text("id")
        parts = row.parts("answer")
        if not parts:
            raise SetError(f"{row.where}: no 'answer'")
        for name in ("positive", "positive_wrong", "negative"):
            for at, text in enumerate(_passages(row, name)):
                guid = f"rgb:{stem}:{query_id}:{name}:{at}"
                stories.append(CorpusStory(guid=guid, text=text, language=language))
                if name == "positive":
                    qrels.setdefault(query_id, {})[guid] = 1
        queries.append(
            EvalQuery(
                query_id=query_id,
                text=row.text("query"),
                language=language,
                kind=kind,
                answers=joined(parts),
                parts=parts if len(parts) > 1 else (),
                answerable=True,
                wrong=row.texts("fakeanswer"),
            )
        )
    return make_set(path, format="rgb", queries=queries, qrels=qrels, stories=stories)


def joined(parts: tuple[tuple[str, ...], ...]) -> tuple[str, ...]:
    """One part: its wordings. Several: one answer that asks for the first wording of each."""
    return parts[0] if len(parts) == 1 else (" | ".join(wordings[0] for wordings in parts),)


def _passages(row: Row, name: str) -> Iterator[str]:
    for group in row.parts(name):
        yield from group
