"""Sets are validated with the file and line of what is wrong."""

from datetime import UTC, datetime
from pathlib import Path

import orjson
import pytest

from domain.errors import SetError
from evaluation.sets import load_set


def write_set(
    folder: Path, *, queries: str | None = None, qrels: str | None = None, answers: str | None = None
) -> Path:
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    (folder / "corpus.jsonl").write_text('{"_id": "d1", "title": "T", "text": "Body."}\n')
    (folder / "queries.jsonl").write_text(queries or '{"_id": "q1", "text": "What?"}\n')
    (folder / "qrels" / "test.tsv").write_text(qrels or "query-id\tcorpus-id\tscore\nq1\td1\t1\n")
    if answers is not None:
        (folder / "answers.jsonl").write_text(answers)
    return folder


def test_loads(tmp_path: Path) -> None:
    meta = {"as_of": "1989-11-09", "from": "1989-01-01", "to": "1989-12-31", "lang": "en", "type": "date"}
    queries = orjson.dumps({"_id": "q1", "text": "When?", "metadata": meta}).decode()
    loaded = load_set(
        write_set(tmp_path, queries=queries, answers='{"_id": "q1", "answers": ["9 November"]}\n')
    )
    query = loaded.queries[0]
    assert query.answerable is True
    assert query.kind == "date"
    assert query.filters.end == datetime(1990, 1, 1, tzinfo=UTC), "`to` includes its day"
    assert query.filters.as_of is not None
    assert query.filters.as_of.date().isoformat() == "1989-11-09"
    assert loaded.qrels == {"q1": {"d1": 1}}


def test_fingerprint_follows_the_corpus(tmp_path: Path) -> None:
    before = load_set(write_set(tmp_path)).fingerprint
    (tmp_path / "queries.jsonl").write_text('{"_id": "q1", "text": "Another?"}\n')
    assert load_set(tmp_path).fingerprint == before
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d1", "title": "T", "text": "Other."}\n')
    assert load_set(tmp_path).fingerprint != before


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"queries": '{"_id": "q1", "text": "a"}\nnot json\n'}, "queries.jsonl, line 2"),
        ({"queries": '{"_id": "q1"}\n'}, "line 1: no 'text'"),
        ({"queries": '{"_id": "q1", "text": "a"}\n{"_id": "q1", "text": "b"}\n'}, "twice"),
        ({"queries": '{"_id": "q1", "text": "a", "metadata": {"from": "May"}}\n'}, "metadata.from"),
        ({"qrels": "q1 d1 1\n"}, "test.tsv, line 1"),
        ({"qrels": "q9\td1\t1\n"}, "no such question"),
        ({"answers": '{"_id": "q9", "answers": []}\n'}, "no such question"),
    ],
)
def test_malformed_sets_name_file_and_line(tmp_path: Path, change: dict[str, str], said: str) -> None:
    with pytest.raises(SetError) as caught:
        load_set(write_set(tmp_path, **change))
    assert said in str(caught.value)


def test_missing_pieces(tmp_path: Path) -> None:
    with pytest.raises(SetError, match="not a folder"):
        load_set(tmp_path / "none")
    with pytest.raises(SetError, match="neither corpus"):
        load_set(tmp_path)


def test_set_toml_names_the_corpus(tmp_path: Path) -> None:
    write_set(tmp_path / "set")
    (tmp_path / "set" / "corpus.jsonl").rename(tmp_path / "stories.jsonl")
    (tmp_path / "set" / "set.toml").write_text('corpus = ["../stories.jsonl"]\n')
    assert load_set(tmp_path / "set").corpus == ((tmp_path / "stories.jsonl").resolve(),)


def test_set_toml_may_name_the_shared_folder(tmp_path: Path) -> None:
    write_set(tmp_path / "set")
    shared = tmp_path / "elsewhere"
    shared.mkdir()
    (tmp_path / "set" / "corpus.jsonl").rename(shared / "stories.jsonl")
    (tmp_path / "set" / "set.toml").write_text('corpus = ["{shared}/stories.jsonl"]\n')
    assert load_set(tmp_path / "set", shared=shared).corpus == ((shared / "stories.jsonl").resolve(),)
    with pytest.raises(SetError, match="DEPECHE_SHARED"):
        load_set(tmp_path / "set", shared=tmp_path)
    with pytest.raises(SetError, match="no such folder was given"):
        load_set(tmp_path / "set")
