"""The words an embedder is given for a passage: its story's headline, place and date, then the passage.

A passage three paragraphs down rarely repeats who and when; the context line gives it both.
`RECIPE` is part of every index's manifest: change the text, or what is done to its vector, and the
old index is refused.
"""

from __future__ import annotations

from domain.story import StoredPassage
from retrieval import language_neutral

RECIPE = f"headline-place-date/1 {language_neutral.RECIPE}"

CONTEXT_CHARACTERS = 300  # headlines are about 70; a broken one must not push the passage out of the window


def passage_text(passage: StoredPassage) -> str:
    """Headline, then "PLACE, 1987-03-02", then the passage, one a line; what is absent is left out."""
    origin = f"{passage.published:%Y-%m-%d}"
    if passage.place:
        origin = f"{passage.place[:80]}, {origin}"
    lines = [passage.headline[:CONTEXT_CHARACTERS]] if passage.headline else []
    return "\n".join([*lines, origin, passage.text])
