"""What every embedder promises, with the real weights of both models of the catalogue."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from domain.protocols import Embedder
from models.catalogue import load_catalogue
from retrieval.embedder import SentenceTransformerEmbedder
from retrieval.fast_embedder import OpenVinoEmbedder
from retrieval.langchain import LangChainEmbedder
from runtime.wiring import model_path
from tests.contracts.embeddings import LocalEmbeddings

pytestmark = pytest.mark.model

E5, MINILM = "multilingual-e5-small", "all-minilm-l6-v2"
NAMES = ("sentence-transformers e5", "OpenVINO e5", "OpenVINO MiniLM", "LangChain MiniLM")
ABOUT = {
    "Who bought wheat?": "The Soviet Union bought two million tonnes of American wheat on Monday.",
    "When did the strike end?": "Steel workers went back to their furnaces after eleven weeks of strike.",
    "What happened to the telescope?": "Astronauts replaced the mirror of the orbiting telescope.",
}
LONG = "The price of wheat rose on Monday in Chicago. " * 200


def make(name: str, cache: Path) -> Embedder:
    engine, _, model = name.partition(" ")
    spec = load_catalogue().get({"e5": E5, "MiniLM": MINILM}[model])
    folder = model_path(spec.name, cache=cache)
    if folder is None:
        pytest.fail(f"{spec.name} is not in {cache}: run `make test-models` first")
    if engine == "LangChain":
        return LangChainEmbedder(LocalEmbeddings(folder), max_tokens=spec.context)
    of = OpenVinoEmbedder if engine == "OpenVINO" else SentenceTransformerEmbedder
    return of(
        folder,
        name=spec.name,
        query_prefix=spec.query_prefix,
        passage_prefix=spec.passage_prefix,
        max_tokens=spec.context,
    )


@pytest.fixture(scope="module")
def made(models_cache: Path) -> dict[str, Embedder]:
    return {name: make(name, models_cache) for name in NAMES}


@pytest.fixture(params=NAMES)
def embedder(request: pytest.FixtureRequest, made: dict[str, Embedder]) -> Embedder:
    return made[request.param]


def test_passages_are_rows_of_unit_length(embedder: Embedder) -> None:
    vectors = embedder.embed_passages([*ABOUT.values(), ""])
    assert vectors.shape == (len(ABOUT) + 1, embedder.dimensions)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-4)
    assert embedder.embed_passages([]).shape == (0, embedder.dimensions)


def test_a_question_is_one_vector_nearest_to_its_passage(embedder: Embedder) -> None:
    passages = embedder.embed_passages(list(ABOUT.values()))
    for at, question in enumerate(ABOUT):
        vector = embedder.embed_query(question)
        assert vector.shape == (embedder.dimensions,)
        assert np.linalg.norm(vector) == pytest.approx(1.0, abs=1e-4)
        assert int((passages @ vector).argmax()) == at


def test_company_changes_no_vector(embedder: Embedder) -> None:
    texts = [*ABOUT.values(), "Wheat.", LONG[:600]]
    together = embedder.embed_passages(texts)
    alone = np.concatenate([embedder.embed_passages([text]) for text in texts])
    assert (together * alone).sum(axis=1).min() > 0.999


def test_a_text_over_the_limit_is_embedded_by_its_beginning(embedder: Embedder) -> None:
    long, shorter = embedder.embed_passages([LONG, LONG[: len(LONG) // 2]])
    assert embedder.count_tokens([LONG])[0] > 2 * embedder.max_tokens
    assert float(long @ shorter) > 0.999


def test_tokens_are_counted_text_by_text(embedder: Embedder) -> None:
    texts = ["", "Wheat", "Wheat rose.", "Le blé a monté lundi à Chicago.", "ارتفع سعر القمح"]
    counts = embedder.count_tokens(texts)
    assert counts[0] == 0
    assert all(type(count) is int and count > 0 for count in counts[1:])
    assert counts == [embedder.count_tokens([text])[0] for text in texts]
    assert counts[2] <= counts[3]


@pytest.mark.parametrize("name", ["OpenVINO e5", "LangChain MiniLM"])
def test_the_fingerprint_is_the_models_own(name: str, models_cache: Path, made: dict[str, Embedder]) -> None:
    assert make(name, models_cache).fingerprint == made[name].fingerprint
    assert len({one.fingerprint for one in made.values()}) == 3, "the engine is not the model"
