"""An archive of any size: synthetic vectors, real words, and the product's own writers.

Stories are spread evenly over forty years. One in 25 is a correction of the story before it, so that a
twenty-fifth of all passages is hidden from the start. Language, provider and kind are drawn for each
story. A passage's words are a run of a real story's (Reuters-21578 in English, OrangeSum in French; the
other languages borrow the French words under their own stemmers) in which every tenth word is replaced
by one drawn from the whole collection.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.synthetic_vectors import DIMENSIONS, PER_STORY, SyntheticVectors
from db.store import PreparedVersion, StoryStore
from domain.story import Kind, Passage, Version
from retrieval.dense.index import DenseIndex
from retrieval.dense.rows import Rows
from retrieval.index import SearchIndex
from retrieval.instants import microseconds

FIRST, LAST = datetime(1984, 1, 1, tzinfo=UTC), datetime(2024, 1, 1, tzinfo=UTC)
LANGUAGES = {"en": 0.35, "fr": 0.20, "es": 0.15, "de": 0.12, "pt": 0.09, "ar": 0.09}
PROVIDERS = {"North": 0.6, "South": 0.3, "East": 0.1}
KINDS = {Kind.STORY: 0.92, Kind.ALERT: 0.05, Kind.ADVISORY: 0.03}
CORRECTED_EVERY = 25
STORIES_A_BLOCK = 5_000
STORIES_A_BATCH = 500
PASSAGES_A_COMMIT = 16_384  # a daily ingestion commits 1,024; a first one of a large archive more at once
WORDS_A_PASSAGE = 60
REPLACED_SHARE = 0.1
QUESTION_WORDS = 6

_TAG = re.compile(r"#(\d+)-(\d)\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question about the story numbered `story`: its words, and the vector they stand for."""

    story: int
    text: str
    vector: NDArray[np.float32]


def is_correction(story: int) -> bool:
    return story % CORRECTED_EVERY == CORRECTED_EVERY - 1


def superseded(stories: int) -> NDArray[np.int64]:
    """Version ids of stories that were corrected, where a version's id is its story's number plus one."""
    return np.arange(CORRECTED_EVERY - 2, stories - 1, CORRECTED_EVERY, dtype=np.int64) + 1


class SyntheticArchive:
    """What the archive of `stories` stories holds, drawn when asked for."""

    def __init__(self, stories: int) -> None:
        self.stories = stories
        self.vectors = SyntheticVectors(stories=stories)
        rng = np.random.default_rng(7)
        self.languages = _drawn(rng, tuple(LANGUAGES), tuple(LANGUAGES.values()), stories)
        self.providers = _drawn(rng, tuple(PROVIDERS), tuple(PROVIDERS.values()), stories)
        self.kinds = _drawn(rng, tuple(kind.value for kind in KINDS), tuple(KINDS.values()), stories)
        self.published = np.linspace(
            microseconds(FIRST), microseconds(LAST), stories, endpoint=False, dtype=np.int64
        )

    def rows(self, first: int, stories: int) -> Rows:
        """What the dense index takes in of these stories."""
        numbers = np.arange(first, first + stories)
        each = np.repeat(numbers, PER_STORY)
        return Rows(
            vectors=self._vectors(first, stories),
            passage_ids=np.arange(first * PER_STORY, (first + stories) * PER_STORY, dtype=np.int64) + 1,
            version_ids=each + 1,
            published=self.published[each],
            languages=tuple(self.languages[each].tolist()),
            providers=tuple(self.providers[each].tolist()),
            kinds=tuple(self.kinds[each].tolist()),
        )

    def _vectors(self, first: int, stories: int) -> NDArray[np.float32]:
        blocks = [
            self.vectors.block(start, min(STORIES_A_BLOCK, self.stories - start)).vectors
            for start in range(first - first % STORIES_A_BLOCK, first + stories, STORIES_A_BLOCK)
        ]
        skipped = (first % STORIES_A_BLOCK) * PER_STORY
        joined = blocks[0] if len(blocks) == 1 else np.concatenate(blocks)
        return joined[skipped : skipped + stories * PER_STORY]

    def questions(self, count: int, *, words: Words | None) -> list[Question]:
        """Questions about visible stories spread over the archive."""
        rng = np.random.default_rng(11)
        chosen = [n for n in rng.integers(0, self.stories, size=2 * count).tolist() if self._is_shown(n)]
        return [
            Question(
                story=number,
                text=words.question(number, str(self.languages[number])) if words else "",
                vector=self.vectors.question(
                    number - number % STORIES_A_BLOCK,
                    min(STORIES_A_BLOCK, self.stories - number + number % STORIES_A_BLOCK),
                    number % STORIES_A_BLOCK,
                ),
            )
            for number in chosen[:count]
        ]

    def _is_shown(self, story: int) -> bool:
        corrected = story + 1 < self.stories and is_correction(story + 1)
        return not corrected and self.kinds[story] != Kind.ADVISORY.value


class Words:
    """Real words, run after run. Raises FileNotFoundError where the real stories are absent."""

    def __init__(self, folder: Path) -> None:
        english = [text.split() for text in _reuters(folder / "reuters21578")]
        french = [text.split() for text in _orangesum(folder / "orangesum-fr")]
        self._stories = {"en": english, "fr": french}
        self._all = {
            code: np.array([w for s in stories[:4000] for w in s], dtype=object)
            for code, stories in self._stories.items()
        }

    def passages(self, story: int, language: str) -> list[str]:
        return [self._passage(story, place, language) for place in range(PER_STORY)]

    def question(self, story: int, language: str) -> str:
        """Some longer words of the story's first passage, in their order."""
        found = self._passage(story, 0, language).split()[1:]
        longer = [word for word in found if len(word) > 4][::2]
        return " ".join((longer or found)[:QUESTION_WORDS])

    def _passage(self, story: int, place: int, language: str) -> str:
        code = language if language in self._stories else "fr"
        stories, everything = self._stories[code], self._all[code]
        rng = np.random.default_rng((story, place))
        source = stories[story % len(stories)]
        start = int(rng.integers(0, max(1, len(source) - WORDS_A_PASSAGE)))
        run = source[start : start + WORDS_A_PASSAGE]
        replaced = rng.integers(0, len(run), size=max(1, int(len(run) * REPLACED_SHARE)))
        drawn = everything[rng.integers(0, len(everything), len(replaced))]
        for at, word in zip(replaced.tolist(), drawn, strict=True):
            run[at] = word
        return f"#{story}-{place} {' '.join(run)}"


class TaggedVectors:
    """The embedder of the benchmark: not a model. It reads a passage's number and gives its vector."""

    fingerprint = "synthetic:1"
    dimensions = DIMENSIONS
    max_tokens = 512

    def __init__(self, archive: SyntheticArchive) -> None:
        self._archive = archive
        self._block: tuple[int, NDArray[np.float32]] | None = None

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.stack([self._vector(text) for text in texts])

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return self._vector(text)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def _vector(self, text: str) -> NDArray[np.float32]:
        tag = _TAG.search(text)
        if tag is None:  # the sentences that languages are measured by: nothing is to be taken away for them
            return np.zeros(DIMENSIONS, dtype=np.float32)
        story, place = int(tag[1]), int(tag[2])
        first = story - story % STORIES_A_BLOCK
        if self._block is None or self._block[0] != first:
            block = self._archive.vectors.block(first, min(STORIES_A_BLOCK, self._archive.stories - first))
            self._block = first, block.vectors
        vector: NDArray[np.float32] = self._block[1][(story - first) * PER_STORY + place]
        return vector


class AskedVectors(TaggedVectors):
    """The same embedder, on the asking side: it knows the questions' vectors and no passage's."""

    def __init__(self, questions: Sequence[Question]) -> None:
        self._questions = {question.text: question.vector for question in questions}

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        raise NotImplementedError("only questions are asked here")

    def embed_query(self, text: str) -> NDArray[np.float32]:
        return self._questions[text]


class Stopwatch:
    """Seconds by the clock and of processor, since it was made."""

    def __init__(self) -> None:
        self._began, self._worked = time.perf_counter(), time.process_time()

    def clock(self) -> float:
        return time.perf_counter() - self._began

    def seconds(self, name: str) -> dict[str, float]:
        return {name: self.clock(), f"{name}, of processor": time.process_time() - self._worked}


def build_whole(folder: Path, archive: SyntheticArchive, words: Words) -> dict[str, float]:
    """Database, vectors and words, through the store and `SearchIndex.index_pending`; seconds of each."""
    drawing = Stopwatch()
    with StoryStore.open(f"sqlite:///{folder / 'archive.sqlite'}") as store:
        batch: list[PreparedVersion] = []
        for prepared in _prepared(archive, words):
            batch.append(prepared)
            if len(batch) == STORIES_A_BATCH:
                store.add_batch(batch)
                batch = []
        store.add_batch(batch)
        stored, indexing = drawing.seconds("drawn and stored"), Stopwatch()
        index = SearchIndex.open(folder / "index", store=store, embedder=TaggedVectors(archive))
        index.index_pending(batch=PASSAGES_A_COMMIT)
    return stored | indexing.seconds("indexed")


def build_vectors(folder: Path, archive: SyntheticArchive) -> dict[str, float]:
    """The dense index alone, a year at a time, and a last day in four commits not yet merged; seconds."""
    indexing = Stopwatch()
    dense = DenseIndex.create(folder / "dense", dimensions=DIMENSIONS)
    a_year = -(-archive.stories // (LAST.year - FIRST.year))
    last_day = archive.stories - 4 * (a_year // 1460)
    for first in range(0, last_day, a_year):
        dense.append(archive.rows(first, min(a_year, last_day - first)))
        print(f"  {first + a_year:,} stories after {indexing.clock():.0f} s", flush=True)
    dense.settle()
    for first in range(last_day, archive.stories, max(1, a_year // 1460)):
        dense.append(archive.rows(first, min(max(1, a_year // 1460), archive.stories - first)))
    return indexing.seconds("indexed")


def save_questions(folder: Path, questions: Sequence[Question]) -> None:
    np.save(folder / "questions.npy", np.stack([one.vector for one in questions]))
    asked = [{"story": one.story, "text": one.text} for one in questions]
    (folder / "questions.json").write_text(json.dumps(asked, ensure_ascii=False), "utf-8")


def load_questions(folder: Path, count: int) -> list[Question]:
    vectors = np.load(folder / "questions.npy")
    asked = json.loads((folder / "questions.json").read_text("utf-8"))
    return [
        Question(story=int(one["story"]), text=str(one["text"]), vector=vector)
        for one, vector in zip(asked[:count], vectors[:count], strict=True)
    ]


def shared_folder() -> Path:
    root = Path(__file__).resolve().parents[1]
    return (root / os.environ.get("DEPECHE_SHARED", "../shared")).resolve() / "data"


def _prepared(archive: SyntheticArchive, words: Words) -> Iterator[PreparedVersion]:
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    for number in range(archive.stories):
        language = str(archive.languages[number])
        texts = words.passages(number, language)
        body = "\n\n".join(texts)
        start, passages = 0, []
        for ordinal, text in enumerate(texts):
            passages.append(Passage(start=start, end=start + len(text), text=text, ordinal=ordinal))
            start += len(text) + 2
        correction = is_correction(number)
        address = number - 1 if correction else number
        yield PreparedVersion(
            version=Version(
                guid=f"urn:synthetic:{address}",
                provider=str(archive.providers[address]),
                version=2 if correction else 1,
                published=epoch + timedelta(microseconds=int(archive.published[number])),
                body=body,
                headline=" ".join(texts[0].split()[1:9]),
                language=language,
                kind=Kind(str(archive.kinds[number])),
            ),
            passages=tuple(passages),
        )


def _drawn(
    rng: np.random.Generator, values: Sequence[str], weights: Sequence[float], count: int
) -> NDArray[np.object_]:
    table: NDArray[np.object_] = np.array(values, dtype=object)
    return table[rng.choice(len(values), size=count, p=np.array(weights) / sum(weights))]


def _reuters(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.sgm.gz")):
        with gzip.open(path, "rt", encoding="utf-8", errors="replace") as file:
            raw = file.read()
        for body in re.findall(r"<BODY>(.*?)(?:&#3;)?</BODY>", raw, re.DOTALL):
            if len(body) > 400:
                yield body
    if not any(folder.glob("*.sgm.gz")):
        raise FileNotFoundError(folder)


def _orangesum(folder: Path) -> Iterator[str]:
    with gzip.open(folder / "orangesum_parsed.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            article = json.loads(line)["article"]
            if len(article) > 400:
                yield article
