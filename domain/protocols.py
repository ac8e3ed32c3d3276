"""The seams of the product: narrow protocols, each with one contract suite in tests/contracts.

Arrays are numpy's, named only in annotations: this package imports the standard library alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, Protocol, runtime_checkable

from domain.query import Hit, Query
from domain.story import Item, SourceRef

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One input stream: a file, or a member of an archive ("feed.zip!a/b.xml").

    `open` gives a fresh binary stream at the beginning each time it is called; gzip and
    zip layers are already removed. `head` is its first 64 KiB, for sniffing.
    """

    path: str
    open: Callable[[], BinaryIO]
    head: bytes
    size: int | None = None  # bytes after decompression, where known

    def ref(self, position: int) -> SourceRef:
        return SourceRef(path=self.path, position=position)


class Reader(Protocol):
    """A format. `read` streams: memory is bounded by one item, and a bad item is yielded as Rejected."""

    name: str

    def accepts(self, source: Source) -> bool:
        """Whether the content (not the file name) is this format."""
        ...

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        """Items in file order. `provider` overrides what the source says of itself."""
        ...


class Embedder(Protocol):
    """Text to unit vectors. `fingerprint` names model, weights digest and text recipe."""

    fingerprint: str
    dimensions: int
    max_tokens: int

    def embed_passages(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """(len(texts), dimensions), L2-normalised."""
        ...

    def embed_query(self, text: str) -> NDArray[np.float32]:
        """(dimensions,), L2-normalised."""
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text by the embedder's own tokenizer, without special tokens."""
        ...


class Retriever(Protocol):
    """A query to hits, best first, at most `query.limit`; never one outside `query.filters`."""

    def retrieve(self, query: Query) -> Sequence[Hit]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ChatMessage:
    role: str  # "system" | "user" | "assistant"
    content: str


class Generator(Protocol):
    """A language model behind its own chat template."""

    name: str
    context: int  # tokens, prompt and answer together

    def count_tokens(self, text: str) -> int: ...

    def count_prompt(self, messages: Sequence[ChatMessage]) -> int:
        """Tokens of the whole prompt as the chat template renders it."""
        ...

    def stream(
        self, messages: Sequence[ChatMessage], *, max_tokens: int, stop: Callable[[], bool] | None = None
    ) -> Iterator[str]:
        """Pieces of text as they are generated. Stops early when `stop()` is true.

        Raises GenerationFailed when the engine stops half-way.
        """
        ...


@runtime_checkable
class Chooser(Protocol):
    """A language model that tells how likely it is to begin its reply with each option rather than the others."""

    def probabilities(self, messages: Sequence[ChatMessage], options: Sequence[str]) -> dict[str, float]:
        """One share an option; together 1. Raises ModelError."""
        ...
