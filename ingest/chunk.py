"""Bodies to passages: one to six sentences, at most `budget` tokens, exact offsets, nothing left out.

Passages are in order and do not overlap; together they hold every non-space character of the body,
and `text == body[start:end]`. They end at a paragraph where one ends near enough, otherwise at a
sentence; only a sentence that alone is over the budget is cut, at a clause or between words.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from domain.sentences import split_sentences
from domain.story import Passage, Version
from ingest.tokens import CountTokens

CHUNK_TOKENS = 160  # two or three paragraphs; 96 to 384 alike: docs/retrieval-evaluation.md
MAX_SENTENCES = 6
_FULL_ENOUGH = (
    0.4  # share of the budget from which a passage ends with its paragraph if the next does not fit
)

_WORD = re.compile(r"\S+")
_CLAUSE_END = re.compile(r"[,;:،؛、，；–—)\]»”\"]$")
_CLAUSE_WINDOW = 0.6  # a clause edge beyond this share of the budget is preferred to filling it

Span = tuple[int, int]


def cut(
    version: Version,
    *,
    count_tokens: CountTokens,
    budget: int = CHUNK_TOKENS,
    sentences: Sequence[Span] | None = None,
) -> tuple[Passage, ...]:
    """The passages of `version.body`. `sentences`: its split, where the caller has it already."""
    body = version.body
    known = split_sentences(body) if sentences is None else sentences
    return tuple(
        Passage(start=start, end=end, text=body[start:end], ordinal=ordinal)
        for ordinal, (start, end) in enumerate(_spans(body, known, count_tokens, budget))
    )


def _spans(body: str, sentences: Sequence[Span], count_tokens: CountTokens, budget: int) -> Iterator[Span]:
    tokens = count_tokens([body[start:end] for start, end in sentences])
    if sum(tokens) <= budget and len(sentences) <= MAX_SENTENCES:
        if sentences:
            yield sentences[0][0], sentences[-1][1]
        return
    open_span: Span | None = None
    filled = held = 0
    for paragraph in _paragraphs(body, sentences):
        needed = sum(tokens[i] for i in paragraph)
        overflows = filled + needed > budget or held + len(paragraph) > MAX_SENTENCES
        if open_span and overflows and (filled >= _FULL_ENOUGH * budget or needed <= budget):
            yield open_span
            open_span, filled, held = None, 0, 0
        for i in paragraph:
            start, end = sentences[i]
            # A table's rows count by their tokens alone: six rows without the seventh tell nothing.
            weight = 0 if i and open_span and body[sentences[i - 1][1] : start] == "\n" else 1
            if open_span and (filled + tokens[i] > budget or held + weight > MAX_SENTENCES):
                yield open_span
                open_span, filled, held, weight = None, 0, 0, 1
            if tokens[i] > budget:
                yield from _pieces(body, start, end, count_tokens, budget)
                continue
            open_span = (open_span[0] if open_span else start, end)
            filled, held = filled + tokens[i], held + weight
    if open_span:
        yield open_span


def _paragraphs(body: str, sentences: Sequence[Span]) -> Iterator[list[int]]:
    """Indexes of the sentences of each paragraph."""
    paragraph: list[int] = []
    for i, (start, _) in enumerate(sentences):
        if paragraph and body.count("\n", sentences[i - 1][1], start) > 1:
            yield paragraph
            paragraph = []
        paragraph.append(i)
    if paragraph:
        yield paragraph


def _pieces(body: str, start: int, end: int, count_tokens: CountTokens, budget: int) -> Iterator[Span]:
    """An over-long sentence in pieces within the budget, cut after clauses where it can be."""
    words = list(_words(body, start, end, count_tokens, budget))
    first = filled = 0
    clause: int | None = None  # the last clause edge in reach, as the index after its word
    for i, (_, word_end, count) in enumerate(words):
        while i > first and filled + count > budget:
            cut_at = clause if clause is not None else i
            yield words[first][0], words[cut_at - 1][1]
            filled = sum(tokens for _, _, tokens in words[cut_at:i])
            first, clause = cut_at, None
        filled += count
        if filled >= _CLAUSE_WINDOW * budget and _CLAUSE_END.search(body, word_end - 1, word_end):
            clause = i + 1
    yield words[first][0], end


def _words(
    body: str, start: int, end: int, count_tokens: CountTokens, budget: int
) -> Iterator[tuple[int, int, int]]:
    """(start, end, tokens) of each word; a run over the budget (unspaced script) is cut until it fits."""
    spans = [match.span() for match in _WORD.finditer(body, start, end)]
    for (word_start, word_end), count in zip(spans, count_tokens([body[a:b] for a, b in spans]), strict=True):
        if count <= budget or word_end - word_start == 1:
            yield word_start, word_end, count
        else:
            yield from _halves(body, word_start, word_end, count_tokens, budget)


def _halves(
    body: str, start: int, end: int, count_tokens: CountTokens, budget: int
) -> Iterator[tuple[int, int, int]]:
    """Equal slices of a run without spaces, each within the budget."""
    step = max(1, budget // 2)
    bounds = [(at, min(end, at + step)) for at in range(start, end, step)]
    for (a, b), count in zip(bounds, count_tokens([body[a:b] for a, b in bounds]), strict=True):
        if count <= budget or b - a == 1:
            yield a, b, count
        else:
            yield from _halves(body, a, b, count_tokens, budget // 2)
