"""What late interaction may and may not change, by hand and with the tokens of the real embedder."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from db.store import StoryStore
from domain.query import Query
from domain.story import StoredPassage
from retrieval.fast_embedder import OpenVinoEmbedder
from retrieval.language_neutral import LanguageNeutral
from retrieval.late_interaction import CLEAR, KEPT, LateInteraction, nearness, rarity, within_places
from retrieval.search import Searcher
from retrieval.stages import Candidate, Request
from retrieval.tokens import TextTokens, TokenEmbedder
from runtime import load_settings
from runtime.wiring import model_path
from tests.retrieval.small_archive import HashedWords, prepared, varied_stories
from tests.retrieval.test_search_limits import Archive, opened


class HashedTokens(HashedWords):
    """HashedWords that shows its tokens: each word's own vector; the longer the word, the rarer."""

    read = 0

    def embed_tokens(self, texts: Sequence[str], *, as_query: bool) -> list[TextTokens]:
        self.read += 0 if as_query else len(texts)
        return [self._tokens(re.findall(r"\w+", text.casefold())) for text in texts]

    def _tokens(self, words: list[str]) -> TextTokens:
        vectors = self.embed_passages(words) if words else np.empty((0, self.dimensions), dtype=np.float32)
        return TextTokens(
            ids=np.array([100 ** len(word[:6]) for word in words], dtype=np.int64),
            vectors=vectors,
            length=1.0,
        )


NOTHING_TAKEN = LanguageNeutral(
    queries={"": np.zeros(64, dtype=np.float32)}, passages={"": np.zeros(64, dtype=np.float32)}
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with opened(tmp_path_factory.mktemp("archive")) as made:
        made.store.add_batch(varied_stories(60))
        made.index.index_pending()
        yield made


def rearranged(
    archive: Archive, given: Sequence[Candidate], text: str, *, embedder: TokenEmbedder | None = None
) -> list[Candidate]:
    stage = LateInteraction(
        lambda _: list(given),
        embedder or HashedTokens(),
        neutral=lambda: NOTHING_TAKEN,
        passages=archive.store.passages,
    )
    request = Request(query=Query(text=text), scope=None, depth=50)  # type: ignore[arg-type]  # the stage below ignores it
    return stage(request)


def close_together(passages: Sequence[StoredPassage]) -> list[Candidate]:
    return [
        Candidate(passage_id=passage.passage_id, score=0.9 - place / 1000, dense=place / 10)
        for place, passage in enumerate(passages)
    ]


def all_passages(archive: Archive) -> list[StoredPassage]:
    return [passage for batch in archive.store.iter_passages() for passage in batch]


def test_languages_keep_their_places() -> None:
    assert within_places(["en", "fr", "en", "fr-CA", "en"], [1, 2, 3, 4, 5]) == [4, 3, 2, 1, 0]
    assert within_places(["en", "fr", "de"], [1, 2, 3]) == [0, 1, 2], "one of each: nothing to rearrange"
    assert within_places([None, None, "en"], [1, 2, 9]) == [1, 0, 2]
    assert within_places(["en"] * 3, [5, 5, 5]) == [0, 1, 2], "equal ones keep their order"
    assert within_places([], []) == []


def test_nearness_by_hand() -> None:
    question = np.eye(3, dtype=np.float32)[:2]
    passage = np.array([[0.6, 0.8, 0], [0, 0.5, 0]], dtype=np.float32)
    assert nearness(question, passage, np.array([1.0, 3.0])) == pytest.approx((0.6 + 3 * 0.8) / 4)
    assert nearness(question, passage[:0], np.array([1.0, 3.0])) == 0.0


def test_rare_tokens_count_for_more() -> None:
    common, rare, rarest = rarity(np.array([5, 5_000, 200_000]))
    assert common == 0.0
    assert 0 < rare < rarest
    assert rarity(np.array([1, 2])).tolist() == [1.0, 1.0], "a question of nothing but common ones"


def test_it_rearranges_the_first_and_nothing_else(archive: Archive) -> None:
    given = close_together(all_passages(archive)[:30])
    found = rearranged(archive, given, "budget treaty report in cairo")
    assert [one.passage_id for one in found] != [one.passage_id for one in given]
    assert sorted(one.passage_id for one in found) == sorted(one.passage_id for one in given)
    assert [one.score for one in found] == [one.score for one in given], "each place keeps its score"
    assert found[8:] == given[8:]
    dense = {one.passage_id: one.dense for one in given}
    assert all(one.dense == dense[one.passage_id] for one in found)
    stored = archive.store.passages([one.passage_id for one in given])
    assert [stored[one.passage_id].language for one in found] == [
        stored[one.passage_id].language for one in given
    ]


def test_a_clear_first_place_costs_nothing(archive: Archive) -> None:
    embedder = HashedTokens()
    given = close_together(all_passages(archive)[:8])
    ahead = [Candidate(passage_id=given[0].passage_id, score=0.9 + CLEAR), *given[1:]]
    assert rearranged(archive, ahead, "treaty in cairo", embedder=embedder) == ahead
    assert embedder.read == 0
    rearranged(archive, given, "treaty in cairo", embedder=embedder)
    assert embedder.read == 8


def test_texts_without_tokens_change_nothing(archive: Archive) -> None:
    given = close_together(all_passages(archive)[:8])
    assert rearranged(archive, given, "?!") == given
    assert rearranged(archive, [], "wheat") == []


def test_tokens_of_the_last_passages_are_kept(archive: Archive) -> None:
    embedder = HashedTokens()
    passages = all_passages(archive)
    stage = LateInteraction(
        lambda request: close_together(passages[request.depth : request.depth + 8]),
        embedder,
        neutral=lambda: NOTHING_TAKEN,
        passages=archive.store.passages,
    )
    for depth in (0, 0, 4):
        stage(Request(query=Query(text="wheat report"), scope=None, depth=depth))  # type: ignore[arg-type]  # ignored below
    assert embedder.read == 12
    assert len(stage._kept) == 12 <= KEPT


def test_the_hybrid_search_reads_tokens_unless_told_not_to(archive: Archive) -> None:
    query = Query(text="wheat report in paris", limit=20)
    with_tokens, without = HashedTokens(), HashedTokens()
    first = Searcher(archive.index, archive.store, with_tokens, clock=archive.clock).retrieve(query)
    plain = Searcher(
        archive.index, archive.store, without, clock=archive.clock, late_interaction=False
    ).retrieve(query)
    assert with_tokens.read > 0
    assert without.read == 0
    assert {hit.guid for hit in first} == {hit.guid for hit in plain}


@pytest.fixture(scope="module")
def e5(models_cache: Path) -> OpenVinoEmbedder:
    found = model_path(load_settings().embedder.name, cache=models_cache)
    assert found is not None
    return OpenVinoEmbedder(
        found, name="e5", query_prefix="query: ", passage_prefix="passage: ", max_tokens=512
    )


@pytest.mark.model
def test_the_embedders_own_tokens(e5: OpenVinoEmbedder) -> None:
    texts = ["Wheat.", "The wall came down on 9 November. " * 30, "柏林墙倒塌了。", "  "]
    found = e5.embed_tokens(texts, as_query=False)
    assert [len(one.ids) for one in found] == [len(one.vectors) for one in found]
    for one, count in zip(found, e5.count_tokens(texts), strict=True):
        assert abs(len(one.ids) - count) <= 1, "without marks and prefix, which may take in the first blank"
    unit = e5.embed_passages(texts)
    for one, vector in zip(found[:3], unit, strict=False):
        mean = one.vectors.mean(axis=0)
        assert float(mean @ vector) / float(np.linalg.norm(mean)) > 0.9
        assert 0.5 < float(np.linalg.norm(mean)) / one.length < 2
    assert e5.embed_tokens([], as_query=True) == []
    (long,) = e5.embed_tokens(["wheat " * 2_000], as_query=False)
    assert len(long.ids) < e5.max_tokens, "cut where the model's window ends"


@pytest.mark.model
def test_tokens_find_what_one_vector_blurs(e5: OpenVinoEmbedder, tmp_path: Path) -> None:
    """Asked in Chinese: of two English passages that both speak of sums of aid, the one on this question."""
    neutral = LanguageNeutral.measure(e5)

    with StoryStore.open(f"sqlite:///{tmp_path / 'archive.sqlite'}") as store:
        store.add_batch(
            [
                prepared("urn:a", "Unesco said the old town of Sanaa would get 4.3 million dollars of aid."),
                prepared("urn:b", "The drought damaged 111,350 hectares of rice in the Philippines in 1987."),
                prepared("urn:c", "Rice prices rose in Manila, and the government promised farmers aid."),
            ]
        )
        passages = {p.guid: p for batch in store.iter_passages() for p in batch}
        given = [
            Candidate(passage_id=passages[guid].passage_id, score=score)
            for guid, score in (("urn:c", 0.50), ("urn:a", 0.49), ("urn:b", 0.48))
        ]
        stage = LateInteraction(lambda _: given, e5, neutral=lambda: neutral, passages=store.passages)
        request = Request(query=Query(text="菲律宾的干旱损坏了多少公顷水稻？"), scope=None, depth=3)  # type: ignore[arg-type]  # ignored below
        assert stage(request)[0].passage_id == passages["urn:b"].passage_id
