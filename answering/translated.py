"""A quotation that the model gave in the question's language, of words said in another, is marked as a translation.

The original words stand beside it: the story's own quotation where its sentence has one, else the words cited.
"""

from __future__ import annotations

from collections.abc import Sequence

from babel import Locale
from babel.core import UnknownLocaleError

from answering.folding import fold
from answering.phrases import phrase
from answering.verify.quotations import quotations
from answering.words import same_language, words
from domain.answer import Citation


def marked(text: str, citations: Sequence[Citation], *, language: str, source: str | None) -> str:
    """The sentence, with the original of a quotation that it gives in translation; else as it is."""
    if source is None or same_language(language, source):
        return text
    cited = " ".join(c.quote for c in citations)
    foreign = [q for q in quotations(text) if " ".join(words(q)) not in " ".join(words(fold(cited)))]
    if not foreign or not cited:
        return text
    said = quotations(cited)
    original = " … ".join(said) if said else cited
    return phrase("translated", language, text=text, language=_name(source, language), original=original)


def _name(code: str, language: str) -> str:
    """ "French", "français", "francés": a language's name in another."""
    try:
        return str(Locale.parse(language).languages.get(code, code))
    except UnknownLocaleError:
        return code
