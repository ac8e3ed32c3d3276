"""What any reranker may and may not do, with a scorer done by hand and a real cross-encoder of random weights."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from domain.errors import ModelCorrupt, ModelNotInstalled
from domain.query import Filters, Query
from domain.story import Kind
from retrieval.passage_text import passage_text
from retrieval.rerank import CrossEncoderScorer, Reranked, Scorer
from retrieval.search import Searcher
from retrieval.stages import Candidate, Request
from tests.retrieval.small_archive import SUBJECTS, HashedWords, varied_stories
from tests.retrieval.test_search_limits import Archive, opened

WORDS = (*SUBJECTS, "report", "paris", "cairo", "the", "of", "a", "in")


class SharedWords:
    """The share of the question's words that a text has: a scorer one can check by eye."""

    def scores(self, question: str, texts: Sequence[str]) -> list[float]:
        asked = set(question.lower().split())
        return [len(asked & set(text.lower().split())) / len(asked) for text in texts]


@pytest.fixture(scope="module")
def tiny_cross_encoder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real CrossEncoder of one layer with random weights: its order means nothing, its workings do."""
    import torch
    from sentence_transformers import CrossEncoder
    from transformers import BertConfig, BertForSequenceClassification, BertTokenizerFast

    folder = tmp_path_factory.mktemp("cross-encoder")
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *WORDS]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    tokenizer = BertTokenizerFast(vocab=str(folder / "vocab.txt"))
    torch.manual_seed(7)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=64,
        num_labels=1,
    )
    BertForSequenceClassification(config).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    CrossEncoder(str(folder), device="cpu", local_files_only=True)  # it is one: this raises otherwise
    return folder


@pytest.fixture(params=["shared words", "tiny random cross-encoder"])
def scorer(request: pytest.FixtureRequest, tiny_cross_encoder: Path) -> Scorer:
    return SharedWords() if request.param == "shared words" else CrossEncoderScorer(str(tiny_cross_encoder))


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with opened(tmp_path_factory.mktemp("archive")) as made:
        made.store.add_batch(varied_stories(60))
        made.store.kill("urn:3", "libel", "test")
        made.index.index_pending()
        yield made


def test_a_scorer_gives_each_text_its_own_number(scorer: Scorer) -> None:
    texts = ["wheat report", "oil treaty in cairo", "wheat report", "the budget"]
    scores = scorer.scores("wheat report", texts)
    assert len(scores) == 4
    assert scores[0] == pytest.approx(scores[2])
    turned = scorer.scores("wheat report", texts[::-1])
    assert turned[::-1] == pytest.approx(scores, abs=1e-5), (
        "a text's number does not depend on its neighbours"
    )
    assert scorer.scores("wheat report", []) == []


@pytest.mark.parametrize("read", [1, 5, 500])
def test_it_rearranges_and_nothing_else(archive: Archive, scorer: Scorer, read: int) -> None:
    ids = [passage.passage_id for batch in archive.store.iter_passages() for passage in batch][:30]
    given = [
        Candidate(passage_id=passage_id, score=1 - place / 100, dense=0.5)
        for place, passage_id in enumerate(ids)
    ]
    stage = Reranked(lambda _: given, scorer, passages=archive.store.passages, read=read)
    query = Query(text="wheat report")
    found = stage(Request(query=query, scope=None, depth=30))  # type: ignore[arg-type]  # the stage below ignores it
    assert sorted(one.passage_id for one in found) == sorted(ids)
    assert [one.passage_id for one in found[read:]] == ids[read:], "what was not read keeps its order"
    assert all(one.dense == 0.5 for one in found)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    stored = archive.store.passages(ids)
    texts = [passage_text(stored[one.passage_id]) for one in found[:read]]
    scores = scorer.scores(query.text, texts)
    assert scores == sorted(scores, reverse=True)


def test_limits_hold_with_a_reranker(archive: Archive, scorer: Scorer) -> None:
    searcher = Searcher(archive.index, archive.store, HashedWords(), clock=archive.clock, scorer=scorer)
    filters = Filters(languages=frozenset({"en", "fr"}), kinds=frozenset(Kind))
    plain = archive.searcher.retrieve(Query(text="wheat report 3", filters=filters, limit=50))
    read = searcher.retrieve(Query(text="wheat report 3", filters=filters, limit=50))
    assert {hit.guid for hit in read} == {hit.guid for hit in plain}
    assert all(hit.language in ("en", "fr") for hit in read)
    assert "urn:3" not in {hit.guid for hit in read}


def test_a_cross_encoder_that_is_not_here_says_so(tmp_path: Path) -> None:
    with pytest.raises(ModelNotInstalled, match="hf download"):
        CrossEncoderScorer("no-one/no-such-model").scores("a", ["b"])
    (tmp_path / "config.json").write_text('{"model_type": "no such kind"}')
    with pytest.raises(ModelCorrupt, match="cross-encoder"):
        CrossEncoderScorer(str(tmp_path)).scores("a", ["b"])
