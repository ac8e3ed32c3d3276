"""Prompts against the quick model's own tokenizer: the budget and the context are never exceeded.

The vocabulary alone is loaded, no weights; 5 s.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from answering.evidence import EvidenceStory
from answering.generation.native import Model
from answering.generation.template import ChatTemplate
from answering.pack import CHRONICLE, pack
from answering.prompts import messages
from answering.ranking import Ranked
from domain.errors import PromptTooLong
from domain.protocols import ChatMessage
from domain.query import Hit
from runtime import load_settings
from runtime.wiring import model_path
from tests.conftest import QUICK_MODEL

QUESTION = "What happened at the harbour?"
ANSWER = 64


class Tokenizer:
    """What the packer asks of a model, by the GGUF file's own tokenizer and template; it writes nothing."""

    name = QUICK_MODEL

    def __init__(self, model: Model, context: int) -> None:
        self.context = context
        self._vocabulary = model.vocabulary()
        source = model.metadata("tokenizer.chat_template")
        assert source
        self._template = ChatTemplate(
            source, bos=model.token_text(model.bos), eos=model.token_text(model.eos)
        )

    def count_tokens(self, text: str) -> int:
        return self._vocabulary.count(text)

    def count_prompt(self, prompt: Sequence[ChatMessage]) -> int:
        return len(self._vocabulary.encode(self._template.render(prompt)))

    def stream(self, *_: object, **__: object) -> Iterator[str]:
        raise AssertionError("nothing is generated here")


@pytest.fixture(scope="module")
def model(models_cache: Path) -> Iterator[Model]:
    path = model_path(QUICK_MODEL, cache=load_settings().models_cache)
    assert path
    model = Model(path, vocabulary_only=True)
    yield model
    model.close()


def story(number: int, body: str, *, day: int = 0, headline: str | None = "Ship aground") -> EvidenceStory:
    hit = Hit(
        passage_id=number, version_id=number, story_id=number, guid=f"urn:test:{number}", version=1,
        provider="a", published=datetime(1990, 1, 1, tzinfo=UTC) + timedelta(days=day), language="en",
        headline=headline, place="Oslo", passage=body, start=0, end=len(body), score=1.0,
    )  # fmt: skip
    return EvidenceStory(hit=hit, body=body)


def ranked(stories: Sequence[EvidenceStory], scores: Sequence[float]) -> list[Ranked]:
    places = [(s, i) for s in stories for i in range(len(s.sentences))]
    found = [
        Ranked(story=s, index=i, score=scores[n % len(scores)], closeness=0.5)
        for n, (s, i) in enumerate(places)
    ]
    return sorted(found, key=lambda r: -r.score)


BODIES = st.lists(
    st.text(alphabet="aé ñ0 1.9,[]<>|\nشم汉.! ", min_size=1, max_size=400).map(
        lambda t: f"Word {t}. End {t}."
    ),
    min_size=1,
    max_size=6,
)


@given(
    bodies=BODIES,
    scores=st.lists(st.floats(0.01, 2.0), min_size=1, max_size=8),
    budget=st.sampled_from([200, 333, 512, 1000, CHRONICLE, 6000]),
    context=st.sampled_from([1024, 2048, 8192]),
    spread=st.booleans(),
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_neither_budget_nor_context_is_exceeded(
    model: Model, bodies: list[str], scores: list[float], budget: int, context: int, spread: bool
) -> None:
    tokenizer = Tokenizer(model, context)
    stories = [story(n, body, day=n % 3) for n, body in enumerate(bodies, start=1)]
    empty = tokenizer.count_prompt(messages((), QUESTION, "en"))
    try:
        prompt = pack(
            ranked(stories, scores), question=QUESTION, language="en", generator=tokenizer, budget=budget,
            max_tokens=ANSWER, spread=spread,
        )  # fmt: skip
    except PromptTooLong:
        return
    assert prompt.tokens == tokenizer.count_prompt(prompt.messages)
    assert prompt.tokens + ANSWER <= context
    assert prompt.tokens - empty <= budget
    assert [s.number for s in prompt.sources] == list(range(1, len(prompt.sources) + 1))


LONG = " ".join(f"Sentence number {n} tells of the ferry and its crew." for n in range(30))


def test_a_large_budget_holds_whole_stories_in_time_order_behind_their_contents(model: Model) -> None:
    tokenizer = Tokenizer(model, 16_384)
    stories = [story(1, LONG, day=9, headline="Later"), story(2, LONG, day=2, headline="Earlier")]
    prompt = pack(
        ranked(stories, [0.9, 0.1]), question=QUESTION, language="en", generator=tokenizer, budget=8000,
        max_tokens=ANSWER,
    )  # fmt: skip
    assert [s.story.hit.headline for s in prompt.sources] == ["Earlier", "Later"]
    assert all(len(s.kept) == 30 for s in prompt.sources)
    text = prompt.messages[-1].content
    assert text.index("<contents>") < text.index("[1] Wednesday 3 January 1990, Oslo. Earlier")
    assert text.count("[2] Wednesday 10 January 1990, Oslo. Later") == 2


def test_a_budget_too_small_for_two_stories_holds_the_better_one_whole(model: Model) -> None:
    tokenizer = Tokenizer(model, 16_384)
    body = " ".join(f"Sentence number {n} tells of the ferry and its crew." for n in range(240))
    stories = [story(1, body, day=9), story(2, body, day=2)]
    scores = [2.0] + [0.1] * 479  # the first sentence of the first story is by far the best
    prompt = pack(
        ranked(stories, scores), question=QUESTION, language="en", generator=tokenizer, budget=4500,
        max_tokens=ANSWER,
    )  # fmt: skip
    assert {s.story.hit.guid: len(s.kept) for s in prompt.sources}["urn:test:1"] == 240


def test_a_small_budget_holds_the_best_sentence_with_its_neighbours(model: Model) -> None:
    tokenizer = Tokenizer(model, 8192)
    one = story(1, LONG)
    best = [Ranked(story=one, index=10, score=1.0, closeness=0.5)]
    prompt = pack(best, question=QUESTION, language="en", generator=tokenizer, budget=200, max_tokens=ANSWER)
    assert {9, 10, 11} <= set(prompt.sources[0].kept)
    assert "<contents>" not in prompt.messages[-1].content


def test_a_question_of_many_dates_gets_a_sentence_of_each_day(model: Model) -> None:
    tokenizer = Tokenizer(model, 8192)
    stories = [story(n, LONG, day=n) for n in range(1, 5)]
    scores = [2.0] * 30 + [0.5] * 90  # the first story has all the best sentences

    def days(*, spread: bool) -> int:
        prompt = pack(
            ranked(stories, scores), question=QUESTION, language="en", generator=tokenizer, budget=300,
            max_tokens=ANSWER, spread=spread,
        )  # fmt: skip
        return len({s.story.hit.published for s in prompt.sources})

    assert days(spread=True) == 4
    assert days(spread=False) == 1
