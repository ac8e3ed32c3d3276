"""What a language model needs in memory, and what fits: arithmetic only.

    total = weights + context × bytes a token + overhead

The overhead on a CPU was measured with llama.cpp 0.3.36's own report of its buffers
("compute buffer size"): 300.3 MiB for Qwen2.5-Coder-0.5B and 302.8 MiB for 1.5B, at 8k as at 32k
of context; 512 × 151,936 predictions of 4 bytes are 296.8 MiB of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from models.catalogue import ModelKind, ModelSpec
from models.machine import Machine

GIB = 1 << 30

# Bytes a value takes in the cache: ggml stores blocks of 32 with an f16 scale.
KV_BYTES = {"f16": 2.0, "q8_0": 34 / 32, "q4_0": 18 / 32}

BATCH_TOKENS = 512  # predictions of a whole batch are held at once, 4 bytes each
BASE_BYTES = 48 << 20  # the rest of the compute buffer, and the interpreter (40 MiB measured)
# A CUDA context and its kernels; not measured here: reports for llama.cpp are 300 to 600 MiB.
CUDA_BYTES = 600 << 20
# macOS lets the GPU use two thirds of the memory up to 36 GB and three quarters above, unless told otherwise.
APPLE_SHARE_SMALL, APPLE_SHARE_LARGE, APPLE_LARGE_BYTES = 2 / 3, 3 / 4, 36 * GIB
# On a CPU the system, the indexes and the embedder (0.5 GiB) must live beside the model.
RAM_SHARE = 0.75


class Place(StrEnum):
    """Where the model would run."""

    CPU = "cpu"
    GPU = "gpu"
    APPLE = "apple"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One model on one memory. `largest_context` is 0 where not even the weights fit."""

    model: str
    place: Place
    memory_bytes: int
    usable_bytes: int
    context: int
    kv_type: str
    weights_bytes: int
    kv_bytes_per_token: float
    kv_bytes: int
    overhead_bytes: int
    largest_context: int
    gpu_layers: int | None = None  # of a model that does not fit: how many layers still do

    @property
    def total_bytes(self) -> int:
        return self.weights_bytes + self.kv_bytes + self.overhead_bytes

    @property
    def fits(self) -> bool:
        return self.total_bytes <= self.usable_bytes


def kv_bytes_per_token(spec: ModelSpec, kv_type: str) -> float:
    """Keys and values of all layers for one token."""
    if spec.layers is None or spec.kv_heads is None or spec.head_dim is None:
        raise ValueError(f"{spec.name} is not a language model with a known shape")
    return 2 * spec.layers * spec.kv_heads * spec.head_dim * KV_BYTES[kv_type]


def usable_bytes(memory_bytes: int, place: Place) -> int:
    """What of a memory may be planned with."""
    match place:
        case Place.GPU:
            return memory_bytes
        case Place.APPLE:
            large = memory_bytes > APPLE_LARGE_BYTES
            return int(memory_bytes * (APPLE_SHARE_LARGE if large else APPLE_SHARE_SMALL))
        case Place.CPU:
            return int(memory_bytes * RAM_SHARE)


def plan(
    spec: ModelSpec,
    memory_bytes: int,
    context: int | None = None,
    kv_type: str = "f16",
    *,
    place: Place = Place.CPU,
) -> Plan:
    """The arithmetic of one model on one memory. Without `context`, the model's whole context."""
    wanted = min(context or spec.context, spec.context)
    a_token = kv_bytes_per_token(spec, kv_type)
    overhead = BASE_BYTES + BATCH_TOKENS * (spec.vocabulary or 0) * 4
    if place is Place.GPU:
        overhead += CUDA_BYTES
    usable = usable_bytes(memory_bytes, place)
    left = usable - spec.disk_bytes - overhead
    largest = max(0, min(spec.context, int(left / a_token)))
    layers = None
    if place is Place.GPU and largest < wanted:
        # Layers take their share of the weights and of the cache with them.
        for_one = (spec.disk_bytes + wanted * a_token) / (spec.layers or 1)
        layers = max(0, min(spec.layers or 0, int((usable - overhead) / for_one)))
    return Plan(
        model=spec.name, place=place, memory_bytes=memory_bytes, usable_bytes=usable, context=wanted,
        kv_type=kv_type, weights_bytes=spec.disk_bytes, kv_bytes_per_token=a_token,
        kv_bytes=int(wanted * a_token), overhead_bytes=overhead, largest_context=largest, gpu_layers=layers,
    )  # fmt: skip


# The memories a reader may think of buying, in GiB.
GPU_SIZES = (16, 24, 48, 80)
APPLE_SIZES = (16, 24, 32, 36, 48, 64, 96, 128, 192)
CPU_SIZES = (16, 24, 32, 64, 128)


def survey(
    spec: ModelSpec, context: int | None = None, kv_types: Sequence[str] = tuple(KV_BYTES)
) -> tuple[Plan, ...]:
    """The model on every size of GPU, Apple memory and main memory, with each type of cache."""
    places = [
        *((Place.GPU, size) for size in GPU_SIZES),
        *((Place.APPLE, size) for size in APPLE_SIZES),
        *((Place.CPU, size) for size in CPU_SIZES),
    ]
    return tuple(
        plan(spec, size * GIB, context, kv_type, place=place)
        for place, size in places
        for kv_type in kv_types
    )


def plans_for(
    machine: Machine, spec: ModelSpec, context: int | None = None, kv_type: str = "f16"
) -> tuple[Plan, ...]:
    """The model on this machine: each place it could run, the fastest first."""
    plans = [plan(spec, gpu.memory_bytes, context, kv_type, place=Place.GPU) for gpu in machine.gpus]
    if machine.apple_silicon:
        plans.append(plan(spec, machine.memory_bytes, context, kv_type, place=Place.APPLE))
    plans.append(plan(spec, machine.memory_bytes, context, kv_type))
    return tuple(plans)


def finest_kv_type(machine: Machine, spec: ModelSpec, context: int) -> str:
    """The most precise type of cache with which the context fits the fastest place of this machine;
    the smallest where none does."""
    for kv_type in KV_BYTES:
        if plans_for(machine, spec, context, kv_type)[0].fits:
            return kv_type
    return next(reversed(KV_BYTES))


def recommend(machine: Machine, models: Sequence[ModelSpec], context: int = 8192) -> ModelSpec | None:
    """The largest language model that fits where it is fast enough to be waited for.

    On a CPU every billion weights costs about 12 s for a prompt of 1,000 tokens on two cores (1.5B:
    30 to 85 tokens a second), so models over CPU_BYTES_PER_CORE a core are left out there.
    """
    fitting = []
    for spec in models:
        if spec.kind is not ModelKind.LLM:
            continue
        for option in plans_for(machine, spec, context):
            quick = option.place is not Place.CPU or spec.disk_bytes <= machine.cores * CPU_BYTES_PER_CORE
            if option.fits and quick:
                fitting.append(spec)
                break
    return max(fitting, key=lambda spec: spec.disk_bytes, default=None)


CPU_BYTES_PER_CORE = 600_000_000  # two cores carry the 1.1 GB of a 1.5B model
