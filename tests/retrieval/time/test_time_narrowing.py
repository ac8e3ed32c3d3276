"""Hard clues become filters; others leave them alone."""

from __future__ import annotations

from datetime import UTC, datetime

from domain.query import Filters
from retrieval.time import apply, understand

AS_OF = datetime(2007, 3, 14, 15, 30, tzinfo=UTC)


def day(year: int, month: int, of_month: int) -> datetime:
    return datetime(year, month, of_month, tzinfo=UTC)


def test_publication_words_limit_the_publication_date() -> None:
    clues = understand("stories published between 1987 and 1990", as_of=AS_OF, language="en")
    assert apply(clues, Filters()) == Filters(start=day(1987, 1, 1), end=day(1991, 1, 1))


def test_an_event_date_limits_nothing() -> None:
    clues = understand("Who won the 1998 World Cup final?", as_of=AS_OF, language="en")
    assert clues
    assert apply(clues, Filters()) == Filters()


def test_the_narrower_of_filter_and_clue_holds_on_each_side() -> None:
    clues = understand("stories published between 1987 and 1990", as_of=AS_OF, language="en")
    given = Filters(start=day(1988, 5, 1), end=day(2000, 1, 1))
    assert apply(clues, given) == Filters(start=day(1988, 5, 1), end=day(1991, 1, 1))


def test_the_archive_as_known_on_a_day_includes_that_day() -> None:
    clues = understand("How many had died, as known on 3 May 1986?", as_of=AS_OF, language="en")
    narrowed = apply(clues, Filters())
    assert narrowed.as_of == datetime(1986, 5, 3, 23, 59, 59, 999999, tzinfo=UTC)
    assert (narrowed.start, narrowed.end) == (None, None)


def test_an_earlier_as_of_is_kept() -> None:
    clues = understand("as of March 1987", as_of=AS_OF, language="en")
    assert apply(clues, Filters(as_of=day(1986, 1, 1))).as_of == day(1986, 1, 1)


def test_contradicting_clues_leave_nothing_to_find() -> None:
    clues = understand("stories published after 1990 and before 1987", as_of=AS_OF, language="en")
    narrowed = apply(clues, Filters())
    assert narrowed.start is not None
    assert narrowed.end is not None
    assert narrowed.start > narrowed.end
