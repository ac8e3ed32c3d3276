"""RealTime QA (Kasai et al. 2022, arXiv 2207.13332) as its weekly files: *_qa.jsonl with *_gcs.jsonl beside.

A file or a folder of weeks. The pages found for the questions (gcs, then dpr) are the corpus, their guid is
the url. The set says which choice is right, not which page says so: a page found for a question is judged
relevant where the right choice's words stand in it, and a question without such a page counts as
unanswerable (a string match: expect some noise). Asked as of the question's date.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from domain.errors import SetError
from domain.query import Filters
from evaluation.measures.answers import contains
from evaluation.sets.model import UNDATED, CorpusStory, EvalQuery, EvalSet, make_set, whole_day
from evaluation.sets.rows import Row, json_lines

_NONE = "none of the above"


def is_realtimeqa(first: Row) -> bool:
    return first.has("question_sentence") and first.has("question_id")


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*_qa.jsonl"))


def load(path: Path, shared: Path | None) -> EvalSet:
    stories: list[CorpusStory] = []
    queries: list[EvalQuery] = []
    qrels: dict[str, dict[str, int]] = {}
    for week in files(path) if path.is_dir() else [path]:
        found = {row.text("question_id"): list(_pages(row)) for row in _found(week)}
        for row in json_lines(week):
            query_id = row.text("question_id")
            right = _right(row)
            pages = found.get(query_id, [])
            stories += pages
            holding = {p.guid: 1 for p in pages if contains(f"{p.title or ''} {p.text}", right)}
            if holding:
                qrels[query_id] = holding
            queries.append(_query(row, right, answerable=bool(holding) if found else None))
    return make_set(path, format="realtimeqa", queries=queries, qrels=qrels, stories=stories)


def _found(week: Path) -> Iterator[Row]:
    stem = week.name.removesuffix("_qa.jsonl")
    for kind in ("gcs", "dpr"):
        if (path := week.parent / f"{stem}_{kind}.jsonl").is_file():
            return json_lines(path)
    return iter(())


def _pages(row: Row) -> Iterator[CorpusStory]:
    for at, page in enumerate(row.rows("search_result")):
        if not page.has("text"):
            continue
        published = page.moment("publish_date")
        yield CorpusStory(
            guid=page.optional_text("url")
            or page.optional_text("doc_id")
            or f"{row.text('question_id')}:{at}",
            text=page.text("text"),
            title=page.optional_text("title"),
            published=published.isoformat() if published else UNDATED,
            language="en",
            url=page.optional_text("url"),
        )


def _right(row: Row) -> tuple[str, ...]:
    """The right choices' words: `answer` holds their places, counted from 0."""
    choices, places = row.texts("choices"), row.texts("answer")
    if not places:
        raise SetError(f"{row.where}: no 'answer'")
    if not choices:
        return places  # open questions carry the words themselves
    if not all(place.isdigit() and int(place) < len(choices) for place in places):
        raise SetError(f"{row.where}: 'answer' is not a place in 'choices', from 0: {places!r}")
    return tuple(choices[int(place)] for place in places)


def _query(row: Row, right: tuple[str, ...], *, answerable: bool | None) -> EvalQuery:
    asked = row.moment("question_date")
    absent = any(_NONE in choice.casefold() for choice in right)
    return EvalQuery(
        query_id=row.text("question_id"),
        text=row.text("question_sentence"),
        filters=Filters(as_of=whole_day(asked)),
        language="en",
        kind="none_of_the_above" if absent else "news_quiz",
        answers=() if absent else right,
        answerable=False if absent else answerable,
        choices=row.texts("choices"),
        day=asked.date() if asked else None,
    )
