"""Charts as inline SVG: numbers and lines only, every text escaped, nothing fetched and no script."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

_WIDTH, _ROW, _LEFT, _RIGHT = 640, 24, 190, 60  # pixels
_TALL = 240


def bars(values: Mapping[str, float], bounds: Mapping[str, Sequence[float]] | None = None) -> Markup:
    """Shares from 0 to 1, one bar each; a line across its end is the interval."""
    span = _WIDTH - _LEFT - _RIGHT
    parts: list[str] = []
    for row, (name, value) in enumerate(values.items()):
        top = row * _ROW
        parts.append(f'<text x="{_LEFT - 8}" y="{top + 16}" text-anchor="end">{escape(name)}</text>')
        width = span * min(1.0, max(0.0, value))
        parts.append(f'<rect class="bar" x="{_LEFT}" y="{top + 5}" width="{width:.1f}" height="14"/>')
        if bounds and name in bounds:
            low, high = (_LEFT + span * min(1.0, max(0.0, b)) for b in bounds[name])
            parts.append(f'<path class="whisker" d="M{low:.1f} {top + 12}H{high:.1f}"/>')
        parts.append(f'<text x="{_WIDTH - _RIGHT + 8}" y="{top + 16}">{value:.3f}</text>')
    return _svg(parts, height=max(1, len(values)) * _ROW, label="measures")


def curve(points: Sequence[Sequence[float]], *, across: str, up: str) -> Markup:
    """A line through points within the unit square, with its axes."""
    left, bottom, right = 48, _TALL - 36, _WIDTH - 20
    places = [(left + (right - left) * x, bottom - (bottom - 12) * y) for x, y in points]
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    parts = [f'<path class="axis" d="M{left} 12V{bottom}H{right}"/>', f'<path class="line" d="M{path}"/>']
    for share in (0, 0.5, 1):
        x, y = left + (right - left) * share, bottom - (bottom - 12) * share
        parts.append(f'<text x="{x:.0f}" y="{bottom + 16}" text-anchor="middle">{share:g}</text>')
        parts.append(f'<text x="{left - 6}" y="{y + 4:.0f}" text-anchor="end">{share:g}</text>')
    parts.append(
        f'<text x="{(left + right) / 2:.0f}" y="{_TALL - 4}" text-anchor="middle">{escape(across)}</text>'
    )
    parts.append(f'<text x="{left + 6}" y="20">{escape(up)}</text>')
    return _svg(parts, height=_TALL, label=f"{up} by {across}")


def histogram(values: Sequence[float], *, bins: int = 20, unit: str) -> Markup:
    """How many values fall into each of equal steps from 0 to the largest."""
    largest = max(values, default=0.0) or 1.0
    counts = [0] * bins
    for value in values:
        counts[min(bins - 1, int(value / largest * bins))] += 1
    bottom, step = _TALL - 36, (_WIDTH - 40) / bins
    parts = [f'<path class="axis" d="M20 {bottom}H{_WIDTH - 20}"/>']
    for place, count in enumerate(counts):
        height = (bottom - 12) * count / max(counts)
        parts.append(
            f'<rect class="bar" x="{20 + place * step + 1:.1f}" y="{bottom - height:.1f}" '
            f'width="{step - 2:.1f}" height="{height:.1f}"><title>{count}</title></rect>'
        )
    parts.append(f'<text x="20" y="{bottom + 16}">0</text>')
    parts.append(
        f'<text x="{_WIDTH - 20}" y="{bottom + 16}" text-anchor="end">{largest:.2f} {escape(unit)}</text>'
    )
    return _svg(parts, height=_TALL, label=unit)


def _svg(parts: Sequence[str], *, height: int, label: str) -> Markup:
    # Every part is made above, of numbers and of texts that were escaped there.
    return Markup(  # noqa: S704
        f'<svg role="img" aria-label="{escape(label)}" viewBox="0 0 {_WIDTH} {height}" '
        f'width="{_WIDTH}" height="{height}">{"".join(parts)}</svg>'
    )
