"""The tables against an independent source: CLDR's names of months, weekdays and eras, through Babel."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from babel import Locale
from babel.dates import format_date

from retrieval.time import resolve

PUBLISHED = datetime(2007, 3, 14, tzinfo=UTC)
LOCALES = [
    "en",
    "en_GB",
    "fr",
    "fr_CA",
    "es",
    "es_MX",
    "de",
    "de_AT",
    "pt_BR",
    "pt_PT",
    "ar_EG",
    "ar_LB",
    "ar_MA",
    "ja",
]


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("style", ["long", "full"])
def test_a_date_as_the_locale_writes_it(locale: str, style: str) -> None:
    for month in range(1, 13):
        for day in (1, 2, 9, 21):
            written = date(1989, month, day)
            text = format_date(written, style, locale=locale)
            found = resolve(text, published=PUBLISHED, language=locale[:2])
            assert [d.begins.date() for d in found] == [written], text
            assert found[0].ends.date() == date.fromordinal(written.toordinal() + 1), text


@pytest.mark.parametrize("locale", LOCALES)
def test_month_and_year(locale: str) -> None:
    names = Locale.parse(locale).months["format"]["wide"]
    for month, name in names.items():
        text = f"1989年{name}" if locale == "ja" else f"{name} 1989"
        (found,) = resolve(text, published=PUBLISHED, language=locale[:2])
        assert found.begins.date() == date(1989, month, 1), text


@pytest.mark.parametrize("locale", LOCALES)
def test_weekdays(locale: str) -> None:
    for number, name in Locale.parse(locale).days["format"]["wide"].items():
        (found,) = resolve(name, published=PUBLISHED, language=locale[:2])
        assert found.begins.weekday() == number, name
