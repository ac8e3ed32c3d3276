"""The form an embedder runs in: chosen by measure, recorded, the same ever after, and never with other vectors."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
from tokenizers import Tokenizer, models, pre_tokenizers, processors
from transformers import BertConfig, BertModel, PreTrainedTokenizerFast

from domain.errors import ModelCorrupt
from retrieval import conversion
from retrieval.conversion import PROBES, Form, converted_folder, read_record
from retrieval.embedder import SentenceTransformerEmbedder
from retrieval.fast_embedder import OpenVinoEmbedder

TEXTS = [*PROBES, "a text that is no probe"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A BERT of one layer with drawn weights: every part is real but what it has learnt."""
    vocabulary = {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3}
    for character in sorted({character for text in TEXTS for character in text}):
        vocabulary.setdefault(character, len(vocabulary))
        vocabulary.setdefault("##" + character, len(vocabulary))
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing(("[SEP]", 3), ("[CLS]", 2))
    base = tmp_path / "base"
    PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, unk_token="[UNK]", pad_token="[PAD]", cls_token="[CLS]", sep_token="[SEP]"
    ).save_pretrained(base)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=128, num_hidden_layers=1, num_attention_heads=2,
        intermediate_size=256, max_position_embeddings=512,
    )  # fmt: skip
    BertModel(config).save_pretrained(base)
    made = tmp_path / "small-bert"
    transformer = Transformer(str(base), max_seq_length=512)
    SentenceTransformer(modules=[transformer, Pooling(128, "mean")], device="cpu").save(str(made))
    return made


def embedder(folder: Path) -> OpenVinoEmbedder:
    return OpenVinoEmbedder(folder, name="small", max_tokens=64)


def test_in_8_bits_the_vectors_are_the_originals(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "WORTH_IT", 0.0)
    monkeypatch.setattr(conversion, "LEAST_COSINE", 0.99)  # drawn weights round worse than learnt ones
    fast = embedder(folder)
    assert fast.form is Form.INT8
    plain = SentenceTransformerEmbedder(folder, name="small", max_tokens=64)
    assert fast.fingerprint == plain.fingerprint
    assert (fast.embed_passages(TEXTS) * plain.embed_passages(TEXTS)).sum(axis=1).min() > 0.99


def test_the_choice_stands_once_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversion, "WORTH_IT", 1e9)
    first = embedder(folder)
    assert first.form is Form.FLOAT
    vectors = first.embed_passages(TEXTS)
    plain = SentenceTransformerEmbedder(folder, name="small", max_tokens=64)
    assert (vectors * plain.embed_passages(TEXTS)).sum(axis=1).min() > 0.999
    record = read_record(converted_folder(folder, first.fingerprint))
    assert record is not None
    assert set(record.rates) == set(record.cosines) == {Form.INT8, Form.FLOAT}
    monkeypatch.setattr(conversion, "WORTH_IT", 0.0)
    again = embedder(folder)
    assert again.form is Form.FLOAT
    np.testing.assert_array_equal(again.embed_passages(TEXTS), vectors)


def test_vectors_that_part_from_the_originals_are_never_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conversion, "LEAST_COSINE", 1.1)  # no conversion can reach it
    fast = embedder(folder)
    assert fast.form is Form.ORIGINAL
    plain = SentenceTransformerEmbedder(folder, name="small", max_tokens=64)
    np.testing.assert_allclose(fast.embed_passages(TEXTS), plain.embed_passages(TEXTS), atol=1e-6)
    kept = sorted(path.name for path in converted_folder(folder, fast.fingerprint).iterdir())
    assert kept == [conversion.RECORD_FILE], "no model is kept that is not used"


def test_a_conversion_that_was_cut_off_leaves_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("disk full")  # a fault, forced

    monkeypatch.setattr(conversion, "_traced", fail)
    fast = embedder(folder)
    with pytest.raises(OSError, match="disk full"):
        fast.embed_query("text")
    assert not [path for path in folder.parent.iterdir() if "openvino" in path.name]


def test_quicker_in_8_bits_is_taken_only_where_it_pays_and_agrees() -> None:
    sound = {Form.FLOAT: 0.9999, Form.INT8: 0.9995}
    assert conversion._chosen(sound, {Form.FLOAT: 10.0, Form.INT8: 13.0}) is Form.INT8
    assert conversion._chosen(sound, {Form.FLOAT: 10.0, Form.INT8: 10.5}) is Form.FLOAT
    parting = {Form.FLOAT: 0.9999, Form.INT8: 0.98}
    assert conversion._chosen(parting, {Form.FLOAT: 10.0, Form.INT8: 13.0}) is Form.FLOAT
    assert (
        conversion._chosen({Form.FLOAT: 0.5, Form.INT8: 0.9995}, {Form.FLOAT: 10.0, Form.INT8: 9.0})
        is Form.INT8
    )
    assert (
        conversion._chosen({Form.FLOAT: 0.5, Form.INT8: 0.5}, {Form.FLOAT: 1.0, Form.INT8: 9.0})
        is Form.ORIGINAL
    )


def test_a_conversion_apart_is_the_same_and_leaves_no_torch_behind(folder: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from retrieval.fast_embedder import OpenVinoEmbedder\n"
        f"made = OpenVinoEmbedder(Path({str(folder)!r}), name='small', max_tokens=64, apart=True)\n"
        "assert made.embed_query('text').shape == (128,) or made.form == 'original'\n"
        "sys.exit('torch' in sys.modules and made.form != 'original')"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    assert read_record(converted_folder(folder, embedder(folder).fingerprint)) is not None


def test_a_folder_that_cannot_be_converted_is_told_of_with_a_remedy(folder: Path) -> None:
    for weights in folder.rglob("*.safetensors"):
        weights.write_bytes(weights.read_bytes()[:100])
    with pytest.raises(ModelCorrupt, match="could not be converted") as told:
        OpenVinoEmbedder(folder, name="small", max_tokens=64, apart=True).embed_query("text")
    assert "depeche models pull" in (told.value.hint or "")
