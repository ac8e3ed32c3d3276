"""Random rows with unit vectors, and the scope that hides or filters them."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from domain.story import Kind
from retrieval.dense.rows import Rows
from retrieval.instants import microseconds
from retrieval.scope import HiddenVersions, Scope

DIMENSIONS = 24
NOW = datetime(2024, 6, 1, tzinfo=UTC)
LANGUAGES = ("en", "fr", "ar", "und")
PROVIDERS = ("One", "Two")
KINDS = tuple(kind.value for kind in Kind)


def random_rows(count: int, *, seed: int, first_id: int = 1) -> Rows:
    """`count` passages of years 1985 to 1989, three to a version; ids count from `first_id`."""
    rng = np.random.default_rng(seed)
    vectors = rng.standard_normal((count, DIMENSIONS), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    start, end = (microseconds(datetime(year, 1, 1, tzinfo=UTC)) for year in (1985, 1990))
    ids = np.arange(first_id, first_id + count, dtype=np.int64)
    return Rows(
        vectors=vectors,
        passage_ids=ids,
        version_ids=ids // 3,
        published=rng.integers(start, end, size=count, dtype=np.int64),
        languages=tuple(LANGUAGES[i] for i in rng.integers(len(LANGUAGES), size=count)),
        providers=tuple(PROVIDERS[i] for i in rng.integers(len(PROVIDERS), size=count)),
        kinds=tuple(KINDS[i] for i in rng.integers(len(KINDS), size=count)),
    )


def scope(
    *,
    since: int | None = None,
    until: int | None = None,
    languages: frozenset[str] = frozenset(),
    providers: frozenset[str] = frozenset(),
    kinds: frozenset[str] = frozenset(),
    hidden: np.ndarray[tuple[int], np.dtype[np.int64]] | None = None,
    token: int = 0,
) -> Scope:
    ids = np.empty(0, dtype=np.int64) if hidden is None else np.unique(hidden)
    return Scope(
        since=since,
        until=until,
        languages=languages,
        providers=providers,
        kinds=kinds,
        hidden=HiddenVersions(ids=ids, token=token),
        now=NOW,
        as_of=None,
    )


def allowed(rows: Rows, limits: Scope) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """The scope's meaning, row by row in plain Python: what the indexes are compared with."""
    hidden = set(limits.hidden.ids.tolist())
    return np.array(
        [
            (limits.since is None or published >= limits.since)
            and (limits.until is None or published < limits.until)
            and (not limits.languages or language in limits.languages)
            and (not limits.providers or provider in limits.providers)
            and (not limits.kinds or kind in limits.kinds)
            and version not in hidden
            for published, language, provider, kind, version in zip(
                rows.published.tolist(),
                rows.languages,
                rows.providers,
                rows.kinds,
                rows.version_ids,
                strict=True,
            )
        ],
        dtype=np.bool_,
    )
