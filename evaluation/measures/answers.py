"""Whether an answer says what was accepted: normalised containment and token F1.

Normalisation follows SQuAD (Rajpurkar et al. 2016: lower case, no punctuation, no English
articles), with NFKC, Arabic diacritics and digit grouping removed, and single characters as
tokens for Chinese and Japanese (MLQA's convention, Lewis et al. 2020).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_GROUPED = re.compile(r"(?<=\d)[,.\u00a0\u202f ](?=\d{3}\b)")
_ARABIC_MARKS = re.compile("[\u064b-\u065f\u0670\u0640]")
_CJK = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
LIST_MARK = " | "  # "first | second": every item must be found


def normalise(text: str) -> str:
    """Lower-case words separated by single spaces, as compared."""
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _GROUPED.sub("", _ARABIC_MARKS.sub("", text))
    text = "".join(" " if unicodedata.category(c)[0] in "PSZC" else c for c in text)
    return " ".join(_ARTICLES.sub(" ", text).split())


def tokens(text: str) -> list[str]:
    """Words; single characters inside Chinese and Japanese runs."""
    words: list[str] = []
    for word in normalise(text).split():
        words.extend(_CJK.sub(lambda m: f" {m.group()} ", word).split())
    return words


def contains(text: str, accepted: Sequence[str]) -> bool:
    """Whether one of the accepted answers stands in the text, word for word after normalising."""
    found = tokens(text)
    return any(all(_within(found, tokens(item)) for item in answer.split(LIST_MARK)) for answer in accepted)


def _within(found: list[str], wanted: list[str]) -> bool:
    size = len(wanted)
    return size > 0 and any(found[i : i + size] == wanted for i in range(len(found) - size + 1))


def token_f1(text: str, accepted: Sequence[str]) -> float:
    """Best F1 of the tokens over the accepted answers; 0 for an empty text."""
    return max(
        (_f1(tokens(text), tokens(answer.replace(LIST_MARK, " "))) for answer in accepted), default=0.0
    )


def _f1(found: list[str], wanted: list[str]) -> float:
    shared = sum((Counter(found) & Counter(wanted)).values())
    if not shared:
        return 0.0
    precision, recall = shared / len(found), shared / len(wanted)
    return 2 * precision * recall / (precision + recall)
