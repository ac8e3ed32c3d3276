"""Whether two stories are one text sent twice.

Pure. `same_text` never takes a text for another's copy when a figure of the one that has fewer is missing in
the other: two companies' results, two days' prices and a correction are alike in everything but what they
say. How the thresholds were set, and how well they do: docs/duplicates.md.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from ingest.duplicates.texts import IS_FIGURE, Text

REPEATED_WITHIN = timedelta(hours=96)  # a re-file follows in hours; the same words a week on are news again
SENT_AGAIN_WITHIN = timedelta(hours=12)  # stories meet by their headlines, and events last, this long

ALIKE = 0.55  # Jaccard of shingles; rewordings of one report begin at 0.6
CLOSE = 0.75  # Jaccard beyond which a text of some length is its own evidence
CONTAINED = 0.85  # share of the shorter text's shingles found in the longer: a re-file with additions
LONG_WORDS = 120  # no table, no form
SHORT_WORDS = 60  # below this a form ("Qtly div … pay … record …") outweighs what it is filled with
BRIEF_WORDS = 40  # below this the headline alone may say whom it is about
SPEAKING_WORDS = 8  # below this the headline is the news
SAME_TITLE = 0.65  # Jaccard of headline words, asked of short texts that share no slugline
TELLING_FIGURES = 6  # so many different ones, all the same, are nobody else's
ALERT_WORDS, ALERT_AGAIN_WITHIN = 8, timedelta(minutes=5)  # "U.S. RAISES …" and "U.S. LOWERS …" are shorter
TABLE_WORDS_A_FIGURE = 4  # denser in figures than this, the figures are the news


def same_text(ours: Text, theirs: Text) -> bool:
    """Whether one is the other sent again: as it was, with additions, or with cuts."""
    if ours.is_alert and theirs.is_alert and _is_alert_again(ours, theirs):
        return True
    return are_alike(ours, theirs) and is_copy(ours, theirs)


def _is_alert_again(ours: Text, theirs: Text) -> bool:
    """An alert sent again within minutes with a word put otherwise ("INC", "INCLUDING"), and no figure."""
    if abs(ours.sent.published - theirs.sent.published) > ALERT_AGAIN_WITHIN:
        return False
    if min(len(ours.title), len(theirs.title)) < ALERT_WORDS or not is_named_alike(ours, theirs):
        return False
    changed = ours.title ^ theirs.title
    return len(changed) <= 2 and not _figures_of(changed)


def is_copy(ours: Text, theirs: Text) -> bool:
    """Of texts that are alike, whether they say the same."""
    if figures_missing(ours, theirs) or not _tables_agree(ours, theirs):
        return False
    shorter = min(ours.length, theirs.length)
    if shorter >= LONG_WORDS or abs(ours.sent.published - theirs.sent.published) <= SENT_AGAIN_WITHIN:
        return True
    # On another day the same form is another day's news: "33.0 MILLIMETRES" where there was "NIL", "April 8"
    # where there was "April 7", and the central bank's two lines of every week.
    if ours.figures.total() != theirs.figures.total():
        return False
    return _figures_of(ours.title) == _figures_of(theirs.title) and (
        shorter >= BRIEF_WORDS or len(ours.figures) >= TELLING_FIGURES
    )


def are_alike(ours: Text, theirs: Text) -> bool:
    """Whether the words are one text's and about one subject. The figures are another question."""
    shorter = min(ours.length, theirs.length)
    if not shorter or abs(ours.sent.published - theirs.sent.published) > REPEATED_WITHIN:
        return False
    fewest, most = sorted((len(ours.shingles), len(theirs.shingles)))
    if shorter < BRIEF_WORDS and fewest < ALIKE * most:
        return False
    shared = len(ours.shingles & theirs.shingles)
    jaccard = shared / (fewest + most - shared)
    is_part = shared >= CONTAINED * fewest
    if jaccard < ALIKE and not is_part:
        return False
    if shorter >= LONG_WORDS or (shorter >= BRIEF_WORDS and jaccard >= CLOSE):
        return True
    if shorter >= SHORT_WORDS and is_named_alike(ours, theirs):
        return True
    figures = min(len(ours.figures), len(theirs.figures))
    if figures >= TELLING_FIGURES and not figures_missing(ours, theirs):
        return True
    return (jaccard >= ALIKE or shorter >= BRIEF_WORDS) and same_subject(ours, theirs)


def same_subject(ours: Text, theirs: Text) -> bool:
    """Whether slugline or headline say so."""
    if min(ours.length, theirs.length) < SPEAKING_WORDS:  # "LONDON COCOA OPTIONS MORNING": "Business nil."
        return ours.title == theirs.title
    if ours.sent.slugline and ours.sent.slugline == theirs.sent.slugline:
        return True
    if not is_named_alike(ours, theirs):
        return False
    mended = ours.is_mended or theirs.is_mended  # "CORRECTED-…" pushes words out of a headline
    whole = min(len(ours.title), len(theirs.title)) if mended else len(ours.title | theirs.title)
    return len(ours.title & theirs.title) >= SAME_TITLE * whole


def is_named_alike(ours: Text, theirs: Text) -> bool:
    """Whether a name that either headline begins with is in the other."""
    return bool(theirs.title.intersection(ours.names) and ours.title.intersection(theirs.names))


def likeness(ours: Text, theirs: Text) -> float:
    """Jaccard of the shingles."""
    shared = len(ours.shingles & theirs.shingles)
    return shared / max(1, len(ours.shingles) + len(theirs.shingles) - shared)


def figures_missing(ours: Text, theirs: Text) -> int:
    """How many figures of the text that has fewer are not in the other."""
    return min(ours.figures.total(), theirs.figures.total()) - (ours.figures & theirs.figures).total()


def _tables_agree(ours: Text, theirs: Text) -> bool:
    """ "NY COMEX COPPER 10:30" and "12:30": of tables the headline alone may give the hour."""
    figures = min(ours.figures.total(), theirs.figures.total())
    is_table = figures * TABLE_WORDS_A_FIGURE > min(ours.length, theirs.length)
    if not is_table or ours.is_mended or theirs.is_mended:
        return True
    return _figures_of(ours.title) == _figures_of(theirs.title)


def _figures_of(words: Iterable[int]) -> frozenset[int]:
    return frozenset(word for word in words if word & IS_FIGURE)
