"""The product's embedder against sentence-transformers: `python -m benchmarks.embedding --passages 256`.

Both embed the same real passages (Reuters-21578 where it is there, otherwise data/sample) in slices, turn
about, so that whatever else the machine does meets both. Printed: passages a second by the clock and a
second of processor, their ratios as the median over the slices, and the cosines between the two.
"Plain" is `SentenceTransformer.encode` in float32 as its documentation calls it; `--plain-batch` tunes it.
"""

from __future__ import annotations

import argparse
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
from numpy.typing import NDArray

from benchmarks.real_passages import real_passages
from models.catalogue import load_catalogue
from models.fetch import weights_digest
from retrieval.embedder import SentenceTransformerEmbedder
from retrieval.fast_embedder import OpenVinoEmbedder
from runtime import load_settings
from runtime.wiring import model_path

LIBRARY_BATCH = 32  # what `encode` does unless told otherwise


class Recipe(TypedDict):
    """What both embedders are told alike."""

    name: str
    query_prefix: str
    passage_prefix: str
    max_tokens: int
    digest: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Timed:
    """One slice embedded one way."""

    vectors: NDArray[np.float32]
    seconds: float
    processor: float


def main() -> None:
    arguments = _arguments()
    fast, plain = _embedders(arguments.model, plain_batch=arguments.plain_batch)
    texts = real_passages(arguments.passages, count_tokens=fast.count_tokens, sample=arguments.sample)
    lengths = fast.count_tokens(texts)
    print(f"{arguments.model}, {len(os.sched_getaffinity(0))} cores; form chosen here: {fast.form}")
    print(f"{len(texts)} passages, {statistics.mean(lengths):.0f} tokens on average, {max(lengths)} at most")
    for warmed in (plain, fast):
        warmed.embed_passages(texts[:8])
    pairs = [
        (_timed(plain.embed_passages, part), _timed(fast.embed_passages, part))
        for part in _slices(texts, arguments.slice)
    ]
    _report(pairs, len(texts), arguments.plain_batch)


def _embedders(model: str, *, plain_batch: int) -> tuple[OpenVinoEmbedder, SentenceTransformerEmbedder]:
    folder = model_path(model, cache=load_settings().models_cache)
    if folder is None:
        raise SystemExit(f"{model} is not installed: depeche models pull {model}")
    spec = load_catalogue().get(model)
    said: Recipe = {
        "name": spec.name,
        "query_prefix": spec.query_prefix,
        "passage_prefix": spec.passage_prefix,
        "max_tokens": spec.context,
        "digest": weights_digest(folder),
    }
    return OpenVinoEmbedder(folder, **said), SentenceTransformerEmbedder(folder, **said, batch=plain_batch)


def _slices(texts: Sequence[str], size: int) -> list[Sequence[str]]:
    return [texts[start : start + size] for start in range(0, len(texts), size)]


def _timed(embed: Callable[[Sequence[str]], NDArray[np.float32]], texts: Sequence[str]) -> Timed:
    began, used = time.perf_counter(), time.process_time()
    vectors = embed(texts)
    return Timed(vectors=vectors, seconds=time.perf_counter() - began, processor=time.process_time() - used)


def _report(pairs: Sequence[tuple[Timed, Timed]], passages: int, plain_batch: int) -> None:
    for name, at in ((f"sentence-transformers, float32, batches of {plain_batch}", 0), ("this embedder", 1)):
        seconds = sum(pair[at].seconds for pair in pairs)
        processor = sum(pair[at].processor for pair in pairs)
        print(f"{name:54} {passages / seconds:7.1f} a second, {passages / processor:7.1f} a processor second")
    clock = statistics.median(plain.seconds / fast.seconds for plain, fast in pairs)
    work = statistics.median(plain.processor / fast.processor for plain, fast in pairs)
    print(f"ratio, median of {len(pairs)} pairs: {clock:.2f} by the clock, {work:.2f} by the processor")
    cosines = np.concatenate([(plain.vectors * fast.vectors).sum(axis=1) for plain, fast in pairs])
    print(f"cosine: least {cosines.min():.5f}, median {np.median(cosines):.5f}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--passages", type=int, default=256, help="how many are embedded both ways")
    parser.add_argument("--slice", type=int, default=64, help="passages embedded before the turn changes")
    parser.add_argument("--model", default="multilingual-e5-small", help="an embedder of the catalogue")
    parser.add_argument("--plain-batch", type=int, default=LIBRARY_BATCH, help="of sentence-transformers")
    parser.add_argument("--sample", action="store_true", help="passages of data/sample, six languages")
    return parser.parse_args()


if __name__ == "__main__":
    main()
