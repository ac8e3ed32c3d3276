"""The sample's whole evaluation set through the real archive: every citation exact, floors held."""

from __future__ import annotations

from pathlib import Path

import pytest

from domain.errors import SetError
from evaluation.floors import below, read_floors
from evaluation.results import read
from runtime.evaluation import Prepared, compare, prepare
from tests.conftest import ROOT, quick_settings

pytestmark = pytest.mark.model
SET = ROOT / "data" / "evaluation"


@pytest.fixture(scope="module")
def prepared(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    cache = tmp_path_factory.mktemp("evaluation")
    return prepare(SET, quick_settings(cache / "unused"), cache=cache)


def test_the_set_is_what_it_says() -> None:
    from evaluation.sets import load_set

    loaded = load_set(SET)
    kinds = [query.kind for query in loaded.queries]
    assert len(kinds) == 150
    assert kinds.count("unanswerable") == 30
    assert kinds.count("false_premise") == 15
    assert {
        "single_fact",
        "number",
        "date",
        "list",
        "comparison",
        "as_of",
        "before_after",
        "cross_lingual",
    } <= set(kinds)
    for query in loaded.queries:
        assert bool(query.answers) == bool(loaded.qrels.get(query.query_id)) == query.answerable, (
            query.query_id
        )


def test_whole_run_cites_exactly(prepared: Prepared) -> None:
    run = prepared.run(name="whole", extractive=True)
    assert run.summary["queries"] == 150
    assert run.summary["citations"] > 100
    assert below(read_floors(SET / "floors.toml"), corpus=run.corpus, summary=run.summary) == []
    assert set(run.summary["violations"].values()) == {0}
    assert run.summary["citations_exact"] == 1.0
    for result in run.results.values():
        for span in (*result.shown, *result.withheld):
            assert prepared.archive.body(span.guid, span.version)[span.start : span.end] == span.quote
            assert "pumpkin" not in span.guid, "a killed story was cited"
            assert "halley-return" not in span.guid, "a story under embargo was cited"


def test_nothing_later_than_as_of_is_cited(prepared: Prepared) -> None:
    results = read(prepared.archive.settings.archive / "runs" / "whole" / "results.jsonl")
    asked = [query for query in prepared.set.queries if query.filters.as_of]
    assert asked
    for query in asked:
        for span in results[query.query_id].shown:
            version = prepared.archive.version(span.guid, number=span.version)
            assert query.filters.as_of is not None
            assert version.published <= query.filters.as_of


def test_an_interrupted_run_resumes_and_another_setting_is_refused(prepared: Prepared) -> None:
    lines = prepared.archive.settings.archive / "runs" / "short" / "results.jsonl"
    first = prepared.run(name="short", extractive=True, limit=4)
    kept = lines.read_bytes().splitlines(keepends=True)
    lines.write_bytes(b"".join(kept[:2]) + kept[2][:30])
    again = prepared.run(name="short", extractive=True, limit=4)
    assert list(again.results) == list(first.results)
    assert lines.read_bytes().splitlines(keepends=True)[:2] == kept[:2]
    assert compare(lines.parent, lines.parent).changes == ()
    with pytest.raises(SetError, match="another"):
        prepared.run(name="short", retrieval_only=True, limit=4)


def test_with_a_model(prepared: Prepared) -> None:
    run = prepared.run(name="model", limit=6)
    assert run.summary["citations_exact"] == 1.0
    assert any(result.generated_tokens for result in run.results.values())
