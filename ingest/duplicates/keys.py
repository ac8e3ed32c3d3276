"""The keys under which stories meet that may be one.

Pure. The keys of a text depend on its words, its headline, its provider and language and its day alone, in any
process and on any machine: they are stored. Two texts near enough in time, of which either looks under its own
stretch of time and the one on whose side it lies, always have a stretch in common.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from ingest.duplicates.texts import (
    LENGTH,
    NAME_LETTERS,
    PRIME,
    STEM_SHIFT,
    Hashes,
    Text,
    hashed,
    is_naming,
    mixed,
)

BANDS, ROWS = 6, 3  # swept with the headline keys: docs/duplicates.md
_BUCKET_DAYS = 8  # twice REPEATED_WITHIN: whatever is that near is in a bucket or in the one on its side
TITLE_KEYS = 4  # words of a headline by which stories meet: its names, then the longest
ALERT_KEYS = 12  # of an alert, which has nothing else and whose story may be headed otherwise: all, mostly
_HASH_BITS = 44  # of a stored key; the bits above say which eight days, so that a day's keys lie together
_EPOCH_DAY = date(1970, 1, 1).toordinal()

Keys = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Meeting:
    """The keys a text is filed under, and those under which it looks for others: its own, and a near time's."""

    filed: list[int]
    bands: list[int]  # sought by likeness
    titles: list[int]  # sought by headline


def meetings(texts: Sequence[Text]) -> list[Meeting]:
    """By likeness: MinHash bands within REPEATED_WITHIN. By headline or slugline: within SENT_AGAIN_WITHIN."""
    if not texts:
        return []
    hours = [_hours(one.sent.published) for one in texts]
    bands, titles = _bands(texts), _title_hashes(texts)
    bucket, near_bucket = _with_neighbour(hours, _BUCKET_DAYS * 24)
    day, near_day = _with_neighbour(hours, 24)
    own = zip(_placed(bands, bucket), _placed(_on_day(titles, day), day // _BUCKET_DAYS), strict=True)
    near = zip(
        _placed(bands, near_bucket), _placed(_on_day(titles, near_day), near_day // _BUCKET_DAYS), strict=True
    )
    return [
        Meeting(filed=own_bands + own_titles, bands=own_bands + near_bands, titles=own_titles + near_titles)
        for (own_bands, own_titles), (near_bands, near_titles) in zip(own, near, strict=True)
    ]


def _on_day(hashes: Hashes, day: Keys) -> Hashes:
    """Parts the days; 0, which stands for no key, stays 0."""
    return np.where(hashes == 0, hashes, mixed(hashes ^ day.astype(np.uint64)[:, None] * PRIME))


def _hours(instant: datetime) -> int:
    return (instant.toordinal() - _EPOCH_DAY) * 24 + instant.hour


def _with_neighbour(hours: Sequence[int], width: int) -> tuple[Keys, Keys]:
    """The stretch of `width` hours each is in, and the one on whose side it lies."""
    stretch, within = np.divmod(np.array(hours, np.int64), width)
    return stretch, np.where(within * 2 < width, stretch - 1, stretch + 1)


def _placed(hashes: Hashes, bucket: Keys) -> list[list[int]]:
    """Stored keys, a list a text; a hash of 0 gives none."""
    keys = (bucket << _HASH_BITS)[:, None] | (hashes >> np.uint64(64 - _HASH_BITS)).astype(np.int64)
    is_key = hashes != 0
    if is_key.all():
        return keys.tolist()  # type: ignore[no-any-return]
    return [some[has].tolist() for some, has in zip(keys, is_key, strict=True)]


def _bands(texts: Sequence[Text]) -> Hashes:
    """A row a text, BANDS long; all 0 where a text has no words."""
    sizes = np.array([one.runs.size for one in texts])
    filled = np.flatnonzero(sizes).tolist()
    values = np.zeros((len(texts), BANDS), np.uint64)
    if not filled:
        return values
    joined = np.concatenate([texts[place].runs for place in filled])
    starts = np.concatenate([[0], np.cumsum(sizes[filled])[:-1]])
    salts = np.array([hashed(texts[place].sent.language or "") for place in filled], np.uint64)
    for band in range(BANDS):
        value = salts + np.uint64(band)
        for seed in _SEEDS[band * ROWS : (band + 1) * ROWS]:
            lowest = np.minimum.reduceat((joined ^ seed) * (seed | np.uint64(1)), starts)
            value = mixed(value * PRIME ^ lowest)
        values[filled, band] = value
    return values


def _title_hashes(texts: Sequence[Text]) -> Hashes:
    """Of the slugline and of stems of the headline, for one provider and language; 0 where there are fewer."""
    values = np.zeros((len(texts), ALERT_KEYS + 1), np.uint64)
    for place, one in enumerate(texts):
        longest = sorted((word for word in one.title if is_naming(word)), key=_length_first)
        names = (word for word in one.names if is_naming(word, NAME_LETTERS))
        words = [*dict.fromkeys((*names, *longest))][: ALERT_KEYS if one.is_alert else TITLE_KEYS]
        if one.sent.slugline:
            words.append(hashed(one.sent.slugline.casefold()))
        values[place, : len(words)] = [word >> STEM_SHIFT << STEM_SHIFT for word in words]
    salts = np.array([hashed(f"{one.sent.provider}\x1f{one.sent.language}") for one in texts], np.uint64)
    return np.where(values == 0, values, values ^ salts[:, None])


def _length_first(word: int) -> tuple[int, int]:
    return -(word & LENGTH), word


_SEEDS = np.array([hashed(f"minhash {row}") for row in range(BANDS * ROWS)], np.uint64)
