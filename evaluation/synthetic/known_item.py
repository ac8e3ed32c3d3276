"""Known-item queries: the words by which somebody would look for a story read before (Azzopardi et al., SIGIR 2007).

Two telling words of the headline and two of the first sentences, figures left out. Copies of the story count
as found too.
"""

from __future__ import annotations

from domain.story import Version
from evaluation.measures.answers import tokens
from evaluation.synthetic.items import Drawn, MadeQuery

KIND = "known_item"
_EACH = 2
_LEAD = 400  # characters of the body
_FEWEST = 3  # words of a query: with fewer, half the archive would do


def known_item(story: Version, drawn: Drawn) -> MadeQuery | None:
    """None where the story has too few telling words."""
    rarity = drawn.rarity
    headline = rarity.rarest([w for w in tokens(story.headline or "") if not w.isdigit()], _EACH)
    lead = [w for w in tokens(story.body[:_LEAD]) if w not in headline and not w.isdigit()]
    words = [*headline, *rarity.rarest(lead, 2 * _EACH - len(headline))]
    if len(words) < _FEWEST:
        return None
    return MadeQuery(
        text=" ".join(words),
        kind=KIND,
        language=story.language,
        relevant=tuple(sorted(drawn.family(story.guid))),
    )
