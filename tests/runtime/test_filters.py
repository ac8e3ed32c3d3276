"""Dates as a person types them."""

from datetime import UTC, datetime

import pytest

from domain.errors import SettingsError
from runtime.filters import make_filters, parse_period


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("1987", datetime(1987, 1, 1), datetime(1988, 1, 1)),
        ("1987-03", datetime(1987, 3, 1), datetime(1987, 4, 1)),
        ("1987-12", datetime(1987, 12, 1), datetime(1988, 1, 1)),
        ("1987-2-28", datetime(1987, 2, 28), datetime(1987, 3, 1)),
        ("2024-02-29", datetime(2024, 2, 29), datetime(2024, 3, 1)),
    ],
)
def test_periods(text: str, start: datetime, end: datetime) -> None:
    assert parse_period(text) == (start.replace(tzinfo=UTC), end.replace(tzinfo=UTC))


def test_instant_keeps_its_zone() -> None:
    assert parse_period("1987-03-26T14:00+02:00")[0] == datetime(1987, 3, 26, 12, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "March", "1987-13", "2023-02-29", "0000", "9999", "87"])
def test_what_is_no_date_says_how_to_write_one(text: str) -> None:
    with pytest.raises(SettingsError, match="1987-03-26"):
        parse_period(text)


def test_to_includes_the_period_it_names() -> None:
    filters = make_filters(start="1987", end="1987-03", as_of="1990-01-01")
    assert filters.end == datetime(1987, 4, 1, tzinfo=UTC)
    assert filters.as_of == datetime(1990, 1, 1, 23, 59, 59, 999999, tzinfo=UTC)


def test_empty_range_is_refused() -> None:
    with pytest.raises(SettingsError, match="after"):
        make_filters(start="1988", end="1987")
