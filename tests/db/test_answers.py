"""Stored answers: what they rest on, and when they no longer stand."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from db.store import StoryStore
from domain.answer import (
    Answer,
    Citation,
    Energy,
    Outcome,
    Seconds,
    Sentence,
    StatedFigure,
    TokenCount,
    Verdict,
)
from domain.errors import StoreError
from domain.feedback import Feedback, Judgement
from domain.query import Filters, Hit, Mode, Order, Query, TimeClue
from domain.story import Kind, Version
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


def test_the_last_word_of_feedback_and_all_before_it_are_kept(
    store: StoryStore, cited: Citation, clock: Clock
) -> None:
    (one,) = store.answers()
    store.add_feedback(one.answer_id, Judgement.WRONG, person="ana", answer="Porto", comment="See page 2.")
    store.add_feedback(one.answer_id, Judgement.RIGHT, person="ana")
    assert store.feedback_on(one.answer_id) == [
        Feedback(answer_id=one.answer_id, at=clock.now, judgement=Judgement.WRONG, person="ana",
                 answer="Porto", comment="See page 2."),
        Feedback(answer_id=one.answer_id, at=clock.now, judgement=Judgement.RIGHT, person="ana"),
    ]  # fmt: skip
    assert store.judged_answers() == {one.answer_id: store.feedback_on(one.answer_id)}
    with pytest.raises(StoreError):
        store.add_feedback(one.answer_id + 1, Judgement.RIGHT, person="ana")
    with pytest.raises(StoreError, match="no answer"):
        store.answer(one.answer_id + 1)


def test_an_answer_is_shared_by_an_act_of_its_own(store: StoryStore, cited: Citation) -> None:
    saved = store.save_answer(answer(cited), settings={}, asked_by="ana")
    assert (store.answer(saved).asked_by, store.answer(saved).shared) == ("ana", False)
    store.share_answer(saved, shared=True)
    assert store.answer(saved).shared
    with pytest.raises(StoreError, match="no answer"):
        store.share_answer(saved + 1, shared=True)


def test_the_question_as_understood_is_read_back(store: StoryStore, cited: Citation) -> None:
    clue = TimeClue(words="as of 3 May", start=None, end=at(5), hard=True, order=Order.NEWEST, as_known=True)
    filters = Filters(
        start=at(-5), as_of=at(1), languages=frozenset({"en", "ar"}), providers=frozenset({"agency"}),
        kinds=frozenset({Kind.STORY}),
    )  # fmt: skip
    query = Query(
        text="Rain?", filters=filters, mode=Mode.LEXICAL, limit=3, clues=(clue,), order=Order.OLDEST
    )
    figure = StatedFigure(words="12 dead", value=12.0)
    told = Sentence(text="12 dead,", verdict=Verdict.SUPPORTED, citations=(cited,), figure=figure)
    saved = store.save_answer(replace(answer(cited), query=query, sentences=(told,)), settings={})
    found = store.answer(saved)
    assert found.query == query
    assert found.sentences[0].figure == figure
    assert (found.tokens, found.seconds, found.energy) == (
        TokenCount(prompt=10, generated=3), Seconds(retrieve=0.1, first_token=None, total=60.0), None,
    )  # fmt: skip


def test_evidence_is_read_back_less_what_may_not_be_shown(store: StoryStore, cited: Citation) -> None:
    passages = [store.current_passages(guid)[0] for guid in ("b", "a")]
    hits = tuple(
        Hit(
            passage_id=one.passage_id, version_id=one.version_id, story_id=one.story_id, guid=one.guid,
            version=one.version, provider=one.provider, published=one.published, language=one.language,
            headline=one.headline, place=one.place, passage=one.text, start=one.start, end=one.end,
            score=score,
        )
        for one, score in zip(passages, (2.0, 1.5), strict=True)
    )  # fmt: skip
    saved = store.save_answer(replace(answer(cited), evidence=hits), settings={})
    assert store.answer(saved).evidence == hits
    store.kill("b", "libel", "desk")
    assert [hit.guid for hit in store.answer(saved).evidence] == ["a"]
    store.kill("a", "libel", "desk")
    assert store.answer(saved).evidence == (), "it cites what was killed: nothing of it is given"


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
