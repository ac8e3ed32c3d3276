"""Patience in seconds becomes tokens by the rate measured on this machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from answering.generation.llama import LlamaGenerator
from answering.generation.waiting import LEAST_TOKENS, budget_for, tokens_within
from answering.generation.worker import WorkerGenerator
from domain.protocols import ChatMessage
from tests.answering.generation.tiny import write_model


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


def test_seconds_are_tokens_by_the_measured_rate(tiny: Path, tmp_path: Path) -> None:
    worker = WorkerGenerator(tiny, context=2048, threads=1, tunings=tmp_path)
    allowed = tokens_within(2.0, worker)  # nothing was asked yet: by the first start's measure
    assert worker.tuning is not None
    assert worker.tuning.prefill_rate is not None
    assert allowed == int(2.0 * worker.tuning.prefill_rate)
    list(worker.stream([ChatMessage(role="user", content="a" * 1500)], max_tokens=1))
    assert worker.last_usage is not None
    rate = worker.last_usage.prefill_rate
    assert rate is not None
    assert tokens_within(2.0, worker) == int(2.0 * rate)  # by what it was just now
    assert tokens_within(1e-6, worker) == LEAST_TOKENS
    known = {"otherwise": 500}
    assert budget_for(worker, budget=None, max_wait=None, **known) == 500
    assert budget_for(worker, budget=900, max_wait=None, **known) == 900
    assert budget_for(worker, budget=None, max_wait=1e-6, **known) == LEAST_TOKENS
    assert budget_for(worker, budget=300, max_wait=1e6, **known) == 300
    assert budget_for(worker, budget=None, max_wait=10.0, **known) == int(10.0 * rate)
    worker.close()


def test_an_unknown_rate_limits_nothing(tiny: Path) -> None:
    generator = LlamaGenerator(tiny, context=1024, threads=1)
    assert tokens_within(1.0, generator) is None
    assert budget_for(generator, budget=None, otherwise=500, max_wait=1.0) == 500
    generator.close()
