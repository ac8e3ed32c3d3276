"""A piece of a text short enough for a list, chosen for the words marked in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

LONGEST = 360  # characters: three lines of a wide list
_LEAD = 60  # characters before the first mark that are kept, so that it stands in its sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Excerpt:
    """`text` is a slice of the whole, `spans` its marks within it."""

    text: str
    spans: tuple[tuple[int, int], ...]
    is_cut_before: bool
    is_cut_after: bool


def excerpt(text: str, spans: Sequence[tuple[int, int]], *, longest: int = LONGEST) -> Excerpt:
    """The whole where it is short; otherwise where most marks stand together, cut at spaces. `spans`: sorted."""
    if len(text) <= longest:
        return Excerpt(text=text, spans=tuple(spans), is_cut_before=False, is_cut_after=False)
    start = _start(spans, longest)
    begin = 0 if start <= _LEAD else _at_space(text, start - _LEAD)
    end = min(len(text), begin + longest)
    if end < len(text):
        end = max(text.rfind(" ", begin + longest // 2, end), begin + longest // 2)
    else:
        begin = _at_space(text, max(0, end - longest)) if begin else 0
    inside = [(max(first, begin) - begin, min(last, end) - begin) for first, last in spans]
    return Excerpt(
        text=text[begin:end],
        spans=tuple((first, last) for first, last in inside if first < last),
        is_cut_before=begin > 0,
        is_cut_after=end < len(text),
    )


def _start(spans: Sequence[tuple[int, int]], longest: int) -> int:
    """Where the mark begins from which the most others are within reach; the first such."""
    reach = longest - _LEAD
    counted = [sum(first <= other < first + reach for other, _ in spans) for first, _ in spans]
    return spans[counted.index(max(counted))][0] if counted else 0


def _at_space(text: str, place: int) -> int:
    """The beginning of the first word at or after `place`, where one is near."""
    if place == 0 or text[place - 1].isspace():
        return place
    space = text.find(" ", place, place + _LEAD)
    return space + 1 if space >= 0 else place
