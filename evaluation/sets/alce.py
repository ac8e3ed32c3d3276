"""ALCE (Gao et al. 2023, arXiv 2305.14627): ASQA, QAMPARI and ELI5 as its *_eval_*.json files give them.

The passages retrieved for all questions are one archive. What must be said is in parts: ASQA's questions
(`qa_pairs`), each with its short answers; QAMPARI's `answers`, each with its aliases. ELI5 has claims that
need a model to judge: its questions are asked, and only their citations are scored. Passages are judged
relevant where the file says which answers stand in them (`answers_found`).
"""

from __future__ import annotations

from pathlib import Path

from domain.errors import SetError
from evaluation.sets.model import CorpusStory, EvalQuery, EvalSet, make_set
from evaluation.sets.rgb import joined
from evaluation.sets.rows import Row, json_list


def is_alce(first: Row) -> bool:
    return first.has("question") and "docs" in first.values


def load(path: Path, shared: Path | None) -> EvalSet:
    stories: list[CorpusStory] = []
    queries: list[EvalQuery] = []
    qrels: dict[str, dict[str, int]] = {}
    for at, row in enumerate(json_list(path), start=1):
        query_id = row.optional_text("sample_id") or row.optional_text("id") or f"q{at}"
        for place, passage in enumerate(row.rows("docs")):
            guid = f"alce:{passage.optional_text('id') or f'{at}:{place}'}"
            text, title = passage.text("text"), passage.optional_text("title")
            stories.append(CorpusStory(guid=guid, text=text, title=title, language="en"))
            if any(found not in ("0", "0.0") for found in passage.texts("answers_found")):
                qrels.setdefault(query_id, {})[guid] = 1
        kind, parts = _parts(row)
        queries.append(
            EvalQuery(
                query_id=query_id,
                text=row.text("question"),
                language="en",
                kind=kind,
                answers=joined(parts) if parts else (),
                parts=parts if len(parts) > 1 else (),
                answerable=True,
            )
        )
    return make_set(path, format="alce", queries=queries, qrels=qrels, stories=stories)


def _parts(row: Row) -> tuple[str, tuple[tuple[str, ...], ...]]:
    if row.has("qa_pairs"):
        pairs = [pair.texts("short_answers") for pair in row.rows("qa_pairs")]
        if not all(pairs):
            raise SetError(f"{row.where}: a qa_pair has no 'short_answers'")
        return "asqa", tuple(pairs)
    if row.has("claims"):
        return "eli5", ()
    if not row.has("answers"):
        raise SetError(f"{row.where}: none of 'qa_pairs', 'answers', 'claims'")
    return "qampari", row.parts("answers")
