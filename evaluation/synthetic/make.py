"""A set of questions made of drawn stories, and its folder.

The same archive, seed and sizes give the same set. Kinds are made in turns until there are enough or the
stories are used up; no story is asked about twice, and none is both asked for and left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import orjson

from domain.errors import SetError
from domain.story import Version
from evaluation.sets.model import CorpusStory, corpus_lines
from evaluation.synthetic.cloze import cloze, removed
from evaluation.synthetic.items import Drawn, MadeQuery
from evaluation.synthetic.known_item import known_item
from evaluation.synthetic.translated import across

RECIPE = 1  # raised whenever the same stories would give other questions
# Questions of each kind in ten. Translations give what the archive has, at most this.
_IN_TEN = {"known_item": 4, "cloze": 3, "removed": 2, "across": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    queries: tuple[MadeQuery, ...]
    corpus: tuple[Version, ...]  # the drawn stories less those left out


def make(drawn: Drawn, pairs: Sequence[tuple[Version, Version]], *, questions: int, seed: int) -> Made:
    """At most `questions` questions. `pairs`: a story and its translation, in either order."""
    wanted = {kind: round(questions * share / 10) for kind, share in _IN_TEN.items()}
    order = list(drawn.stories)
    Random(seed).shuffle(order)  # noqa: S311 - a draw to be repeated, no secret
    made: list[MadeQuery] = []
    used: set[str] = set()
    for one, other in pairs[: wanted["across"]]:
        families = drawn.family(one.guid) | drawn.family(other.guid)
        if query := next(across(one, other, drawn), None) if not families & used else None:
            made.append(query)
            used |= families
    made += _take(_removed(order, drawn, used), wanted["removed"])
    made += _take(_cloze(order, drawn, used), wanted["cloze"])
    made += _take(_known(order, drawn, used), questions - len(made))
    out = {guid for query in made for guid in query.removed}
    return Made(queries=tuple(made), corpus=tuple(s for s in drawn.stories if s.guid not in out))


def write(made: Made, folder: Path, *, about: Mapping[str, str | int]) -> None:
    """A folder in the BEIR layout, marked as synthetic. SetError where the folder holds something already."""
    if folder.exists() and any(folder.iterdir()):
        raise SetError(f"{folder} is not empty", hint="name a new folder")
    (folder / "qrels").mkdir(parents=True)
    queries, answers, qrels = [], [], ["query-id\tcorpus-id\tscore"]
    held = {story.guid for story in made.corpus}
    for number, query in enumerate(made.queries, start=1):
        query_id = f"{query.kind}-{number}"
        about_it = {"lang": query.language, "type": query.kind} | (
            {"removed": query.removed} if query.removed else {}
        )
        queries.append({"_id": query_id, "text": query.text, "metadata": about_it})
        if query.answerable is not None:
            answers.append({"_id": query_id, "answers": query.answers, "answerable": query.answerable})
        qrels += [f"{query_id}\t{guid}\t1" for guid in query.relevant if guid in held]
    for name, rows in (("queries.jsonl", queries), ("answers.jsonl", answers)):
        (folder / name).write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    (folder / "qrels" / "test.tsv").write_text("\n".join(qrels) + "\n", encoding="utf-8")
    with (folder / "corpus.jsonl").open("wb") as stream:
        stream.writelines(corpus_lines(_as_corpus(made.corpus)))
    lines = [f"{name} = {orjson.dumps(value).decode()}" for name, value in about.items()]
    (folder / "set.toml").write_text(
        "# Made by `depeche eval make`, not by people: for comparing settings of one archive.\n"
        f"synthetic = true\nrecipe = {RECIPE}\n" + "\n".join(lines) + "\n",
        encoding="utf-8",
    )


def _as_corpus(stories: Sequence[Version]) -> Iterator[CorpusStory]:
    for story in stories:
        yield CorpusStory(
            guid=story.guid,
            text=story.body,
            title=story.headline,
            published=story.published.isoformat(),
            language=story.language,
            url=story.url,
        )


def _take(queries: Iterator[MadeQuery], count: int) -> Iterator[MadeQuery]:
    for _ in range(max(0, count)):
        query = next(queries, None)
        if query is None:
            return
        yield query


def _fresh(order: Sequence[Version], drawn: Drawn, used: set[str]) -> Iterator[Version]:
    """Stories of which nothing was made yet; taking one uses up its copies too, once a question comes of it."""
    return (story for story in order if not drawn.family(story.guid) & used)


def _removed(order: Sequence[Version], drawn: Drawn, used: set[str]) -> Iterator[MadeQuery]:
    for story in _fresh(order, drawn, used):
        for query in cloze(story, drawn):
            if without := removed(query, story, drawn):
                used |= drawn.family(story.guid)
                yield without
                break


def _cloze(order: Sequence[Version], drawn: Drawn, used: set[str]) -> Iterator[MadeQuery]:
    for story in _fresh(order, drawn, used):
        if query := next(cloze(story, drawn), None):
            used |= drawn.family(story.guid)
            yield query


def _known(order: Sequence[Version], drawn: Drawn, used: set[str]) -> Iterator[MadeQuery]:
    for story in _fresh(order, drawn, used):
        if query := known_item(story, drawn):
            used |= drawn.family(story.guid)
            yield query
