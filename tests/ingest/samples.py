"""Sources and versions for tests, and a token counter of the kind embedders have."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from tokenizers.pre_tokenizers import BertPreTokenizer

from domain.protocols import Source
from domain.story import Version

PUBLISHED = datetime(1987, 3, 1, tzinfo=UTC)
_WORDS = BertPreTokenizer()


def count_tokens(texts: Sequence[str]) -> list[int]:
    """Words and marks as BERT cuts them before subwords: additive over white space, like the real ones."""
    return [len(_WORDS.pre_tokenize_str(text)) for text in texts]


def source(content: bytes, path: str = "memory") -> Source:
    return Source(path=path, open=lambda: io.BytesIO(content), head=content[: 1 << 16], size=len(content))


def version(body: str, **fields: Any) -> Version:
    values: dict[str, Any] = {"guid": "g", "provider": "p", "version": 1, "published": PUBLISHED}
    return Version(**(values | fields), body=body)
