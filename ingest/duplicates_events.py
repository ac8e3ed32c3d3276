"""Whether two stories are links of one event's chain: an alert and the story that tells it, or a text and its
correction under another guid.

Pure. Two stories that are no alert are linked only where one is the other with a figure mended: what an
event's leads and wraps have in common is the alert that they all tell. Thresholds: docs/duplicates.md.
"""

from __future__ import annotations

from datetime import timedelta

from ingest.duplicates import (
    IS_FIGURE,
    NAME_LETTERS,
    NAMES,
    SENT_AGAIN_WITHIN,
    Text,
    figures_missing,
    is_named_alike,
    is_naming,
    likeness,
)

TOLD_BEFORE = timedelta(minutes=15)  # clocks of desks, and stories that overtake their alert
FEWEST_TOLD = 3
TOLD_ON_SLUGLINE = 0.3  # of the alert's words, where the slugline is the same

SOON = timedelta(hours=1)
TOLD_SOON, HEADED_SOON = 0.5, 0.21  # shares of the alert's words in the story's opening, in its headline
TOLD_LATER, HEADED_LATER = 0.8, 0.35
TOLD_SURELY, HEADED_SURELY = 0.75, 0.4
HEADED_ALONE = 0.5  # where figures differ: "6.3 mln" becomes "6,300,000"
LONG_NAME = 6  # letters: longer than "Corp" and "Bank"

MENDED_WITHIN = timedelta(hours=26)  # of a text that says it is corrected
MENDED_TITLE = 0.75  # of the words of the shorter headline
MENDED_ALIKE = 0.4  # Jaccard of shingles: a figure mended in a table of thirty words changes a tenth of them
MENDED_FIGURES = 0.34  # of those of the text that has fewer


def same_event(ours: Text, theirs: Text) -> bool:
    """Whether the later of the two tells the event of the earlier, or corrects it."""
    if (ours.sent.provider, ours.sent.language) != (theirs.sent.provider, theirs.sent.language):
        return False
    if ours.is_alert and theirs.is_alert:
        return _corrects(ours, theirs)
    if ours.is_alert:
        return _tells(theirs, ours)
    return _tells(ours, theirs) if theirs.is_alert else is_mended(ours, theirs)


def is_mended(ours: Text, theirs: Text) -> bool:
    """One text sent twice, a figure or two apart: what was wrong in the first is right in the second."""
    marked = ours.is_mended or theirs.is_mended
    if not (marked or ours.title == theirs.title):
        return False
    if abs(ours.sent.published - theirs.sent.published) > (MENDED_WITHIN if marked else SENT_AGAIN_WITHIN):
        return False
    fewest = min(len(ours.title), len(theirs.title))  # "CORRECTED - …" pushes words out of a headline
    if not fewest or len(ours.title & theirs.title) < MENDED_TITLE * fewest:
        return False
    figures = min(ours.figures.total(), theirs.figures.total())
    if likeness(ours, theirs) < MENDED_ALIKE or not is_named_alike(ours, theirs):
        return False
    return figures_missing(ours, theirs) <= max(1, int(figures * MENDED_FIGURES))


def _tells(story: Text, alert: Text) -> bool:
    """Whether the story's beginning says what the alert said."""
    after = story.sent.published - alert.sent.published
    if not -TOLD_BEFORE <= after <= SENT_AGAIN_WITHIN:
        return False
    if story.sent.slugline and story.sent.slugline == alert.sent.slugline:
        said = {word for word in alert.opening if is_naming(word)}
        shared = len(said & story.opening)
        if shared >= FEWEST_TOLD and shared >= TOLD_ON_SLUGLINE * len(said):
            return True
    said = {word for word in alert.title if is_naming(word, NAME_LETTERS)}
    told, headed = len(said & story.opening) / max(1, len(said)), _headed(story, alert)
    is_soon = after <= SOON
    if told * len(said) < FEWEST_TOLD or told < (TOLD_SOON if is_soon else TOLD_LATER):
        return False
    if not _is_named(story, alert, told=told, headed=headed):
        return False
    figures = {word for word in alert.title if word & IS_FIGURE}
    # "GENERAL SIGNAL 3RD QTR SHR" and General Motors' differ in nothing else.
    if not figures <= story.figures.keys() | story.title:
        is_same = len(alert.names) == NAMES and story.title.issuperset(alert.names)
        return is_soon and is_same and told >= TOLD_SURELY and headed >= HEADED_ALONE
    return headed >= (HEADED_SOON if is_soon else HEADED_LATER) or (is_soon and told >= TOLD_SURELY)


def _is_named(story: Text, alert: Text, *, told: float, headed: float) -> bool:
    """Whether the story names whom the alert begins with: "Melville Corp", not Allegheny Corp.

    One name is enough where most else agrees: the second may be a verb. "SWEDEN'S BOLIDEN": or the second is
    that name, a long one. Two freighters that run aground within the hour have the first word in common.
    """
    if not alert.names:
        return False
    if alert.names[0] in story.opening:
        return told >= TOLD_SURELY or story.opening.issuperset(alert.names)
    is_sure = told >= TOLD_SURELY and headed >= HEADED_SURELY
    return is_sure and any(word in story.opening and is_naming(word, LONG_NAME) for word in alert.names)


def _corrects(ours: Text, theirs: Text) -> bool:
    """Of two alerts, whether one says that it mends the other."""
    if not (ours.is_mended or theirs.is_mended):
        return False
    fewest = min(len(ours.title), len(theirs.title))
    if not is_named_alike(ours, theirs) or len(ours.title & theirs.title) < MENDED_TITLE * fewest:
        return False
    return abs(ours.sent.published - theirs.sent.published) <= SOON


def _headed(story: Text, alert: Text) -> float:
    """The share of the alert's words that name something which the story's headline has."""
    said = [word for word in alert.title if is_naming(word)]
    return sum(word in story.title for word in said) / max(1, len(said))
