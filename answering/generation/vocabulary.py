"""Text to token ids by the model's own tokenizer, with control tokens only where the template has them.

For ordinary text the ids are exactly those of llama.cpp for the whole rendered prompt. Text of a
message never becomes a control token, and markup-like added tokens ("<tool_call>") are kept from
forming there as well.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from answering.generation.template import Segment

Tokenize = Callable[[str, bool], list[int]]  # text, whether control tokens in it are meant


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """A tokenizer and the tokens of its that are written as text but are not text."""

    tokenize: Tokenize
    control: frozenset[str]  # "<|im_start|>": found only when asked for
    added: frozenset[str]  # "<tool_call>": llama.cpp finds these in any text
    bos: int | None = None  # to be put first where the template does not write it

    def count(self, text: str) -> int:
        """Tokens of `text` as it stands inside a message."""
        return len(self._plain(text))

    def encode(self, segments: Sequence[Segment]) -> list[int]:
        """The ids of a rendered prompt."""
        ids: list[int] = []
        plain = ""
        for text, is_control in self._runs(segments):
            if not is_control:
                # A message and the template's words beside it are one run, as in the whole text:
                # tokens may span their border.
                plain += text
                continue
            ids += self._plain(plain)
            ids += self.tokenize(text, True)
            plain = ""
        ids += self._plain(plain)
        if self.bos is not None and ids[:1] != [self.bos]:
            ids.insert(0, self.bos)
        return ids

    def _runs(self, segments: Sequence[Segment]) -> Iterator[tuple[str, bool]]:
        """The segments cut at the template's own control tokens."""
        special = _any_of(self.control | self.added)
        for segment in segments:
            if not segment.own or special is None:
                yield segment.text, False
                continue
            at = 0
            for match in special.finditer(segment.text):
                yield segment.text[at : match.start()], False
                yield match[0], True
                at = match.end()
            yield segment.text[at:], False

    def _plain(self, text: str) -> list[int]:
        if not text:
            return []
        markup = _any_of(frozenset(token for token in self.added if _is_markup(token)))
        if markup is None or not markup.search(text):
            return self.tokenize(text, False)
        ids: list[int] = []
        at = 0
        for match in markup.finditer(text):
            # Cut after the first character: neither half is the token.
            ids += self.tokenize(text[at : match.start() + 1], False)
            at = match.start() + 1
        return ids + self.tokenize(text[at:], False)


def _is_markup(token: str) -> bool:
    """Whether an added token looks like a delimiter. Others (runs of blanks) are ordinary writing."""
    return len(token) > 2 and (token[0], token[-1]) in {("<", ">"), ("[", "]")}


_PATTERNS: dict[frozenset[str], re.Pattern[str] | None] = {}


def _any_of(tokens: frozenset[str]) -> re.Pattern[str] | None:
    """A pattern of any of these literals, the longest first."""
    if tokens not in _PATTERNS:
        ordered = sorted(tokens, key=lambda token: (-len(token), token))
        _PATTERNS[tokens] = re.compile("|".join(map(re.escape, ordered))) if ordered else None
    return _PATTERNS[tokens]
