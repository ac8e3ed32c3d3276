"""The same vectors as the sentence-transformers folder gives, through OpenVINO: several times as fast.

The folder's modules are converted once, as they are, and kept beside it; from then on neither torch
nor sentence-transformers is imported. A conversion whose vectors part from the original's is never
published: the caller then goes on with sentence-transformers itself.

Why OpenVINO: on 2 cores with AVX-512 BF16 the converted model embeds 3.4 times as many passages a
second of processor time as sentence-transformers in float32, with cosine 0.99998 or better to it
(`benchmarks/embedding.py`).
"""

from __future__ import annotations

import os
import shutil
import tempfile
import warnings
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from domain.errors import ModelCorrupt
from retrieval.embedder import SentenceTransformerEmbedder

LEAST_COSINE = 0.999  # between the converted model's vectors and the original's, on PROBES
MODEL_FILE = "model.xml"
BATCH = 8  # swept 4..64 on passages of 170 tokens, 2 cores: flat from 4 to 16, slower beyond
PROBES = (
    "The Bundestag elected Gerhard Schroeder chancellor by 351 votes on Tuesday.",
    "Le mur de Berlin s'est ouvert jeudi soir, après vingt-huit ans.",
    "El rescate de los 33 mineros terminó el miércoles en Copiapó.",
    "انتهت مباراة نهائي كأس العالم بفوز فرنسا على البرازيل بثلاثة أهداف دون مقابل.",
    "地震发生后，救援人员连夜赶往灾区。",
)


class OpenVinoEmbedder(SentenceTransformerEmbedder):
    """An Embedder with the fingerprint of the folder it was converted from: their vectors may be mixed."""

    def _encode(self, texts: list[str]) -> NDArray[np.float32]:
        vectors = np.empty((len(texts), self.dimensions), dtype=np.float32)
        encodings = self._padded_tokenizer.encode_batch(texts)
        order = sorted(range(len(texts)), key=lambda at: len(encodings[at].ids))
        with self._lock:
            for start in range(0, len(order), BATCH):
                some = order[start : start + BATCH]
                vectors[some] = self._request(_inputs([encodings[at].ids for at in some], self._padding))
        # Halved precision leaves lengths within 1 % of 1: made exact, cosines are inner products.
        unit: NDArray[np.float32] = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit

    def _request(self, inputs: dict[str, NDArray[np.int64]]) -> NDArray[np.float32]:
        result: NDArray[np.float32] = self._compiled.create_infer_request().infer(inputs)[0]
        return result

    @cached_property
    def _padded_tokenizer(self) -> Tokenizer:
        tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
        tokenizer.no_padding()  # each batch is padded to its own longest text
        tokenizer.enable_truncation(self.max_tokens)
        return tokenizer

    @cached_property
    def _padding(self) -> int:
        for token in ("<pad>", "[PAD]"):
            if (number := self._padded_tokenizer.token_to_id(token)) is not None:
                return int(number)
        return 0

    @cached_property
    def _compiled(self) -> Any:
        folder = converted_folder(self._folder, self.fingerprint)
        if not (folder / MODEL_FILE).is_file():
            _convert(self, folder)
        return _compile(folder / MODEL_FILE)


def converted_folder(original: Path, fingerprint: str) -> Path:
    """Where the conversion of `original` is kept: beside it, under the digest of what it was made from."""
    return original.parent / f"{original.name}.openvino-{fingerprint.rpartition(':')[2]}"


def _inputs(ids: Sequence[Sequence[int]], padding: int) -> dict[str, NDArray[np.int64]]:
    width = max(len(row) for row in ids)
    tokens = np.full((len(ids), width), padding, dtype=np.int64)
    mask = np.zeros((len(ids), width), dtype=np.int64)
    for at, row in enumerate(ids):
        tokens[at, : len(row)] = row
        mask[at, : len(row)] = 1
    return {"input_ids": tokens, "attention_mask": mask}


def _compile(path: Path) -> Any:
    import openvino as ov

    core = ov.Core()
    # bfloat16 halves the work where the processor multiplies it natively; elsewhere it is emulated, slower.
    capabilities = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    settings = {
        "INFERENCE_PRECISION_HINT": "bf16" if "BF16" in capabilities else "f32",
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": len(os.sched_getaffinity(0))
        if hasattr(os, "sched_getaffinity")
        else os.cpu_count() or 1,
    }
    return core.compile_model(path, "CPU", settings)


def _convert(embedder: OpenVinoEmbedder, folder: Path) -> None:
    """Trace the folder's modules, compare with them on PROBES, publish by one rename. ModelCorrupt if they part."""
    import openvino as ov
    import torch

    original = embedder._model

    class Traced(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.modules_in_order = original

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            features = {"input_ids": input_ids, "attention_mask": attention_mask}
            vectors: torch.Tensor = self.modules_in_order(features)["sentence_embedding"]
            return torch.nn.functional.normalize(vectors, dim=1)

    encoded = embedder._padded_tokenizer.encode_batch(list(PROBES))
    inputs = _inputs([one.ids for one in encoded], embedder._padding)
    example = {name: torch.from_numpy(array) for name, array in inputs.items()}
    with warnings.catch_warnings():  # tracing warns of shape checks that hold for every input
        warnings.simplefilter("ignore")
        converted = ov.convert_model(Traced().eval(), example_input=example)
    part = Path(tempfile.mkdtemp(prefix=folder.name, suffix=".part", dir=folder.parent))
    try:
        ov.save_model(converted, part / MODEL_FILE, compress_to_fp16=True)
        found = _compile(part / MODEL_FILE).create_infer_request().infer(inputs)[0]
        wanted = original.encode(list(PROBES), normalize_embeddings=True, show_progress_bar=False)
        least = float((np.asarray(found) * np.asarray(wanted)).sum(axis=1).min())
        if least < LEAST_COSINE:
            raise ModelCorrupt(
                f"the faster form of {embedder.name} parts from it (cosine {least:.4f})",
                hint='set engine = "torch" under [embedder]',
            )
        try:
            part.rename(folder)
        except OSError:
            if not (folder / MODEL_FILE).is_file():  # not just another process that was quicker
                raise
    finally:
        shutil.rmtree(part, ignore_errors=True)
    embedder.__dict__.pop("_model", None)  # torch's copy of the weights is not needed again
