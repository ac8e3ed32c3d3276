"""Vectors without what they say of the language alone, so that a question finds stories in any language.

The vectors of a multilingual embedder lean towards a point of their language's own, and a question
leans towards the stories of its language whatever they say. That point is measured once for each
index, on the same questions in eight languages (`language_bank.toml`), for questions and for passages
apart, and most of it is taken away on both sides; what is left is made a unit vector again. The
points stand in the index's folder: a question is always treated as the stories beside it were.

Removing the mean of each language: Yang et al., "A simple and effective method to eliminate the self
language bias in multilingual representations", EMNLP 2021.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from domain.errors import IndexStale
from domain.protocols import Embedder
from retrieval.files import REBUILD
from retrieval.tokens import TextTokens

# Swept 0.5..1 on XQuAD-R and the sample's set (docs/retrieval-evaluation.md): flat from 0.75.
SHARE = 0.9
FILE = "languages.npz"

Points = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True, kw_only=True)
class LanguageNeutral:
    """Where each language's questions and passages lie. A language without a point gets the middle of all."""

    queries: Points
    passages: Points

    @classmethod
    def measure(cls, embedder: Embedder) -> LanguageNeutral:
        """Embeds the bank: 256 short texts twice, seconds of one core."""
        bank = _bank()
        everything = [text for texts in bank.values() for text in texts]
        as_passages = embedder.embed_passages(everything)
        as_queries = np.stack([embedder.embed_query(text) for text in everything])
        return cls(queries=_points(bank, as_queries), passages=_points(bank, as_passages))

    @classmethod
    def kept(cls, folder: Path) -> LanguageNeutral | None:
        """As `keep` left it in an index's folder; None where it did not."""
        try:
            with (folder / FILE).open("rb") as file, np.load(file, allow_pickle=False) as stored:
                both = {name: stored[name] for name in stored.files}
        except FileNotFoundError:
            return None
        except (OSError, EOFError, ValueError, zipfile.BadZipFile) as error:
            raise IndexStale(f"{folder / FILE} cannot be read: {error}", hint=REBUILD) from error
        return cls(
            queries={name[2:]: point for name, point in both.items() if name.startswith("q:")},
            passages={name[2:]: point for name, point in both.items() if name.startswith("p:")},
        )

    def keep(self, folder: Path) -> None:
        arrays = {f"q:{name}": point for name, point in self.queries.items()}
        arrays |= {f"p:{name}": point for name, point in self.passages.items()}
        handle, part = tempfile.mkstemp(dir=folder, suffix=".part")
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]  # its stub takes the names for options
        Path(part).replace(folder / FILE)

    def query(self, vector: NDArray[np.float32], language: str | None) -> NDArray[np.float32]:
        return _unit(vector - SHARE * _point(self.queries, language))

    def passage_vectors(
        self, vectors: NDArray[np.float32], languages: Sequence[str | None]
    ) -> NDArray[np.float32]:
        """One row a passage, as `languages` says."""
        if not len(vectors):
            return vectors
        return _unit(vectors - SHARE * np.stack([_point(self.passages, name) for name in languages]))

    def query_tokens(self, tokens: TextTokens, language: str | None) -> NDArray[np.float32]:
        """A row a token: from each is taken what is taken from the text's vector, in the tokens' measure."""
        return _unit(tokens.vectors - SHARE * tokens.length * _point(self.queries, language))

    def passage_tokens(self, tokens: TextTokens, language: str | None) -> NDArray[np.float32]:
        return _unit(tokens.vectors - SHARE * tokens.length * _point(self.passages, language))


def neutral_for(folder: Path, embedder: Embedder, *, writing: bool = False) -> LanguageNeutral:
    """What is kept in the index's `folder`, or a fresh measure; only a writer keeps it."""
    found = LanguageNeutral.kept(folder)
    if found is None:
        found = LanguageNeutral.measure(embedder)
        if writing:
            found.keep(folder)
    return found


def _points(bank: Mapping[str, Sequence[str]], vectors: NDArray[np.float32]) -> Points:
    means: dict[str, NDArray[np.float32]] = {}
    start = 0
    for language, texts in bank.items():
        means[language] = vectors[start : start + len(texts)].mean(axis=0)
        start += len(texts)
    return means | {"": np.mean(list(means.values()), axis=0)}


def _point(points: Points, language: str | None) -> NDArray[np.float32]:
    return points.get((language or "").partition("-")[0], points[""])


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: NDArray[np.float32] = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit


def _text() -> bytes:
    return (resources.files("retrieval") / "language_bank.toml").read_bytes()


@cache
def _bank() -> dict[str, list[str]]:
    return tomllib.loads(_text().decode())


# Part of every embedder's fingerprint, through passage_text.RECIPE.
RECIPE = f"neutral-{SHARE}-{hashlib.sha256(_text()).hexdigest()[:8]}"
