"""`depeche eval make` over the sample archive: translations are found, the set is one that `eval` takes, and holds."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from evaluation.sets import load_set
from runtime import Archive
from runtime.synthetic import make_set_of

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def made(sample_archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made") / "set"
    make_set_of(sample_archive, folder, questions=60, stories=300, seed=7)
    return folder


def test_it_has_all_kinds_and_is_marked(made: Path) -> None:
    loaded = load_set(made)
    kinds = Counter((query.kind or "").partition("_")[0] for query in loaded.queries)
    assert kinds["known"] >= 20
    assert kinds["cloze"] >= 20
    assert kinds["cross"] >= 4
    assert loaded.synthetic
    assert sum(query.answerable is False for query in loaded.queries) >= 8


def test_nothing_that_may_not_be_shown_is_in_it(made: Path) -> None:
    written = (made / "corpus.jsonl").read_text("utf-8")
    assert "pumpkin" not in written, "killed"
    assert "halley-return" not in written, "under embargo"


def test_its_answers_stand_in_the_stories_it_calls_relevant(made: Path, sample_archive: Archive) -> None:
    loaded = load_set(made)
    for query in loaded.queries:
        if query.answers:
            bodies = [sample_archive.version(guid).body for guid in loaded.qrels[query.query_id]]
            assert any(query.answers[0] in body for body in bodies), query


def test_across_languages_the_story_asked_about_is_not_there(made: Path, sample_archive: Archive) -> None:
    loaded = load_set(made)
    for query in loaded.queries:
        if (query.kind or "").startswith("cross"):
            languages = {sample_archive.version(guid).language for guid in loaded.qrels[query.query_id]}
            assert query.language not in languages, query


def test_the_same_seed_gives_the_same_files(made: Path, sample_archive: Archive, tmp_path: Path) -> None:
    make_set_of(sample_archive, tmp_path / "again", questions=60, stories=300, seed=7)
    for name in ("queries.jsonl", "answers.jsonl", "corpus.jsonl", "qrels/test.tsv"):
        assert (tmp_path / "again" / name).read_bytes() == (made / name).read_bytes(), name
