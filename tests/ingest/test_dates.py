"""Dates of feeds: what they mean, and that a doubtful one is refused rather than guessed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import SourceError
from ingest.dates import EARLIEST, FOREVER, LATEST, parse_embargo, parse_instant


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2013-07-09T10:37:00Z", datetime(2013, 7, 9, 10, 37, tzinfo=UTC)),
        ("2019-05-10T16:02:28+02:00", datetime(2019, 5, 10, 14, 2, 28, tzinfo=UTC)),
        ("2017-08-24T04:38:34+0000", datetime(2017, 8, 24, 4, 38, 34, tzinfo=UTC)),
        ("20130709T103700Z", datetime(2013, 7, 9, 10, 37, tzinfo=UTC)),
        ("2020-01-01 10:00:00 UTC", datetime(2020, 1, 1, 10, tzinfo=UTC)),
        ("2020-07-02", datetime(2020, 7, 2, tzinfo=UTC)),
        ("20200702", datetime(2020, 7, 2, tzinfo=UTC)),
        ("1987-03", datetime(1987, 3, 1, tzinfo=UTC)),
        ("1987", datetime(1987, 1, 1, tzinfo=UTC)),
        ("26-FEB-1987 15:01:01.79", datetime(1987, 2, 26, 15, 1, 1, 790000, tzinfo=UTC)),
        (" 3-MAR-1987  09:15:05.40", datetime(1987, 3, 3, 9, 15, 5, 400000, tzinfo=UTC)),
        ("Tue, 24 Nov 2026 04:05:10 +0100", datetime(2026, 11, 24, 3, 5, 10, tzinfo=UTC)),
        (1577836800, datetime(2020, 1, 1, tzinfo=UTC)),
        (1577836800000, datetime(2020, 1, 1, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read(written: str | int, meant: datetime) -> None:
    assert parse_instant(written) == meant


@pytest.mark.parametrize(
    "written",
    ["03/04/1987", "yesterday", "", "0000-00-00", "0001-01-01", "9999-12-31", "2020-02-30", "32-FEB-1987",
     "26-XYZ-1987", "1987-02-26T25:00:00", 1e300, -1e15, "9999-12-31T23:59:59-12:00"],
)  # fmt: skip
def test_what_cannot_be_meant_is_refused_with_a_remedy(written: str | float) -> None:
    with pytest.raises(SourceError) as caught:
        parse_instant(written)
    assert "ISO 8601" in str(caught.value)


def test_an_embargo_may_be_for_ever() -> None:
    assert parse_embargo("9999-12-31T23:59:59-12:00") == FOREVER
    assert parse_embargo("2061-01-01T00:00:00Z") == datetime(2061, 1, 1, tzinfo=UTC)
    with pytest.raises(SourceError):
        parse_embargo("when the minister speaks")


@given(st.text() | st.floats() | st.integers())
def test_anything_is_read_or_refused(written: str | float) -> None:
    try:
        instant = parse_instant(written)
    except SourceError:
        return
    assert EARLIEST <= instant <= LATEST
    assert instant.utcoffset() == timedelta(0)
