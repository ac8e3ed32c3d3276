"""A model's draft, cut into sentences with the numbers of the sources they name.

Numbers in brackets before or after the stop, several in one bracket, ranges and numbers at the end
of a paragraph are read alike; the text left is clean of them. Never raises: any text is a draft.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from domain.sentences import split_sentences

_MARK = re.compile(
    r"\s*[\[［【]\s*(?:(?:source|sources|story|stories|quelle|fuente|fonte|المصدر|n°|no\.?)\s*)?"
    r"(?P<numbers>\d{1,3}(?:\s*(?:,|;|-|–|and|et|y|und|e|و|،)\s*\[?\d{1,3})*)\s*[\]］】]",
    re.IGNORECASE,
)
_STOP_AFTER = re.compile(r"(?P<stop>[.!?؟。]+)(?P<marks>(?:\s*[\[［【][^\]］】\n]{1,30}[\]］】])+)")
# "[1], [2] and [3]" → "[1][2][3]": what stands between marks belongs to them, not to the sentence.
_BETWEEN = re.compile(
    r"(?<=[\]］】])\s*(?:[,;،]\s*)?(?:and|et|y|und|e|و)?\s*(?=[\[［【]\s*\d{1,3}\s*[\]］】])"
)
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+", re.MULTILINE)
_PREFIX = re.compile(
    r"^\s*(?:answer|réponse|respuesta|antwort|resposta|الإجابة|الجواب)\s*[:：]\s*", re.IGNORECASE
)
_MARKUP = re.compile(r"\*\*|__|`|^#+\s+", re.MULTILINE)
_FARTHEST = 20  # sources in one range at most: "[1-9]" names nine, a year in brackets names none


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftSentence:
    """A sentence as generated, and the numbers of the sources it names, in order."""

    text: str
    sources: tuple[int, ...]


def parse_draft(draft: str) -> tuple[DraftSentence, ...]:
    """The sentences of a draft. A sentence without numbers takes those of the next one in its paragraph
    that has some: small models cite once for a whole paragraph.
    """
    sentences: list[DraftSentence] = []
    text = _BETWEEN.sub("", _MARKUP.sub("", _PREFIX.sub("", draft.strip())))
    for paragraph in re.split(r"\n\s*\n|\n(?=\s*(?:[-*•–]|\d{1,2}[.)])\s)", text):
        sentences += _paragraph(_BULLET.sub("", paragraph))
    return tuple(sentences)


def _paragraph(text: str) -> list[DraftSentence]:
    # "… 1989. [1] Then …" → "… 1989 [1]. Then …", so that the mark falls in its own sentence.
    moved = _STOP_AFTER.sub(lambda m: f"{m['marks']}{m['stop']} ", re.sub(r"\s*\n\s*", " ", text))
    found: list[DraftSentence] = []
    for start, end in split_sentences(moved):
        piece = moved[start:end]
        numbers = _numbers(piece)
        clean = re.sub(r"\s+([.,;:!?؟])", r"\1", re.sub(r"\s+", " ", _MARK.sub("", piece))).strip()
        if re.search(r"\w", clean):
            found.append(DraftSentence(text=clean, sources=numbers))
        elif numbers and found and not found[-1].sources:
            found[-1] = DraftSentence(text=found[-1].text, sources=numbers)
    carried: tuple[int, ...] = ()
    for i in range(len(found) - 1, -1, -1):
        if found[i].sources:
            carried = found[i].sources
        elif carried:
            found[i] = DraftSentence(text=found[i].text, sources=carried)
    return found


def _numbers(piece: str) -> tuple[int, ...]:
    numbers: list[int] = []
    for match in _MARK.finditer(piece):
        listed = match["numbers"]
        for part in re.split(r",|;|\band\b|\bet\b|\by\b|\bund\b|\be\b|و|،", listed):
            ends = [int(n) for n in re.findall(r"\d+", part)]
            if len(ends) == 2 and ends[0] < ends[1] <= ends[0] + _FARTHEST:
                numbers += range(ends[0], ends[1] + 1)
            else:
                numbers += ends
    return tuple(dict.fromkeys(numbers))
