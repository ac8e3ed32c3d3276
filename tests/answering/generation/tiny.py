"""A GGUF model of one layer with random weights and Mistral's v7-tekken vocabulary: real llama.cpp, in no time.

What it writes means nothing. It serves to fill long contexts, whose cost would otherwise be the weights'.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from gguf import GGUFWriter

from tests.answering.generation.mistral import add_vocabulary

WIDTH, HEADS, HIDDEN, TOKENS = 32, 1, 32, 1257
CONTEXT = 32_768


def write_model(path: Path) -> Path:
    random = np.random.default_rng(5)

    def weights(*shape: int) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
        return (random.standard_normal(shape) / np.sqrt(shape[-1])).astype(np.float32)

    writer = GGUFWriter(path, "llama")
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(WIDTH)
    writer.add_block_count(1)
    writer.add_feed_forward_length(HIDDEN)
    writer.add_head_count(HEADS)
    writer.add_head_count_kv(1)
    writer.add_rope_dimension_count(WIDTH // HEADS)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(TOKENS)
    add_vocabulary(writer)
    one = np.ones(WIDTH, np.float32)
    writer.add_tensor("token_embd.weight", weights(TOKENS, WIDTH))
    writer.add_tensor("output_norm.weight", one)
    writer.add_tensor("output.weight", weights(TOKENS, WIDTH))
    for name, rows, columns in (
        ("attn_q", WIDTH, WIDTH),
        ("attn_k", WIDTH // HEADS, WIDTH),
        ("attn_v", WIDTH // HEADS, WIDTH),
        ("attn_output", WIDTH, WIDTH),
        ("ffn_gate", HIDDEN, WIDTH),
        ("ffn_up", HIDDEN, WIDTH),
        ("ffn_down", WIDTH, HIDDEN),
    ):
        writer.add_tensor(f"blk.0.{name}.weight", weights(rows, columns))
    for name in ("attn_norm", "ffn_norm"):
        writer.add_tensor(f"blk.0.{name}.weight", one)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
