"""The converted embedder gives the original's vectors, whatever the batch, and needs no torch once converted."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from retrieval.embedder import SentenceTransformerEmbedder
from retrieval.fast_embedder import OpenVinoEmbedder, converted_folder
from runtime import load_settings
from runtime.wiring import model_path

pytestmark = pytest.mark.model
TEXTS = [
    "Wheat.",
    "The Soviet Union bought wheat under the U.S. subsidy offer. " * 12,
    "Les députés ont adopté le texte par 320 voix contre 301.",
    "أعلنت الوزارة حصيلة جديدة للضحايا.",
    "O Brasil venceu a Alemanha por 2 a 0 em Yokohama. " * 60,
]


@pytest.fixture(scope="module")
def folder(models_cache: Path) -> Path:
    found = model_path(load_settings().embedder.name, cache=models_cache)
    assert found is not None
    return found


def test_vectors_are_the_originals(folder: Path) -> None:
    fast = OpenVinoEmbedder(folder, name="e5", passage_prefix="passage: ", max_tokens=512)
    plain = SentenceTransformerEmbedder(folder, name="e5", passage_prefix="passage: ", max_tokens=512)
    assert fast.fingerprint == plain.fingerprint
    together = fast.embed_passages(TEXTS)
    assert together.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(together, axis=1), 1.0, atol=1e-5)
    assert (together * plain.embed_passages(TEXTS)).sum(axis=1).min() > 0.999
    alone = np.stack([fast.embed_passages([text])[0] for text in TEXTS])
    assert (together * alone).sum(axis=1).min() > 0.999, "padding changes no vector"
    assert fast.embed_passages([]).shape == (0, fast.dimensions)


def test_long_texts_are_cut_as_the_tokenizer_cuts_them(folder: Path) -> None:
    """One tokenizer counts and embeds (a second one would hold 300 MB), so the embedder cuts by itself."""
    fast = OpenVinoEmbedder(folder, name="e5", max_tokens=64)
    cutting = Tokenizer.from_file(str(folder / "tokenizer.json"))
    cutting.no_padding()
    cutting.enable_truncation(64)
    texts = [*TEXTS, "", *("word " * count for count in (61, 62, 63, 64))]
    assert fast._ids(texts) == [one.ids for one in cutting.encode_batch(texts)]


@pytest.mark.parametrize("longest", [509, 512])
def test_texts_of_any_length_come_in_few_shapes(folder: Path, longest: int) -> None:
    """OpenVINO keeps what it made for each shape: an ingestion would otherwise grow by some 800 MB."""
    fast = OpenVinoEmbedder(folder, name="e5", max_tokens=longest)
    widths = set()
    for tokens in range(1, longest + 1):
        shaped = fast._inputs([[5] * tokens, [5]])
        assert int(shaped["attention_mask"].sum()) == tokens + 1
        assert tokens <= shaped["input_ids"].shape[1] <= longest
        widths.add(shaped["input_ids"].shape[1])
    assert len(widths) <= 70


def test_torch_is_not_imported_once_converted(folder: Path) -> None:
    fast = OpenVinoEmbedder(folder, name="e5", query_prefix="query: ", max_tokens=512)
    fast.embed_query("converted now, if not before")
    assert (converted_folder(folder, fast.fingerprint) / "model.xml").is_file()
    code = (
        "import sys; from pathlib import Path; from retrieval.fast_embedder import OpenVinoEmbedder\n"
        f"OpenVinoEmbedder(Path({str(folder)!r}), name='e5', query_prefix='query: ', max_tokens=512).embed_query('x')\n"
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
