"""The same vectors as the sentence-transformers folder gives, through OpenVINO: several times as fast.

The folder is converted once (`retrieval.conversion`) and the conversion kept beside it; from then on neither
torch nor sentence-transformers is imported. A conversion whose vectors part from the original's is never
used: sentence-transformers itself goes on in its place.

Why OpenVINO: a second of one core with AVX-512 VNNI and BF16 embeds 33 passages of 136 tokens in 8 bits, 25
in bfloat16, 14 in float32; sentence-transformers in float32 9 (`benchmarks/embedding.py`, which prints the
cosines too: 0.9996 at least in 8 bits, 0.99998 in bfloat16).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from retrieval import conversion
from retrieval.conversion import Form, Inputs, converted_folder
from retrieval.conversion_process import convert_apart
from retrieval.embedder import SentenceTransformerEmbedder
from retrieval.tokens import TextTokens

__all__ = ["OpenVinoEmbedder", "converted_folder"]

WIDTH = 8  # tokens: batches are padded to a multiple of it. OpenVINO keeps what it made for each shape it has seen:
# two texts of each width from 24 to 399 tokens grew the process by 830 MB; to multiples of 16, by 110
BATCH = 8  # swept 2..32 on passages of 136 tokens: flat from 2 to 8, 4 % slower at 16, 10 % at 32
FEW = 2  # where a handful of texts of all lengths are read: a fifth faster than 8, less padding


class OpenVinoEmbedder(SentenceTransformerEmbedder):
    """An Embedder with the fingerprint of the folder it was converted from: their vectors may be mixed."""

    def __init__(self, folder: Path, *, apart: bool = False, **options: Any) -> None:
        """`options` as SentenceTransformerEmbedder's. `apart`: a conversion that has not been made yet is made
        in a process of its own, whose memory ends with it."""
        super().__init__(folder, **options)
        self._apart, self._options = apart, options

    @property
    def form(self) -> Form:
        """How vectors are made on this machine; converts the folder if that was not done before."""
        return self._conversion.form

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        if texts and self.form is Form.ORIGINAL:
            return super()._encode(texts)
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        ids = self._ids(texts)
        order = sorted(range(len(texts)), key=lambda at: len(ids[at]))
        for start in range(0, len(order), BATCH):
            some = order[start : start + BATCH]
            with self._lock:  # let go after each batch: a question with one text need not wait for a hundred
                vectors[some] = conversion.run(self._compiled, self._inputs([ids[at] for at in some]))
        # Halved precision leaves lengths within 1 % of 1: made exact, cosines are inner products.
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def embed_tokens(self, texts: Sequence[str], *, as_query: bool) -> list[TextTokens]:
        """A TokenEmbedder where the conversion shows its tokens; the same work as embedding the texts."""
        if not texts or self.form is Form.ORIGINAL:
            return []
        prefix = self._query_prefix if as_query else self._passage_prefix
        encodings = self._tokenizer.encode_batch([prefix + text for text in texts])
        ids = [_cut(one.ids, one.special_tokens_mask, self.max_tokens) for one in encodings]
        own = [
            _cut(
                [
                    int(end > len(prefix) and not mark)
                    for (_, end), mark in zip(one.offsets, one.special_tokens_mask, strict=True)
                ],
                one.special_tokens_mask,
                self.max_tokens,
            )
            for one in encodings
        ]
        order = sorted(range(len(texts)), key=lambda at: len(ids[at]))
        found: dict[int, TextTokens] = {}
        for start in range(0, len(order), FEW):
            some = order[start : start + FEW]
            with self._lock:
                vectors = conversion.run_tokens(self._compiled, self._inputs([ids[at] for at in some]))
            if vectors is None:
                return []
            found |= {at: _own_tokens(ids[at], own[at], rows) for at, rows in zip(some, vectors, strict=True)}
        return [found[at] for at in range(len(texts))]

    def _ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token ids, marks of beginning and end among them, at most `max_tokens` of each text.

        Cut here and not by the tokenizer: the one that counts tokens must not cut, and a second one of
        250,000 pieces would hold another 300 MB.
        """
        encodings = self._tokenizer.encode_batch(list(texts))
        return [_cut(one.ids, one.special_tokens_mask, self.max_tokens) for one in encodings]

    @cached_property
    def _padding(self) -> int:
        for token in ("<pad>", "[PAD]"):
            if (number := self._tokenizer.token_to_id(token)) is not None:
                return int(number)
        return 0

    @cached_property
    def _conversion(self) -> conversion.Record:
        folder = converted_folder(self._folder, self.fingerprint)
        if self._apart and conversion.read_record(folder) is None:
            convert_apart(self._folder, self._options)
        if (record := conversion.read_record(folder)) is not None:
            return record
        record = conversion.convert(self._model, folder, prepare=self._prepare)
        if record.form is not Form.ORIGINAL:
            self.__dict__.pop("_model", None)  # torch's copy of the weights is not needed again
        return record

    @cached_property
    def _compiled(self) -> Any:
        _ = self._conversion
        return conversion.open_model(converted_folder(self._folder, self.fingerprint))

    def _prepare(self, texts: Sequence[str]) -> Inputs:
        return self._inputs(self._ids(texts))

    def _inputs(self, ids: Sequence[Sequence[int]]) -> Inputs:
        longest = max(len(row) for row in ids)
        width = max(longest, min(-(-longest // WIDTH) * WIDTH, self.max_tokens))
        tokens = np.full((len(ids), width), self._padding, dtype=np.int64)
        mask = np.zeros((len(ids), width), dtype=np.int64)
        for at, row in enumerate(ids):
            tokens[at, : len(row)] = row
            mask[at, : len(row)] = 1
        return {"input_ids": tokens, "attention_mask": mask}


def _cut(ids: list[int], special: list[int], longest: int) -> list[int]:
    """The first tokens and the marks that end the text."""
    if len(ids) <= longest:
        return ids
    ending = next((at for at, mark in enumerate(reversed(special)) if not mark), 0)
    return ids[: longest - ending] + ids[len(ids) - ending :]


def _own_tokens(ids: list[int], own: list[int], rows: NDArray[np.float32]) -> TextTokens:
    kept = np.asarray(own, dtype=np.bool_)
    whole = rows[: len(ids)]
    return TextTokens(
        ids=np.asarray(ids, dtype=np.int64)[kept],
        vectors=whole[kept].astype(np.float32),
        length=float(np.linalg.norm(whole.mean(axis=0, dtype=np.float32))),
    )
