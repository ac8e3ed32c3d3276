"""A story as answering sees it: its body, cut into sentences, with the hit that brought it.

`EvidenceStory.sentences` are offsets into the body as stored; nothing here alters a body.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from answering.verify.objection import Context
from domain.query import Hit
from domain.sentences import split_sentences

# A sentence that speaks to a language model and not to a reader: kept out of prompts and answers.
# Six languages; "previous instructions" and their kin, role words of chat formats, orders to answer so.
_ORDERS = re.compile(
    r"(?:ignor\w*|disregard|forget|override|bypass|oubli\w*|olvid\w*|vergi(?:ss|ß)\w*|vergesst|missacht\w*|esque\w*|"
    r"desconsider\w*|تجاهل\w*|انس)\s+(?:\w+[\s'’]+){0,4}"
    r"(?:instructions?|instrucciones|instruç\w*|anweisung\w*|prompt|consignes?|regeln|rules|règles|reglas|regras|"
    r"guidelines|التعليمات|تعليمات\w*|الأوامر|الاوامر)"
    r"|system\s*prompt|prompt\s+(?:système|del?\s+sistema|do\s+sistema)|systemprompt"
    r"|<\|[^|>]{1,40}\|>|\[/?(?:INST|SYSTEM_PROMPT)\]|<</?SYS>>|<(?:start|end)_of_turn>"
    r"|(?:you are|tu es|vous êtes|eres|usted es|du bist|sie sind|você é|أنت|انت)\s+(?:now|désormais|maintenant|ahora|"
    r"jetzt|ab jetzt|nun|agora|الآن)\b"
    r"|\b(?:as an ai|language model|modèle de langage|modelo de lenguaje|sprachmodell|modelo de linguagem|"
    r"chatbot|assistant ia)\b.{0,60}\b(?:must|should|answer|reply|say|doit|réponds\w*|debe|respond\w*|responda|muss|"
    r"antworte\w*|deve|dites?)\b"
    r"|\b(?:assistant|ai|ki|ia)\s*[:,]\s*(?:answer|reply|say|respond|répond\w*|responde\w*|antworte\w*|write|output)",
    re.IGNORECASE,
)


def gives_orders(text: str) -> bool:
    """Whether the words are addressed to a language model. Such a sentence is data, and useless as evidence."""
    return bool(_ORDERS.search(text))


@dataclass(frozen=True, kw_only=True)
class EvidenceStory:
    """One version of one story, found for a question."""

    hit: Hit
    body: str

    @cached_property
    def sentences(self) -> tuple[tuple[int, int], ...]:
        """Offsets of the body's sentences, in order."""
        return tuple(split_sentences(self.body))

    def text(self, first: int, last: int) -> str:
        """The body from sentence `first` through sentence `last`."""
        return self.body[self.sentences[first][0] : self.sentences[last][1]]

    def context(self, claim_language: str | None, *, first: int = 0) -> Context:
        """What the checks may look at, for a span that begins at sentence `first`."""
        before = self.text(max(0, first - 2), first - 1) if first else ""
        return Context(
            published=self.hit.published, body=self.body, headline=self.hit.headline, place=self.hit.place,
            language=self.hit.language, claim_language=claim_language, before=before,
        )  # fmt: skip

    def within_passage(self) -> range:
        """The sentences that the hit's passage touches."""
        touched = [
            i
            for i, (start, end) in enumerate(self.sentences)
            if start < self.hit.end and self.hit.start < end
        ]
        return range(touched[0], touched[-1] + 1) if touched else range(0)


def gather(hits: Sequence[Hit], bodies: Mapping[int, str]) -> tuple[EvidenceStory, ...]:
    """The stories of the hits, best first, one for each version; a hit without a body is left out."""
    seen: dict[int, EvidenceStory] = {}
    for hit in hits:
        if hit.version_id in bodies and hit.version_id not in seen:
            seen[hit.version_id] = EvidenceStory(hit=hit, body=bodies[hit.version_id])
    return tuple(seen.values())
