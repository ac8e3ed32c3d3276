"""The vectors of a text's single tokens, before an embedder makes one vector of them.

Optional: an embedder that has none to show is an Embedder all the same, and what needs them is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTokens:
    """One text's own tokens: without the model's marks and without the words put before every text.

    `length` is that of the mean of all the model's token vectors: what the text's unit vector was divided
    by, so that what is said of unit vectors can be said of these.
    """

    ids: NDArray[np.int64]
    vectors: NDArray[np.float32]  # one row a token
    length: float


@runtime_checkable
class TokenEmbedder(Protocol):
    def embed_tokens(self, texts: Sequence[str], *, as_query: bool) -> list[TextTokens]:
        """One for each text; none at all where the model does not show its tokens."""
        ...
