"""What every generator promises, asked of each of them with a real model."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from answering.generation.openai import OpenAIGenerator
from answering.generation.usage import Finish
from domain.errors import PromptTooLong
from domain.protocols import ChatMessage
from tests.contracts.generators import (
    CAPITAL,
    CONTEXT,
    COUNT,
    FILE,
    LONG,
    Generators,
    behind_a_server,
    in_a_worker,
    in_this_process,
)

pytestmark = pytest.mark.model

# Other work on the machine must not fail the test; the promise is 100 ms on an idle one.
CANCEL_SECONDS = 0.1 if os.getloadavg()[0] <= (os.cpu_count() or 1) else 0.5


@pytest.fixture(scope="module", params=[in_this_process, in_a_worker, behind_a_server])
def generator(request: pytest.FixtureRequest, models_cache: Path) -> Iterator[Generators]:
    with request.param(models_cache / FILE) as made:
        yield made


def test_it_answers_and_says_what_it_cost(generator: Generators) -> None:
    text = "".join(generator.stream(CAPITAL, max_tokens=12))
    assert "Paris" in text
    usage = generator.last_usage
    assert usage is not None
    assert usage.finish is Finish.STOP
    assert 1 <= usage.generated <= 12
    assert usage.prefill_seconds > 0
    assert 20 < usage.prompt <= generator.count_prompt(CAPITAL)


def test_the_answer_ends_at_max_tokens(generator: Generators) -> None:
    pieces = list(generator.stream(COUNT, max_tokens=9))
    assert 1 < len(pieces) <= 9
    assert "".join(pieces).startswith("1,")
    assert generator.last_usage is not None
    assert generator.last_usage.finish is Finish.LENGTH


def test_the_same_question_has_the_same_answer(generator: Generators) -> None:
    first, second = ("".join(generator.stream(COUNT, max_tokens=12)) for _ in range(2))
    assert first == second


def test_a_prompt_that_does_not_fit_is_refused_unread(generator: Generators) -> None:
    used = generator.count_prompt(LONG)
    assert used < CONTEXT
    started = time.monotonic()
    with pytest.raises(PromptTooLong, match=str(CONTEXT)):
        list(generator.stream(LONG, max_tokens=CONTEXT - used + 1))
    assert time.monotonic() - started < 1


@pytest.mark.parametrize("after", [0.0, 0.4])
def test_a_question_taken_back_ends_at_once(generator: Generators, after: float) -> None:
    # Other words in front: no part of the prompt is in memory, all of it must be evaluated.
    prompt = (ChatMessage(role="user", content=f"{after} {LONG[0].content}"),)
    generator.count_prompt(prompt)  # the model is loaded, and a server done with the question before
    taken_back: list[float] = []
    timer = threading.Timer(after, lambda: taken_back.append(time.monotonic()))
    timer.start()
    pieces = list(generator.stream(prompt, max_tokens=40, stop=lambda: bool(taken_back)))
    ended = time.monotonic()
    timer.join()
    assert pieces == []
    assert ended - taken_back[0] < CANCEL_SECONDS
    assert generator.last_usage is not None
    assert generator.last_usage.finish is Finish.CANCELLED
    if not isinstance(generator, OpenAIGenerator):  # this server reads a prompt to its end first
        assert "Paris" in "".join(generator.stream(CAPITAL, max_tokens=12))


def test_a_reader_who_leaves_frees_the_model(generator: Generators) -> None:
    stream = generator.stream(COUNT, max_tokens=500)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert "Paris" in "".join(generator.stream(CAPITAL, max_tokens=12))


def test_characters_arrive_whole(generator: Generators) -> None:
    prompt = (ChatMessage(role="user", content="Repeat exactly, and nothing else: 株価は下落した 🇫🇷 لبنان"),)
    text = "".join(generator.stream(prompt, max_tokens=30))
    assert "\ufffd" not in text
    assert "🇫🇷" in text  # eight bytes in several tokens


def test_several_threads_get_their_own_answers(generator: Generators) -> None:
    answers: dict[int, str] = {}

    def ask(number: int) -> None:
        prompt = (ChatMessage(role="user", content=f"Repeat this number and nothing else: {number}"),)
        answers[number] = "".join(generator.stream(prompt, max_tokens=8))

    numbers = (1987, 2024, 1789)
    threads = [threading.Thread(target=ask, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert all(str(number) in answers[number] for number in numbers)
