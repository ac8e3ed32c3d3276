"""Text to unit vectors with a sentence-transformers folder on this machine.

Weights are loaded at the first text, so that a keyword search or a count of tokens never
waits for them. The fingerprint is the digest of every file that shapes a vector together
with the text recipe: an index made under another one is refused, never mixed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from domain.errors import ModelCorrupt, ModelNotInstalled
from retrieval import passage_text
from retrieval.fair_lock import FairLock

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

# Measured with multilingual-e5-small, passages of 170 tokens, one core: 10.9 a second in batches of 4,
# 8.1 in 16, 6.2 in 32: small batches stay in the cache, and after sorting by length they pad little.
QUICKEST_BATCH = 4
MODEL_FILES = frozenset({".json", ".safetensors", ".txt", ".model"})
MEND = "depeche models pull {name}"


class SentenceTransformerEmbedder:
    """An Embedder from a sentence-transformers folder; safe to share between threads."""

    def __init__(
        self,
        folder: Path,
        *,
        name: str,
        query_prefix: str = "",
        passage_prefix: str = "",
        max_tokens: int = 512,
        batch: int = QUICKEST_BATCH,
        digest: str | None = None,
    ) -> None:
        """`digest` spares hashing the weights when the caller has just verified them."""
        if not (folder / "modules.json").is_file():
            raise ModelNotInstalled(f"no embedder in {folder}", hint=MEND.format(name=name))
        self.name = name
        self.max_tokens = max_tokens
        self.dimensions = _dimensions(folder, name)
        self._folder = folder
        self._query_prefix = query_prefix
        self._passage_prefix = passage_prefix
        self._batch = batch
        self._lock = FairLock()
        recipe = (digest or folder_digest(folder), query_prefix, passage_prefix, str(max_tokens))
        text = "\x1f".join((*recipe, passage_text.RECIPE))
        self.fingerprint = f"{name}:{hashlib.sha256(text.encode()).hexdigest()[:16]}"

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return self._encode([self._passage_prefix + text for text in texts])

    def embed_query(self, text: str) -> NDArray[np.float32]:
        vector: NDArray[np.float32] = self._encode([self._query_prefix + text])[0]
        return vector

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        encodings = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding) for encoding in encodings]

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        if not texts:
            return np.empty((0, self.dimensions), dtype=np.float32)
        with self._lock:  # one text at a time uses all cores; two at once only share them
            # encode() orders by length itself, so that a batch pads little.
            vectors = self._model.encode(
                texts, batch_size=self._batch, normalize_embeddings=True, show_progress_bar=False
            )
        return np.ascontiguousarray(vectors, dtype=np.float32)

    @cached_property
    def _model(self) -> SentenceTransformer:
        from sentence_transformers import SentenceTransformer  # seconds of import: only when a text comes
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # standard error is the caller's

        model = SentenceTransformer(str(self._folder), device="cpu", local_files_only=True)
        model.max_seq_length = self.max_tokens
        return model

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_truncation()
        tokenizer.no_padding()
        return tokenizer


def folder_digest(folder: Path) -> str:
    """SHA-256 over the names and contents of the model's files, in name order."""
    digest = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in MODEL_FILES):
        digest.update(path.relative_to(folder).as_posix().encode() + b"\x00")
        with path.open("rb") as file:
            digest.update(hashlib.file_digest(file, "sha256").digest())
    return digest.hexdigest()


def _dimensions(folder: Path, name: str) -> int:
    """Width of the vectors, read from the folder without loading weights."""
    try:
        modules = json.loads((folder / "modules.json").read_text("utf-8"))
        for module in reversed(modules):
            config_path = folder / module["path"] / "config.json"
            config = json.loads(config_path.read_text("utf-8")) if config_path.is_file() else {}
            for key in ("out_features", "word_embedding_dimension", "embedding_dimension", "hidden_size"):
                if key in config:
                    return int(config[key])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelCorrupt(f"{folder} is not a sentence-transformers folder: {error}",
                           hint=MEND.format(name=name)) from error  # fmt: skip
    raise ModelCorrupt(f"{folder} does not tell the width of its vectors", hint=MEND.format(name=name))
