"""Words between quotation marks are the story's own words, to the letter.

Case, white space and the shape of quotation marks may differ; words may not. A quotation from a
story in another language is a translation: doubted, not refused. Titles and single words in
quotation marks are not quotations.
"""

from __future__ import annotations

import re

from answering.folding import fold
from answering.verify.objection import Context, ErrorKind, Objection, doubt, veto
from answering.words import words

_QUOTED = re.compile(r"“([^”]+)”|„([^“”]+)[“”]|«\s*([^»]+?)\s*»|\"([^\"]+)\"|”([^”]+)”")
_LEAST_WORDS = 3


def quotations(text: str) -> list[str]:
    """What stands between quotation marks, where it is long enough to be someone's words."""
    found = [next(g for g in match.groups() if g) for match in _QUOTED.finditer(text)]
    return [q for q in found if len(words(q)) >= _LEAST_WORDS]


def check(sentence: str, span: str, context: Context) -> list[Objection]:
    objections: list[Objection] = []
    story = _plain(f"{span}\n{context.body}\n{context.headline or ''}")
    for quotation in quotations(sentence):
        if _plain(quotation) in story:
            continue
        if context.crosses_languages:
            objections.append(
                doubt(ErrorKind.QUOTATION, f"“{quotation}” is a translation of the story's words")
            )
        else:
            objections.append(veto(ErrorKind.QUOTATION, f"“{quotation}” is not in the story word for word"))
    return objections


def _plain(text: str) -> str:
    """Words only, so that a comma or an ellipsis at the edge of a quotation does not matter."""
    found = re.findall(r"\w+", fold(text))
    return f" {' '.join(found)} "
