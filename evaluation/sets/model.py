"""A set as every loader gives it: questions, what is accepted as their answer, which stories hold it.

Only `make_set` makes an EvalSet, and only after finding that no question stands twice and that
every judgement names one of the set's questions.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path

import orjson

from domain.errors import SetError
from domain.query import Filters

# Texts of sets that carry no date (SQuAD, RGB, ALCE): one for all is no clue to any.
UNDATED = "2000-01-01"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalQuery:
    """One question of a set. `answers` is empty where the set gives none."""

    query_id: str
    text: str
    filters: Filters = field(default_factory=Filters)
    language: str | None = None
    kind: str | None = None  # "number", "false_premise" …, where the set says
    answers: tuple[str, ...] = ()  # any of them; "first | second" asks for both
    answerable: bool | None = None  # None: the set has no answers
    parts: tuple[
        tuple[str, ...], ...
    ] = ()  # each must be said, in any of its wordings; then answers joins them
    choices: tuple[str, ...] = ()  # of a multiple-choice question; answers holds the right one
    wrong: tuple[str, ...] = ()  # known to be wrong, and said in a story of the corpus
    day: date | None = None  # the day the question is about or was asked on, where the set says
    removed: tuple[str, ...] = ()  # of a made question: the stories left out of the corpus for its sake


@dataclass(frozen=True, slots=True, kw_only=True)
class CorpusStory:
    """A text that came with the questions. `published`: an ISO date."""

    guid: str
    text: str
    title: str | None = None
    published: str = UNDATED
    language: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewCounts:
    """How many of a made set's questions people have decided on: evaluation.sets.review."""

    questions: int  # of the set as it was made
    accepted: int
    edited: int
    rejected: int

    @property
    def reviewed(self) -> int:
        return self.accepted + self.edited + self.rejected


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalSet:
    """A validated set. `fingerprint` covers the corpus only: it keys the cached archive.

    The corpus is in files (`corpus`), came with the questions (`stories`), or is neither: such a
    set is asked of an archive that exists already.
    """

    name: str
    folder: Path
    corpus: tuple[Path, ...]
    queries: tuple[EvalQuery, ...]
    qrels: dict[str, dict[str, int]]  # query id → corpus id → grade
    fingerprint: str
    stories: tuple[CorpusStory, ...] = ()
    format: str = "beir"
    synthetic: bool = False  # made by `depeche eval make`, not by people
    review: ReviewCounts | None = None  # None: nobody has decided on any question

    @property
    def has_answers(self) -> bool:
        return any(q.answerable is not None for q in self.queries)

    @property
    def has_corpus(self) -> bool:
        return bool(self.corpus or self.stories)


def make_set(
    path: Path,
    *,
    format: str,
    queries: Sequence[EvalQuery],
    qrels: Mapping[str, Mapping[str, int]],
    corpus: tuple[Path, ...] = (),
    stories: Iterable[CorpusStory] = (),
    synthetic: bool = False,
) -> EvalSet:
    """The set read from `path`, checked as a whole. Of stories under one guid the first stands."""
    if not queries:
        raise SetError(f"{path} holds no question")
    known: set[str] = set()
    for query in queries:
        if query.query_id in known:
            raise SetError(f"{path}: question {query.query_id!r} stands twice")
        known.add(query.query_id)
    if strangers := sorted(set(qrels) - known):
        raise SetError(f"{path}: no such question: {strangers[0]!r}")
    first = {story.guid: story for story in reversed(list(stories))}
    own = tuple(reversed(first.values()))
    return EvalSet(
        name=path.resolve().name if path.is_dir() else path.name.split(".")[0],
        folder=path,
        corpus=corpus,
        queries=tuple(queries),
        qrels={q: dict(grades) for q, grades in qrels.items()},
        fingerprint=_stories_fingerprint(own) if own else files_fingerprint(corpus),
        stories=own,
        format=format,
        synthetic=synthetic,
    )


def with_corpus(of: EvalSet, corpus: Sequence[Path]) -> EvalSet:
    """The same questions over other stories: any files that `depeche ingest` takes."""
    for path in corpus:
        if not path.exists():
            raise SetError(f"{path} does not exist")
    paths = tuple(corpus)
    return replace(of, corpus=paths, stories=(), fingerprint=files_fingerprint(paths))


def corpus_lines(stories: Iterable[CorpusStory]) -> Iterable[bytes]:
    """The stories as `corpus.jsonl`, which `depeche ingest` reads."""
    for story in stories:
        about = {"published": story.published, "lang": story.language, "url": story.url}
        row = {
            "_id": story.guid,
            "title": story.title,
            "text": story.text,
            "metadata": {name: value for name, value in about.items() if value},
        }
        yield orjson.dumps(row) + b"\n"


def files_fingerprint(paths: tuple[Path, ...]) -> str:
    digest = hashlib.sha256()
    for root in paths:
        for path in sorted(root.rglob("*")) if root.is_dir() else [root]:
            if path.is_file():
                digest.update(path.name.encode())
                with path.open("rb") as stream:
                    while block := stream.read(1 << 20):
                        digest.update(block)
    return digest.hexdigest()[:16] if paths else ""


def _stories_fingerprint(stories: tuple[CorpusStory, ...]) -> str:
    digest = hashlib.sha256()
    for line in corpus_lines(stories):
        digest.update(line)
    return digest.hexdigest()[:16]


def whole_day(moment: datetime | None) -> datetime | None:
    """The last instant of a day given without a time: "as of 3 May" includes it."""
    return moment and moment.replace(hour=23, minute=59, second=59, microsecond=999_999)
