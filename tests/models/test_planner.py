"""The memory arithmetic, against figures reported by llama.cpp itself and published ones."""

from __future__ import annotations

import pytest

from models.catalogue import ModelKind, load_catalogue
from models.machine import Gpu, Machine, inspect_machine, nvidia_gpus, processor_facts
from models.planner import GIB, Place, kv_bytes_per_token, plan, plans_for, recommend, survey

CATALOGUE = load_catalogue()
MISTRAL = CATALOGUE.get("mistral-small-3.1-24b")
MIB = 1 << 20


@pytest.mark.parametrize(
    ("name", "context", "kv_type", "reported"),
    [  # "KV buffer size" as llama.cpp 0.3.36 reported it for these files
        ("qwen2.5-coder-0.5b", 8192, "f16", 96.0),
        ("qwen2.5-coder-1.5b", 8192, "f16", 224.0),
        ("qwen2.5-coder-1.5b", 32768, "f16", 896.0),
        ("qwen2.5-coder-1.5b", 32768, "q8_0", 476.0),
        ("qwen2.5-coder-1.5b", 32768, "q4_0", 252.0),
    ],
)
def test_the_cache_is_as_large_as_the_engine_says(
    name: str, context: int, kv_type: str, reported: float
) -> None:
    assert plan(CATALOGUE.get(name), 24 * GIB, context, kv_type).kv_bytes == reported * MIB


def test_mistral_small_takes_160_kib_a_token() -> None:
    assert kv_bytes_per_token(MISTRAL, "f16") == 160 * 1024
    assert plan(MISTRAL, 80 * GIB, 32_768).kv_bytes == 5 * GIB
    assert plan(MISTRAL, 80 * GIB).kv_bytes == 20 * GIB


def test_the_overhead_covers_the_measured_buffers() -> None:
    small = plan(CATALOGUE.get("qwen2.5-coder-0.5b"), 24 * GIB, 8192).overhead_bytes
    assert 300.25 * MIB + 40 * MIB <= small <= 400 * MIB


@pytest.mark.parametrize(
    ("gib", "kv_type", "fits"),
    [(16, "q4_0", False), (24, "f16", False), (24, "q4_0", True), (48, "f16", True), (80, "f16", True)],
)
def test_mistral_small_with_its_whole_context_on_gpus(gib: int, kv_type: str, fits: bool) -> None:
    found = plan(MISTRAL, gib * GIB, kv_type=kv_type, place=Place.GPU)
    assert found.context == 131_072
    assert found.fits is fits
    assert (found.largest_context == 131_072) is fits
    assert (found.gpu_layers is None) is fits


def test_the_largest_context_is_the_largest_that_fits() -> None:
    for found in survey(MISTRAL, 131_072):
        if 0 < found.largest_context < MISTRAL.context:
            at = plan(MISTRAL, found.memory_bytes, found.largest_context, found.kv_type, place=found.place)
            above = plan(
                MISTRAL, found.memory_bytes, found.largest_context + 1, found.kv_type, place=found.place
            )
            assert at.fits
            assert not above.fits


def _machine(*, ram: int, cores: int = 2, gpus: tuple[Gpu, ...] = (), apple: bool = False) -> Machine:
    return Machine(
        system="Linux", processor=None, cores=cores, memory_bytes=ram * GIB, available_bytes=ram * GIB,
        flags=(), gpus=gpus, apple_silicon=apple,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        (_machine(ram=1), None),
        (_machine(ram=24), "qwen2.5-coder-1.5b"),
        (_machine(ram=64, gpus=(Gpu(name="L4", memory_bytes=24 * GIB),)), "mistral-small-3.1-24b"),
        (_machine(ram=32, apple=True), "mistral-small-3.1-24b"),
        (_machine(ram=64, cores=32), "mistral-small-3.1-24b"),
    ],
)
def test_a_model_is_recommended_that_fits_and_is_fast_enough(machine: Machine, expected: str | None) -> None:
    found = recommend(machine, CATALOGUE.models)
    assert (found.name if found else None) == expected


def test_the_fastest_place_is_named_first() -> None:
    machine = _machine(ram=64, gpus=(Gpu(name="A", memory_bytes=48 * GIB),))
    assert [found.place for found in plans_for(machine, MISTRAL)] == [Place.GPU, Place.CPU]


def test_this_machine_is_read_from_the_system() -> None:
    machine = inspect_machine()
    assert machine.cores >= 1
    assert machine.memory_bytes > GIB // 2
    assert 0 < machine.available_bytes <= machine.memory_bytes


def test_listings_of_the_system_are_understood() -> None:
    assert nvidia_gpus("NVIDIA L4, 23034\nNVIDIA H100, PCIe, 81559\n\nno devices\n") == (
        Gpu(name="NVIDIA L4", memory_bytes=23034 * MIB),
        Gpu(name="NVIDIA H100, PCIe", memory_bytes=81559 * MIB),
    )
    text = "processor\t: 0\nmodel name\t: AMD EPYC 9B14\nflags\t\t: fpu avx2 fma nothing\nprocessor : 1\n"
    assert processor_facts(text) == ("AMD EPYC 9B14", ("fma", "avx2"))


def test_only_language_models_are_planned_for() -> None:
    for spec in CATALOGUE.of_kind(ModelKind.EMBEDDER):
        with pytest.raises(ValueError, match=spec.name):
            plan(spec, 24 * GIB)
