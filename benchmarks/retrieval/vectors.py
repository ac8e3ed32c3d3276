"""Vectors kept between runs: embedding is nine tenths of a benchmark's time, and texts rarely change."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from domain.protocols import Embedder
from retrieval.tokens import TextTokens, TokenEmbedder


class KeptVectors:
    """An Embedder in front of another: what was embedded once is read from a file."""

    def __init__(self, inner: Embedder, folder: Path) -> None:
        self._inner = inner
        self.fingerprint = inner.fingerprint
        self.dimensions = inner.dimensions
        self.max_tokens = inner.max_tokens
        folder.mkdir(parents=True, exist_ok=True)
        model = inner.fingerprint.partition(":")[0]
        self._file = sqlite3.connect(folder / f"vectors-{model}.sqlite", check_same_thread=False)
        self._file.execute(
            "CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, numbers BLOB) WITHOUT ROWID"
        )
        self._tokens: dict[bytes, TextTokens] = {}  # of this run only: 0.1 MB a passage
        self.passages_read = 0  # for their tokens, each time anew
        self.token_seconds: list[float] = []  # of the processor, for one passage

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        keys = [key_of("passage", text) for text in texts]
        held = {key: vector for key in keys if (vector := self._held(key)) is not None}
        new = [at for at, key in enumerate(keys) if key not in held]
        if new:
            vectors = self._inner.embed_passages([texts[at] for at in new])
            held |= {keys[at]: vector for at, vector in zip(new, vectors, strict=True)}
            self.keep([(keys[at], held[keys[at]]) for at in new])
        if not keys:
            return np.empty((0, self.dimensions), dtype=np.float32)
        return np.stack([held[key] for key in keys])

    def embed_query(self, text: str) -> NDArray[np.float32]:
        key = key_of("question", text)
        if (held := self._held(key)) is not None:
            return held
        vector = self._inner.embed_query(text)
        self.keep([(key, vector)])
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return self._inner.count_tokens(texts)

    def embed_tokens(self, texts: Sequence[str], *, as_query: bool) -> list[TextTokens]:
        if not isinstance(self._inner, TokenEmbedder):
            return []
        keys = [key_of("question" if as_query else "passage", text) for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._tokens}
        began = time.process_time()
        made = self._inner.embed_tokens(list(new.values()), as_query=as_query)
        if not as_query:
            self.passages_read += len(texts)
            self.token_seconds += [(time.process_time() - began) / len(new)] * len(new) if new else []
        if len(made) < len(new):
            return []
        self._tokens |= dict(zip(new, made, strict=True))
        return [self._tokens[key] for key in keys]

    def keep(self, rows: Sequence[tuple[bytes, NDArray[np.float32]]]) -> None:
        with self._file:
            self._file.executemany(
                "INSERT OR REPLACE INTO vector VALUES (?, ?)",
                [(key, np.asarray(vector, dtype=np.float32).tobytes()) for key, vector in rows],
            )

    def _held(self, key: bytes) -> NDArray[np.float32] | None:
        row = self._file.execute("SELECT numbers FROM vector WHERE key = ?", (key,)).fetchone()
        return np.frombuffer(row[0], dtype=np.float32) if row else None


def key_of(kind: str, text: str) -> bytes:
    return hashlib.sha256(f"{kind}\x1f{text}".encode()).digest()[:16]
