"""Stored answers: what they rest on, and when they no longer stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from db.store import StoryStore
from domain.answer import Answer, Citation, Energy, Outcome, Seconds, Sentence, TokenCount, Verdict
from domain.errors import StoreError
from domain.query import Filters, Query
from domain.story import Version
from tests.db.conftest import Clock
from tests.db.stories import at, sent


def cite(version: Version, quote: str) -> Citation:
    start = version.body.index(quote)
    return Citation(
        guid=version.guid, version=version.version, published=version.published, start=start,
        end=start + len(quote), quote=quote, provider=version.provider,
    )  # fmt: skip


def answer(*cited: Citation, question: str = "Did it rain?") -> Answer:
    shown = Sentence(text="It rained.", verdict=Verdict.SUPPORTED, citations=cited)
    kept_back = Sentence(text="It snowed.", verdict=Verdict.UNSUPPORTED, reasons=("no story says so",))
    return Answer(
        question=question, outcome=Outcome.ANSWERED, text="It rained.", sentences=(shown,),
        withheld=(kept_back,), evidence=(), query=Query(text=question, filters=Filters(as_of=at(1))),
        model="small", tokens=TokenCount(prompt=10, generated=3),
        seconds=Seconds(retrieve=0.1, first_token=None, total=60.0), language="en",
    )  # fmt: skip


@pytest.fixture
def cited(store: StoryStore, clock: Clock) -> Citation:
    """Story "a" quoted in one stored answer, story "b" in none."""
    store.add_batch([sent("a", "At noon rain fell on Lisbon."), sent("b")])
    clock.now += timedelta(hours=1)
    quote = cite(store.version("a"), "rain fell on Lisbon")
    store.save_answer(answer(quote), settings={"model.digest": "abc"})
    clock.now += timedelta(hours=1)
    return quote


def test_an_answer_is_kept_with_its_spans(store: StoryStore, cited: Citation) -> None:
    (listed,) = store.answers()
    found = store.answer(listed.answer_id)
    assert (found.question, found.text, found.outcome, found.model) == (
        "Did it rain?", "It rained.", Outcome.ANSWERED, "small",
    )  # fmt: skip
    assert found.settings == {"model.digest": "abc"}
    assert found.asked_at == at(1) - timedelta(seconds=60)
    shown, kept_back = found.sentences
    assert (shown.text, shown.verdict, shown.withheld) == ("It rained.", Verdict.SUPPORTED, False)
    assert (kept_back.withheld, kept_back.reasons) == (True, ("no story says so",))
    (span,) = shown.citations
    body = store.bodies([span.version_id])[span.version_id]
    assert body[span.start : span.end] == cited.quote
    assert (span.guid, span.provider, span.version) == (cited.guid, cited.provider, cited.version)
    assert found.stale == ()
    assert store.answers(stale_only=True) == []


@pytest.mark.parametrize(
    ("event", "cause", "readable"),
    [("kill", "killed", False), ("hold", "withheld", False), ("correct", "corrected", True),
     ("embargo", "embargoed", False)],
)  # fmt: skip
def test_an_answer_goes_stale(
    store: StoryStore, cited: Citation, event: str, cause: str, readable: bool
) -> None:
    if event == "kill":
        store.kill("a", "libel", "desk")
    elif event == "hold":
        store.hold("a", "checking", "desk")
    elif event == "correct":
        store.add_batch([sent("a", "At noon snow fell on Lisbon.", 2, version=2)])
    else:
        store.add_batch([sent("a", "At noon rain fell on Lisbon.", 2, version=2, embargo_until=at(99))])
    (stale,) = store.answers(stale_only=True)
    assert [(one.cause, one.guid) for one in stale.stale] == [(cause, cited.guid)]
    assert (stale.text == "It rained.") is readable
    assert bool(store.answer(stale.answer_id).sentences) is readable
    assert [one.answer_id for one in store.answers()] == [stale.answer_id]


def test_what_happens_to_other_stories_leaves_it_alone(store: StoryStore, cited: Citation) -> None:
    store.kill("b", "libel", "desk")
    store.add_batch([sent("a", "An older text.", -5, version=9)])
    assert store.answers(stale_only=True) == []


def test_an_answer_as_of_an_old_version_is_not_stale_from_the_start(
    store: StoryStore, cited: Citation, clock: Clock
) -> None:
    store.add_batch([sent("a", "Corrected.", 1, version=2)])
    clock.now += timedelta(hours=1)
    old = cite(store.version("a", number=1), "rain")
    saved = store.save_answer(answer(old), settings={})
    assert store.answer(saved).stale == ()
    assert [one.answer_id for one in store.answers(stale_only=True)] == [saved - 1]


def test_a_release_makes_it_stand_again(store: StoryStore, cited: Citation) -> None:
    store.kill("a", "mistake", "desk")
    store.release("a", "mistake", "desk")
    (one,) = store.answers()
    assert one.text == "It rained."


def test_citing_what_is_not_stored_is_refused_wholly(store: StoryStore, cited: Citation) -> None:
    with pytest.raises(StoreError, match="version 7 of a"):
        store.save_answer(answer(replace(cited, version=7)), settings={})
    assert len(store.answers()) == 1


def test_the_latest_answers_come_first(store: StoryStore) -> None:
    for number in range(5):
        store.save_answer(answer(question=f"Question {number}?"), settings={})
    assert [one.question for one in store.answers(2)] == ["Question 4?", "Question 3?"]


def test_feedback(store: StoryStore, cited: Citation, clock: Clock) -> None:
    (one,) = store.answers()
    store.feedback(one.answer_id, "wrong", "It was Porto.")
    store.feedback(one.answer_id, "right")
    assert [(f.verdict, f.comment, f.at) for f in store.feedback_on(one.answer_id)] == [
        ("wrong", "It was Porto.", clock.now), ("right", None, clock.now),
    ]  # fmt: skip
    with pytest.raises(StoreError):
        store.feedback(one.answer_id + 1, "right")
    with pytest.raises(StoreError, match="no answer"):
        store.answer(one.answer_id + 1)


def test_what_answers_cost_is_summed_by_model(store: StoryStore, cited: Citation) -> None:
    given = answer(cited)
    for energy in (Energy(joules=5.0, measured=True), Energy(joules=3.0, measured=False), None):
        store.save_answer(replace(given, energy=energy), settings={})
    store.save_answer(replace(given, model=None, outcome=Outcome.NOT_IN_ARCHIVE), settings={})
    by_model, without = store.answer_totals()
    assert (by_model.model, by_model.answers, by_model.declined) == ("small", 4, 0)
    assert (by_model.prompt_tokens, by_model.generated_tokens, by_model.seconds) == (40, 12, 240.0)
    assert (by_model.joules, by_model.joules_estimated) == (8.0, 3.0)
    assert (without.model, without.answers, without.declined, without.joules) == (None, 1, 1, 0.0)
    assert by_model.first_asked <= by_model.last_asked
