"""Archives of a few dozen stories in a real database, and an embedder that needs no weights."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from db.store import PreparedVersion
from domain.story import Kind, Passage, Status, Subject, Version

DAY = timedelta(days=1)
START = datetime(1985, 1, 1, 12, tzinfo=UTC)
NOW = datetime(2024, 6, 1, tzinfo=UTC)


class HashedWords:
    """Texts as counts of their words, hashed into a few dimensions: nearness is shared words.

    The oldest embedding there is (feature hashing), exact and instant; what is tested with it
    is the index around it, not the meaning.
    """

    fingerprint = "hashed-words:1"
    dimensions = 64
    max_tokens = 512

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in re.findall(r"\w+", text.casefold()):
                digest = hashlib.blake2b(word.encode(), digest_size=4).digest()
                value = int.from_bytes(digest, "big")
                vectors[row, value % self.dimensions] += 1.0 if value & 0x80000000 else -1.0
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors / np.where(lengths == 0, 1, lengths)

    def embed_query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self.embed_passages([text])[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]


class ShorterHashedWords(HashedWords):
    """Another embedder: the same words in fewer dimensions."""

    fingerprint = "hashed-words:2"
    dimensions = 32


def prepared(
    guid: str,
    body: str,
    *,
    headline: str | None = None,
    published: datetime = START,
    version: int = 1,
    language: str | None = "en",
    provider: str = "One",
    kind: Kind = Kind.STORY,
    status: Status = Status.USABLE,
    place: str | None = None,
    people: tuple[str, ...] = (),
    places: tuple[str, ...] = (),
    subjects: tuple[Subject, ...] = (),
    embargo_until: datetime | None = None,
) -> PreparedVersion:
    """A version whose passages are its paragraphs."""
    passages = tuple(
        Passage(start=match.start(), end=match.end(), text=match[0], ordinal=ordinal)
        for ordinal, match in enumerate(re.finditer(r"[^\n]+", body))
    )
    return PreparedVersion(
        version=Version(
            guid=guid,
            provider=provider,
            version=version,
            published=published,
            body=body,
            headline=headline,
            language=language,
            kind=kind,
            status=status,
            dateline_place=place,
            people=people,
            places=places,
            subjects=subjects,
            embargo_until=embargo_until,
        ),
        passages=passages,
    )


SUBJECTS = ("wheat", "steel", "election", "strike", "oil", "treaty", "drought", "budget")
PLACES = ("PARIS", "CAIRO", "LISBON")


def varied_stories(count: int) -> list[PreparedVersion]:
    """Stories that differ in date, language, provider, kind and subject; every fifth was corrected once."""
    stories = []
    for number in range(count):
        subject = SUBJECTS[number % len(SUBJECTS)]
        common = {
            "headline": f"{subject} report {number}",
            "published": START + number * 23 * DAY,
            "language": ("en", "fr", "ar", None)[number % 4],
            "provider": ("One", "Two", "Three")[number % 3],
            "kind": (Kind.STORY, Kind.STORY, Kind.ALERT, Kind.ADVISORY)[number // 2 % 4],
            "place": PLACES[number % 3],
        }
        body = f"The {subject} story number {number} begins.\n\nMore on {subject} follows in part {number}."
        stories.append(prepared(f"urn:{number}", body, **common))
        if number % 5 == 0:
            common["published"] += 40 * DAY
            stories.append(prepared(f"urn:{number}", body + " Corrected.", version=2, **common))
    return stories
