"""How the library runs a model fastest on this machine, measured once and recorded.

What is tried: flash attention off and on, then half the batch. A record holds for one model file, cache
type, number of threads, processor and version of the library, all of which are in its name; a record that
cannot be read is measured again. Where nothing can be measured the defaults serve.
"""

from __future__ import annotations

import hashlib
import logging
import os
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import llama_cpp
import orjson

from answering.generation.native import BATCH_TOKENS, Context, Model, sampler_chain
from domain.errors import GenerationFailed
from models.machine import inspect_machine

# One candidate is measured over about so long, so that even the first start of a large model is bearable.
SECONDS_EACH = 1.0
LEAST_TOKENS, MOST_TOKENS = 32, 512
DECODED_TOKENS = 6
CRAWLING = 6.0  # tokens a second: a 24B model on two cores
# Another way is taken only if it is clearly faster: less than this is the noise of two runs.
CLEARLY = 1.03

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tuning:
    """`flash` None: the library decides. Rates are tokens a second of an otherwise idle machine."""

    batch: int = BATCH_TOKENS
    flash: bool | None = None
    prefill_rate: float | None = None
    decode_rate: float | None = None


def tuned(model: Model, *, file: Path, threads: int, kv_type: str, folder: Path) -> Tuning:
    """The record for this model and machine, made now if there is none."""
    path = folder / f"{_key(file, threads, kv_type)}.json"
    recorded = _read(path)
    if recorded is not None:
        return recorded
    try:
        found = measure(model, threads=threads, kv_type=kv_type)
    except GenerationFailed as fault:
        _log.warning("not tuned: %s", fault)
        return Tuning()
    folder.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f"{path.name}.{os.getpid()}.new")
    scratch.write_bytes(
        orjson.dumps({"model": file.name, "threads": threads, "kv_type": kv_type} | asdict(found))
    )
    scratch.replace(path)
    return found


def measure(model: Model, *, threads: int, kv_type: str) -> Tuning:
    """Tries the candidates, each on the same tokens. Raises GenerationFailed."""
    text = model.tokenize(
        "The harvest of 1987 was larger than expected, the ministry said on Monday. " * 64, False
    )
    trial = _Trial(model, threads=threads, kv_type=kv_type)
    # The first brings the weights into memory; where even it crawls, trying on would take minutes.
    prefill, decode = trial.rates(text[:LEAST_TOKENS], batch=BATCH_TOKENS, flash=True)
    if prefill < CRAWLING:
        return Tuning(flash=True, prefill_rate=round(prefill, 1), decode_rate=round(decode, 1))
    quick = trial.rates(text[:LEAST_TOKENS], batch=BATCH_TOKENS, flash=True)[0]
    sample = text[: max(LEAST_TOKENS, min(MOST_TOKENS, int(quick * SECONDS_EACH)))]
    # A quantised cache exists with flash attention only.
    ways = [(BATCH_TOKENS, True)] if kv_type != "f16" else [(BATCH_TOKENS, False), (BATCH_TOKENS, True)]
    best = max(((trial.rates(sample, batch=b, flash=f), b, f) for b, f in ways), key=lambda one: one[0][0])
    if len(sample) >= BATCH_TOKENS:
        half = trial.rates(sample, batch=BATCH_TOKENS // 2, flash=best[2])
        if half[0] > best[0][0] * CLEARLY:
            best = (half, BATCH_TOKENS // 2, best[2])
    (prefill, decode), batch, flash = best
    return Tuning(batch=batch, flash=flash, prefill_rate=round(prefill, 1), decode_rate=round(decode, 1))


class _Trial:
    def __init__(self, model: Model, *, threads: int, kv_type: str) -> None:
        self._model, self._threads, self._kv_type = model, threads, kv_type

    def rates(self, sample: Sequence[int], *, batch: int, flash: bool) -> tuple[float, float]:
        """Tokens read and written a second."""
        context = Context(
            self._model, tokens=len(sample) + DECODED_TOKENS, threads=self._threads, kv_type=self._kv_type,
            batch=batch, flash=flash, sampler=lambda: sampler_chain(temperature=0.0, top_p=1.0, seed=0),
        )  # fmt: skip
        try:
            began = self._clock()
            for start in range(0, len(sample), batch):
                context.evaluate(sample[start : start + batch])
            context.sample()  # waits for what a GPU still computes
            read = self._clock() - began
            began = self._clock()
            for token in sample[:DECODED_TOKENS]:
                context.evaluate([token])
            context.sample()
            wrote = self._clock() - began
        finally:
            context.close()
        return len(sample) / max(read, 1e-6), DECODED_TOKENS / max(wrote, 1e-6)

    def _clock(self) -> float:
        """Seconds; without a GPU those of the processor, which other programs cannot lengthen."""
        if llama_cpp.llama_supports_gpu_offload():
            return time.perf_counter()
        return time.process_time() / self._threads


def _read(path: Path) -> Tuning | None:
    try:
        fields = orjson.loads(path.read_bytes())
        return Tuning(
            batch=int(fields["batch"]),
            flash=fields["flash"],
            prefill_rate=fields["prefill_rate"],
            decode_rate=fields["decode_rate"],
        )
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _key(file: Path, threads: int, kv_type: str) -> str:
    status, machine = file.stat(), inspect_machine()
    parts = (
        file.name, status.st_size, status.st_mtime_ns, threads, kv_type, llama_cpp.__version__,
        machine.processor, *(gpu.name for gpu in machine.gpus),
    )  # fmt: skip
    return hashlib.sha256("\x1f".join(map(str, parts)).encode()).hexdigest()[:32]
