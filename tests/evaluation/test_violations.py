"""Each way of showing what should not be shown is seen, from the story's own record."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from domain.query import Filters
from domain.story import Status, StoryRecord
from evaluation.measures.violations import Violation, count_violations, violations

NOW = datetime(2020, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
RECORD = StoryRecord(guid="g", provider="p", status=Status.USABLE, embargo_until=None, versions=())


def found(
    record: StoryRecord = RECORD, *, published: datetime = NOW, filters: Filters = Filters()
) -> list[Violation]:
    return list(violations(record, published=published, filters=filters, now=NOW))


def test_a_usable_story_within_the_dates_is_none() -> None:
    assert found(filters=Filters(start=NOW, end=NOW + DAY, as_of=NOW)) == []
    assert found(replace(RECORD, embargo_until=NOW)) == [], "the embargo has just ended"


def test_each_kind() -> None:
    assert found(replace(RECORD, status=Status.CANCELED)) == [Violation.KILLED]
    assert found(replace(RECORD, status=Status.WITHHELD)) == [Violation.WITHHELD]
    assert found(replace(RECORD, embargo_until=NOW + DAY)) == [Violation.EMBARGOED]
    assert found(filters=Filters(as_of=NOW - DAY)) == [Violation.AFTER_AS_OF]
    assert found(filters=Filters(start=NOW + DAY)) == [Violation.OUTSIDE_DATES]
    assert found(filters=Filters(end=NOW)) == [Violation.OUTSIDE_DATES], "`end` is exclusive"


def test_counted_with_noughts() -> None:
    counted = count_violations(["killed", "killed"])
    assert counted["killed"] == 2
    assert counted["embargoed"] == 0
    assert len(counted) == len(Violation)
