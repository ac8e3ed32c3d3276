"""The sets about Reuters-21578: their judgements name stories of the corpus, and they hold no text of theirs."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from benchmarks.retrieval.sets import is_held_out, tasks
from evaluation.sets import EvalSet, load_set

ROOT = Path(__file__).resolve().parents[2]
SHINGLE = 8  # words in a row: more than a name, a title or a figure needs


ABSENT = {"evaluation-reuters": 8, "evaluation-reuters-more": 0}  # questions that no story answers


@pytest.fixture(scope="module", params=ABSENT)
def reuters(request: pytest.FixtureRequest, shared_data: Path) -> EvalSet:
    return load_set(ROOT / "data" / request.param, shared=shared_data.parent)


@pytest.mark.shared
def test_every_judged_story_is_in_the_corpus(reuters: EvalSet) -> None:
    found = {
        f"urn:reuters21578:{number.decode()}"
        for path in reuters.corpus
        for number in re.findall(rb'NEWID="(\d+)"', gzip.decompress(path.read_bytes()))
    }
    assert len(found) == 6578
    judged = {guid for grades in reuters.qrels.values() for guid in grades}
    assert judged <= found


@pytest.mark.shared
def test_every_question_is_judged_or_absent(reuters: EvalSet) -> None:
    absent = {query.query_id for query in reuters.queries if query.answerable is False}
    assert {query.query_id for query in reuters.queries} == absent | set(reuters.qrels)
    assert not absent & set(reuters.qrels)
    assert len(absent) == ABSENT[reuters.folder.name]


@pytest.mark.shared
def test_no_question_is_made_of_a_storys_words(reuters: EvalSet) -> None:
    texts = b" ".join(gzip.decompress(path.read_bytes()) for path in reuters.corpus).decode("latin-1")
    words = re.findall(r"[a-z0-9]+", texts.lower())
    runs = {tuple(words[at : at + SHINGLE]) for at in range(len(words) - SHINGLE)}
    for query in reuters.queries:
        asked = re.findall(r"[a-z0-9]+", query.text.lower())
        assert not any(tuple(asked[at : at + SHINGLE]) in runs for at in range(len(asked) - SHINGLE + 1)), (
            query
        )


@pytest.mark.shared
def test_what_is_held_out_stays_held_out(shared_data: Path) -> None:
    """The split is told by the ids: a question that is renamed, added or dropped may not move the others."""
    further = load_set(ROOT / "data" / "evaluation-reuters-more", shared=shared_data.parent)
    held = {query.query_id for query in further.queries if is_held_out(query.query_id)}
    assert (len(further.queries), len(held)) == (165, 80)
    first = load_set(ROOT / "data" / "evaluation-reuters", shared=shared_data.parent)
    assert not {query.query_id for query in further.queries} & {query.query_id for query in first.queries}
    tuning = {one.query_id for task in tasks(further, "reuters-tuning") for one in task.asked}
    kept_apart = {one.query_id for task in tasks(further, "reuters-held-out") for one in task.asked}
    assert kept_apart == held
    assert tuning == {query.query_id for query in further.queries} - held
