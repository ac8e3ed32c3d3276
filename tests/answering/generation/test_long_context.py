"""A context of 32,768 tokens filled to the last one, with every type of cache; tuning and kept openings.

The model has one layer and random weights (tiny.py), so that filling costs seconds; what real models make
of so much text is measured by benchmarks/needle.py.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from answering.generation.llama import LlamaGenerator
from answering.generation.native import BATCH_TOKENS
from answering.generation.tuning import Tuning
from answering.generation.usage import Finish
from answering.generation.worker import WorkerGenerator
from answering.prompts import messages, opening
from domain.errors import PromptTooLong
from domain.protocols import ChatMessage
from tests.answering.generation.tiny import CONTEXT, write_model

ROOM = 6  # tokens left for the answer


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("tiny") / "tiny.gguf")


def _filling(generator: LlamaGenerator, tokens: int, ending: str = "") -> list[ChatMessage]:
    """A prompt of exactly so many tokens: in this vocabulary a letter is one."""
    empty = generator.count_prompt([ChatMessage(role="user", content=ending)])
    return [ChatMessage(role="user", content="a" * (tokens - empty) + ending)]


# The finest cache and the half of it are filled to the end; the quarter's attention takes ten times as long here.
@pytest.mark.parametrize(("kv_type", "context"), [("f16", CONTEXT), ("q8_0", CONTEXT), ("q4_0", 8192)])
def test_a_context_is_filled_to_its_last_token(tiny: Path, kv_type: str, context: int) -> None:
    generator = LlamaGenerator(tiny, context=context, threads=1, kv_type=kv_type)
    prompt = _filling(generator, context - ROOM, "first")
    list(generator.stream(prompt, max_tokens=ROOM))
    usage = generator.last_usage
    assert usage is not None
    assert (usage.prompt, usage.cached) == (context - ROOM, 0)
    assert usage.generated == ROOM or usage.finish is Finish.STOP
    with pytest.raises(PromptTooLong, match=str(context)):
        list(generator.stream(prompt, max_tokens=ROOM + 1))
    # A question after it costs its own tokens, not the stories' again.
    list(generator.stream(_filling(generator, context - ROOM, "other"), max_tokens=1))
    again = generator.last_usage
    assert again is not None
    assert again.cached >= context - ROOM - 10
    generator.close()


def test_a_long_opening_comes_back_from_disk(tiny: Path, tmp_path: Path) -> None:
    instructions = (ChatMessage(role="system", content="b" * 8_000),)
    question = (*instructions, ChatMessage(role="user", content="Who?"))
    texts, seconds = [], []
    for from_disk in (False, True):
        generator = LlamaGenerator(tiny, context=CONTEXT, threads=1)
        began = time.process_time()
        assert generator.warm(instructions, tmp_path) is from_disk
        seconds.append(time.process_time() - began)
        texts.append("".join(generator.stream(question, max_tokens=8)))
        assert generator.last_usage is not None
        assert generator.last_usage.cached >= 8_000
        generator.close()
    assert texts[0] == texts[1]
    assert seconds[1] < seconds[0] / 4


class TestTuning:
    def test_the_first_start_measures_and_the_next_one_knows(self, tiny: Path, tmp_path: Path) -> None:
        first = LlamaGenerator(tiny, context=1024, threads=1, tunings=tmp_path)
        assert first.tuning.batch in (BATCH_TOKENS // 2, BATCH_TOKENS)
        assert first.tuning.flash in (True, False)
        assert first.tuning.prefill_rate is not None
        assert first.tuning.decode_rate is not None
        assert first.tuning.prefill_rate > first.tuning.decode_rate > 0
        first.close()
        (record,) = tmp_path.glob("*.json")
        written = record.read_bytes()
        second = LlamaGenerator(tiny, context=1024, threads=1, tunings=tmp_path)
        assert second.tuning == first.tuning
        second.close()
        assert record.read_bytes() == written
        record.write_bytes(b"{")  # not believed, measured again
        third = LlamaGenerator(tiny, context=1024, threads=1, tunings=tmp_path)
        assert third.tuning.prefill_rate
        third.close()
        assert record.read_bytes() != b"{"

    def test_each_type_of_cache_and_number_of_threads_has_its_own(self, tiny: Path, tmp_path: Path) -> None:
        for kv_type, threads in (("f16", 1), ("q8_0", 1), ("f16", 2)):
            generator = LlamaGenerator(tiny, context=512, threads=threads, kv_type=kv_type, tunings=tmp_path)
            assert generator.tuning.flash is True or kv_type == "f16"
            generator.close()
        assert len(list(tmp_path.glob("*.json"))) == 3

    def test_what_was_chosen_is_what_runs(self, tiny: Path, tmp_path: Path) -> None:
        """Answers do not depend on how the library is run."""
        prompt = [ChatMessage(role="user", content="c" * 700)]
        plain = LlamaGenerator(tiny, context=1024, threads=1)
        assert plain.tuning == Tuning()
        expected = "".join(plain.stream(prompt, max_tokens=10))
        plain.close()
        tuned = LlamaGenerator(tiny, context=1024, threads=1, tunings=tmp_path)
        assert "".join(tuned.stream(prompt, max_tokens=10)) == expected
        tuned.close()


def test_a_worker_has_the_opening_ready_before_it_is_asked(tiny: Path, tmp_path: Path) -> None:
    states, tunings = tmp_path / "states", tmp_path / "tunings"
    for _ in range(2):
        worker = WorkerGenerator(
            tiny, context=4096, threads=1, opening=opening(), states=states, tunings=tunings
        )
        assert worker.tuning is None
        prompt = messages(["[1] Monday 1 May 1989. A story\nIt rained."], "Did it rain?", "en")
        list(worker.stream(prompt, max_tokens=2))
        usage = worker.last_usage
        assert usage is not None
        assert usage.cached > 0.9 * worker.count_prompt(opening())
        assert worker.tuning is not None
        assert worker.tuning.prefill_rate
        worker.close()
    assert len(list(states.glob("*.kv"))) == 1
    assert len(list(tunings.glob("*.json"))) == 1


def test_an_opening_that_cannot_be_kept_costs_no_answer(tiny: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file where the folder should be")
    worker = WorkerGenerator(tiny, context=4096, opening=opening(), states=tmp_path / "taken")
    list(worker.stream([ChatMessage(role="user", content="Who?")], max_tokens=2))
    assert worker.last_usage is not None
    worker.close()
