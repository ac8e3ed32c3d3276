"""What a search page shows, as its address says it: a link to it, reloaded or sent on, shows the same.

An address is anybody's to write: what is not understood in it is left out, and nothing is ever an error.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Self

from domain.errors import SettingsError
from domain.query import Filters, Mode, Order, Query
from domain.story import Kind
from runtime.filters import parse_period

PAGE_SIZE = 10
MOST_PAGES = 100
MOST_VALUES = 50  # of one filter
MOST_CHARACTERS = 2_000

_SORTS = {"relevance": Order.RELEVANCE, "date": Order.OLDEST, "-date": Order.NEWEST}  # as `--sort` says it
_SORT_NAMES = {order: name for name, order in _SORTS.items()}
LISTS = {"languages": "language", "providers": "provider", "subjects": "subject", "places": "place"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchState:
    """`start` and `end` are days, both included; `ignored`: words on time that are not to count."""

    text: str = ""
    start: date | None = None
    end: date | None = None
    as_of: date | None = None
    languages: tuple[str, ...] = ()
    providers: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    has_advisories: bool = False
    mode: Mode = Mode.HYBRID
    order: Order = Order.RELEVANCE
    ignored: tuple[str, ...] = ()
    page: int = 1

    @classmethod
    def from_params(cls, params: Mapping[str, Sequence[str]]) -> Self:
        """`lang` is not read: it is the language of the page."""
        mode, page = _one(params, "mode"), _one(params, "page")
        return cls(
            text=_one(params, "q"),
            start=_first_day(_one(params, "from")),
            end=_last_day(_one(params, "to")),
            as_of=_last_day(_one(params, "as_of")),
            languages=_some(params, "language"),
            providers=_some(params, "provider"),
            subjects=_some(params, "subject"),
            places=_some(params, "place"),
            has_advisories=_one(params, "advisories") == "1",
            mode=Mode(mode) if mode in set(Mode) else Mode.HYBRID,
            order=_SORTS.get(_one(params, "sort"), Order.RELEVANCE),
            ignored=_some(params, "ignored"),
            page=min(MOST_PAGES, max(1, int(page))) if page.isdecimal() and len(page) < 6 else 1,
        )

    def to_params(self) -> dict[str, str | list[str]]:
        """The parts of the address that differ from an empty page's."""
        days = {"from": self.start, "to": self.end, "as_of": self.as_of}
        found: dict[str, str | list[str]] = {"q": self.text}
        found |= {name: day.isoformat() if day else "" for name, day in days.items()}
        found |= {name: list(getattr(self, field)) for field, name in LISTS.items()}
        found["advisories"] = "1" if self.has_advisories else ""
        found["mode"] = "" if self.mode is Mode.HYBRID else self.mode.value
        found["sort"] = "" if self.order is Order.RELEVANCE else _SORT_NAMES[self.order]
        found["ignored"] = list(self.ignored)
        found["page"] = "" if self.page == 1 else str(self.page)
        return {name: value for name, value in found.items() if value}

    @property
    def filters(self) -> Filters:
        until = _after(self.end)
        known = _after(self.as_of)
        kinds = frozenset(Kind) if self.has_advisories else Filters().kinds
        return Filters(
            start=parse_period(self.start.isoformat())[0] if self.start else None,
            end=parse_period(until.isoformat())[0] if until else None,
            as_of=parse_period(known.isoformat())[0] - timedelta(microseconds=1) if known else None,
            languages=frozenset(self.languages),
            providers=frozenset(self.providers),
            subjects=frozenset(self.subjects),
            places=frozenset(self.places),
            kinds=kinds,
        )

    @property
    def query(self) -> Query:
        return Query(text=self.text, filters=self.filters, mode=self.mode, order=self.order)

    @classmethod
    def of(cls, text: str, filters: Filters) -> Self:
        """The page that shows what a saved question finds."""
        return cls(
            text=text,
            start=filters.start.date() if filters.start else None,
            end=(filters.end - timedelta(microseconds=1)).date() if filters.end else None,
            languages=tuple(sorted(filters.languages)),
            providers=tuple(sorted(filters.providers)),
            subjects=tuple(sorted(filters.subjects)),
            places=tuple(sorted(filters.places)),
            has_advisories=Kind.ADVISORY in filters.kinds,
        )

    def narrowed(self, field: str, value: str) -> Self:
        """With one value more in one of LISTS, at the first page."""
        held: tuple[str, ...] = getattr(self, field)
        return self if value in held else self._with(field, (*held, value))

    def widened(self, field: str, value: str) -> Self:
        held: tuple[str, ...] = getattr(self, field)
        return self._with(field, tuple(one for one in held if one != value))

    def within(self, start: date | None, end: date | None) -> Self:
        return replace(self, start=start, end=end, page=1)

    def sorted_by(self, order: Order) -> Self:
        return replace(self, order=order, page=1)

    def searched_by(self, mode: Mode) -> Self:
        return replace(self, mode=mode, page=1)

    def ignoring(self, words: Collection[str]) -> Self:
        return replace(self, ignored=tuple(words), page=1)

    def at(self, page: int) -> Self:
        return replace(self, page=min(MOST_PAGES, max(1, page)))

    def _with(self, field: str, values: tuple[str, ...]) -> Self:
        changed: dict[str, tuple[str, ...]] = {field: values}
        return replace(self, page=1, **changed)  # type: ignore[arg-type]  # fields of LISTS are such tuples


def _one(params: Mapping[str, Sequence[str]], name: str) -> str:
    values = params.get(name) or ("",)
    return values[-1].strip()[:MOST_CHARACTERS]


def _some(params: Mapping[str, Sequence[str]], name: str) -> tuple[str, ...]:
    values = (value.strip()[:MOST_CHARACTERS] for value in params.get(name, ()))
    return tuple(dict.fromkeys(value for value in values if value))[:MOST_VALUES]


def first_day(text: str) -> date | None:
    """The first day of a year, a month or a day; SettingsError says how dates are written."""
    return parse_period(text)[0].date() if text.strip() else None


def last_day(text: str) -> date | None:
    return (parse_period(text)[1] - timedelta(microseconds=1)).date() if text.strip() else None


def _first_day(text: str) -> date | None:
    try:
        return first_day(text)
    except SettingsError:
        return None


def _last_day(text: str) -> date | None:
    try:
        return last_day(text)
    except (SettingsError, OverflowError):
        return None


def _after(day: date | None) -> date | None:
    """The day after; none after the last that there is."""
    return day + timedelta(days=1) if day and day < date.max else None
