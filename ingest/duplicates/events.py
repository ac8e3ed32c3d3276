"""Whether two stories are links of one event's chain: an alert and the story that tells it, or a text and its
correction under another guid.

Pure. Two stories that are no alert are linked only where one is the other with a figure mended: what an
event's leads and wraps have in common is the alert that they all tell. That a story tells an alert does not
say that it is of its chain: who has told it before is the linker's to ask (`tells_by_itself`, `is_kin`).
Words are compared by their stems, weighed by their letters. Thresholds: docs/duplicates.md.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from datetime import timedelta

import numpy as np

from ingest.duplicates.copies import SENT_AGAIN_WITHIN, figures_missing, is_named_alike, likeness
from ingest.duplicates.texts import IS_FIGURE, LENGTH, STEM_SHIFT, Text, token_hash

TOLD_BEFORE = timedelta(minutes=5)  # clocks of desks; what was sent before that tells an earlier state
FEWEST_TOLD = 3
SOON = timedelta(hours=1)
# Sums of shares of the alert's words, by weight: those in the story's opening and those in its headline.
TOLD_SOON = 0.75
TOLD_FIGURES = 0.2  # added where all its figures are in the opening
TOLD_ROUNDED = 0.95  # where a figure is rounded
TOLD_UNNAMED = 1.1  # where the alert begins with another word than the story
AT_ONCE = timedelta(minutes=45)  # later, a story that says it further on recalls it
TOLD_FURTHER_ON, PASSAGE_WORDS = 0.6, 40
TOLD_ON_SLUGLINE = 0.6
TOLD_LATER = 1.6  # with those of the lead added: reactions and ratings recall in their second sentence
HEADED_LATER = 0.3
TOLD_WHOLLY, HEADED_WHOLLY = 0.9, 0.4  # one by one, where a figure is another: "March 4" becomes "yesterday"
TOLD_SURELY = 0.7
KIN = 0.2  # Jaccard of shingles
AGAIN_WITHIN, TOLD_AGAIN = timedelta(minutes=15), 2.1

MENDED_WITHIN = timedelta(hours=26)  # of a text that says it is corrected
MENDED_TITLE = 0.75  # of the words of the shorter headline
MENDED_ALIKE = 0.4  # Jaccard of shingles: a figure mended in a table of thirty words changes a tenth of them
MENDED_FIGURES = 0.34  # of those of the text that has fewer

_ONE_WORD = re.compile(r"\W*[\w.&'’-]+\s*[<(]")  # "TAFT <TFB> REJECTS": the first word is the whole name


def same_event(ours: Text, theirs: Text) -> bool:
    """Whether the later of the two tells the event of the earlier, or corrects it."""
    if (ours.sent.provider, ours.sent.language) != (theirs.sent.provider, theirs.sent.language):
        return False
    if ours.is_alert and theirs.is_alert:
        return _corrects(ours, theirs)
    if ours.is_alert:
        return _tells(theirs, ours)
    return _tells(ours, theirs) if theirs.is_alert else is_mended(ours, theirs)


def tells_by_itself(story: Text, alert: Text) -> bool:
    """Of a story that tells an alert, whether it is of its chain even where another has told it before.

    Soon, or under its slugline, or by saying almost all of it first. What comes later recalls it on the way to
    what came of it: ratings, reactions, the outlook given with the results.
    """
    if story.sent.published - alert.sent.published <= AGAIN_WITHIN:
        return True
    if story.sent.slugline and story.sent.slugline == alert.sent.slugline:
        return True
    said = alert.saying
    told = _share(said, story.opening_stems)
    led = told + _share(said, story.title_stems) + _share(said, story.lead_stems)
    return led >= TOLD_AGAIN and _is_named(story, alert, told=told)


def is_kin(ours: Text, theirs: Text) -> bool:
    """Whether one takes over some of the other, as a lead does of the urgent, and a wrap of both."""
    return not ours.is_alert and not theirs.is_alert and likeness(ours, theirs) >= KIN


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
    """Whether the story says what the alert said."""
    after = story.sent.published - alert.sent.published
    if not -TOLD_BEFORE <= after <= SENT_AGAIN_WITHIN:
        return False
    return _opens_on(story, alert) or (after <= AT_ONCE and _tells_further_on(story, alert))


def _opens_on(story: Text, alert: Text) -> bool:
    """Whether the story's headline and beginning say it."""
    said = alert.saying
    if len(said.keys() & story.opening_stems) < FEWEST_TOLD:
        return False
    told, headed = _share(said, story.opening_stems), _share(said, story.title_stems)
    if story.sent.slugline and story.sent.slugline == alert.sent.slugline:
        is_named = _names_first(story, alert) or _begins_alike(story, alert)
        return is_named and told + headed >= TOLD_ON_SLUGLINE
    figures = {word for word in alert.title if word & IS_FIGURE}
    evidence = told + headed + (TOLD_FIGURES if figures and figures <= story.opening else 0)
    if not _is_named(story, alert, told=told) and not (
        evidence >= TOLD_UNNAMED and _begins_alike(story, alert)
    ):
        return False
    figures -= story.figures.keys() | story.title | _today(alert)
    if story.sent.published - alert.sent.published > SOON:
        is_led = told + headed + _share(said, story.lead_stems) >= TOLD_LATER
        return is_led and headed >= HEADED_LATER and not figures
    if evidence >= (TOLD_ROUNDED if figures else TOLD_SOON) and _are_rounded(figures, story):
        return True
    # "GENERAL SIGNAL 3RD QTR SHR" and General Motors' differ in nothing else.
    is_whole = told >= TOLD_WHOLLY and headed >= HEADED_WHOLLY
    return is_whole and bool(alert.names) and alert.names[0] in story.title


def _tells_further_on(story: Text, alert: Text) -> bool:
    """Whether a story about the same says in some other sentence than its first what the alert said."""
    is_headed = bool(alert.names) and alert.names[0] >> STEM_SHIFT in story.title_stems
    if not is_headed and not _begins_alike(story, alert):
        return False
    figures = {word for word in alert.title if word & IS_FIGURE}
    figures -= story.figures.keys() | story.title | _today(alert)
    is_said = len(alert.saying) >= FEWEST_TOLD and _passage(alert.saying, story) >= TOLD_FURTHER_ON
    return is_said and _are_rounded(figures, story)


def _today(alert: Text) -> frozenset[int]:
    """Figures that stand for the day or the year: "effective March 4" where the story has "yesterday"."""
    sent = alert.sent.published
    dates = (sent.day, sent.day - 1, sent.year, f"{sent.year % 100:02}")
    return frozenset(token_hash(str(one)) for one in dates)


def _passage(said: Mapping[int, int], story: Text) -> float:
    """The share of what is said that is within PASSAGE_WORDS words, where it is most."""
    found = [
        (place, stem)
        for place, stem in enumerate((story.words >> np.uint64(STEM_SHIFT)).tolist())
        if stem in said
    ]
    within: list[float] = [0.0]
    for start, (first, _) in enumerate(found):
        within.append(_share(said, {stem for place, stem in found[start:] if place < first + PASSAGE_WORDS}))
    return max(within)


def _are_rounded(figures: Set[int], story: Text) -> bool:
    """Whether the story has figures of which these may be the round ones: "2.3" of "2,270,000", no "303.9" of "304"."""
    return all(word & LENGTH <= story.rounder.get(word >> STEM_SHIFT, 0) for word in figures)


def _is_named(story: Text, alert: Text, *, told: float) -> bool:
    """Whether the story begins by naming whom the alert begins with: "Melville Corp", not Allegheny Corp.

    One name is enough where most else agrees: the second may be a verb. Two freighters that run aground within
    the hour have the first word in common.
    """
    if not _names_first(story, alert):
        return False
    if told >= TOLD_SURELY or story.opening_stems.issuperset(word >> STEM_SHIFT for word in alert.names):
        return True
    if story.names and story.names[0] == alert.names[0] and _ONE_WORD.match(story.sent.headline or ""):
        return True
    figures = {word for word in alert.title if word & IS_FIGURE}
    return bool(figures) and figures <= story.opening


def _names_first(story: Text, alert: Text) -> bool:
    """Whether the story begins by naming what the alert's headline begins with."""
    if not alert.names:
        return False
    return alert.names[0] >> STEM_SHIFT in story.opening_stems or _is_shortened(story, alert)


def _is_shortened(story: Text, alert: Text) -> bool:
    """Whether one headline begins with the initials of words of the other: "N.Y. LOANS", "NEW YORK LOANS"."""
    return alert.names[0] >> STEM_SHIFT in story.initials or (
        bool(story.names) and story.names[0] >> STEM_SHIFT in alert.initials
    )


def _begins_alike(story: Text, alert: Text) -> bool:
    """Whether the story's headline begins with a later name of the alert's: "BOLIDEN" after "SWEDEN'S BOLIDEN"."""
    if not story.names or not alert.names or story.names[0] == alert.names[0]:
        return False
    return story.names[0] >> STEM_SHIFT in alert.title_stems


def _share(said: Mapping[int, int], where: Set[int]) -> float:
    """How much of what is said is there, by weight."""
    return sum(weight for stem, weight in said.items() if stem in where) / max(1, sum(said.values()))


def _corrects(ours: Text, theirs: Text) -> bool:
    """Of two alerts, whether one says that it mends the other."""
    if not (ours.is_mended or theirs.is_mended):
        return False
    fewest = min(len(ours.title), len(theirs.title))
    if not is_named_alike(ours, theirs) or len(ours.title & theirs.title) < MENDED_TITLE * fewest:
        return False
    return abs(ours.sent.published - theirs.sent.published) <= SOON
