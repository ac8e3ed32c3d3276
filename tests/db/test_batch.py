"""What a batch stores: everything once, exactly as given, or nothing at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.store import BatchCounts, BatchItem, PreparedVersion, StoryStore
from domain.errors import StoreError, StoryNotFound
from domain.story import Action, Kind, Passage, Rejected, SourceRef, Status, Subject, Version
from tests.db.stories import NOON, PROVIDER, at, cut, order, place, sent

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), max_size=40)
MAYBE = st.none() | TEXT
INSTANT = st.datetimes(timezones=st.just(UTC))
VERSIONS = st.builds(
    Version,
    guid=TEXT.filter(bool),
    provider=TEXT,
    version=st.integers(1, 10**15),
    published=INSTANT,
    body=TEXT,
    headline=MAYBE,
    first_published=st.none() | INSTANT,
    status=st.just(Status.USABLE),
    kind=st.sampled_from(Kind),
    language=MAYBE,
    slugline=MAYBE,
    byline=MAYBE,
    dateline_place=MAYBE,
    dateline_date=MAYBE,
    embargo_until=st.none() | INSTANT,
    subjects=st.lists(st.builds(Subject, code=TEXT, name=MAYBE), max_size=3).map(tuple),
    places=st.lists(TEXT, max_size=3).map(tuple),
    people=st.lists(TEXT, max_size=3).map(tuple),
    organisations=st.lists(TEXT, max_size=3).map(tuple),
    urgency=st.none() | st.integers(-5, 100),
    genre=MAYBE,
    ed_note=MAYBE,
    url=MAYBE,
    source=st.none() | st.builds(SourceRef, path=TEXT, position=st.integers(0, 2**62)),
)


@settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(version=VERSIONS)
def test_a_version_read_back_equals_the_one_stored(store: StoryStore, version: Version) -> None:
    counts = store.add_batch([PreparedVersion(version=version)])
    history = store.story(version.guid, provider=version.provider, include_hidden=True)
    numbers = [one.version for one in history.versions]
    assert len(set(numbers)) == len(numbers)
    if counts.unchanged:  # the fields outside the content hash are those of the earlier sending
        return
    (found,) = [one for one in history.versions if one.content_hash == version.content_hash]
    assert found == replace(version, version=found.version)
    assert found.version == version.version or counts.updated


def test_new_then_unchanged_then_updated(store: StoryStore) -> None:
    first = sent("a", "One. Two. Three.")
    assert store.add_batch([first]) == BatchCounts(new=1, passages=3)
    assert store.add_batch([first]) == BatchCounts(unchanged=1)
    assert store.add_batch([sent("a", "One. Two.", 1, version=2)]) == BatchCounts(updated=1, passages=2)
    assert store.counts().versions == 2
    assert store.version("a").body == "One. Two."
    assert store.version("a", number=1).body == "One. Two. Three."


def test_the_same_guid_of_two_providers_is_two_stories(store: StoryStore) -> None:
    counts = store.add_batch([sent("a", "Mine."), sent("a", "Theirs.", provider="other")])
    assert counts.new == 2
    assert store.version("a", provider="other").body == "Theirs."
    with pytest.raises(StoreError, match="2 stories are called a") as caught:
        store.version("a")
    assert caught.value.hint == "name the provider: agency, other"


def test_copies_within_one_batch_are_stored_once(store: StoryStore) -> None:
    counts = store.add_batch([sent("a"), sent("a"), sent("a", "Other words.", 1, version=2), sent("a")])
    assert counts == BatchCounts(new=1, updated=1, unchanged=2, passages=2)


@pytest.mark.parametrize("size", [1, 3])
@pytest.mark.parametrize(
    ("numbers", "stored"),
    [
        ([1, 2, 3], [1, 2, 3]),
        ([1, 1, 1], [1, 2, 3]),  # the same number with other content takes the next one
        ([0, 0, 0], [1, 2, 3]),  # no number
        ([-7, 5, 0], [1, 5, 6]),
        ([5, 3, 5], [5, 3, 6]),
        ([20240305123000123456, 2, 1], [1, 2, 3]),  # too large to be a number: a time stamp
    ],
)
def test_unreliable_numbers_never_overwrite(
    store: StoryStore, numbers: list[int], stored: list[int], size: int
) -> None:
    items = [sent("a", f"Text {place}.", place, version=number) for place, number in enumerate(numbers)]
    for start in range(0, len(items), size):
        store.add_batch(items[start : start + size])
    versions = store.story("a").versions
    assert [one.version for one in versions] == stored
    assert [one.body for one in versions] == ["Text 0.", "Text 1.", "Text 2."]
    assert store.version("a").body == "Text 2."


def test_publication_decides_what_is_current_not_the_number(store: StoryStore) -> None:
    store.add_batch([sent("a", "Late.", 5, version=1), sent("a", "Early.", 1, version=9)])
    assert store.version("a").body == "Late."


def test_a_blank_or_canceled_sending_never_hides_the_text(store: StoryStore) -> None:
    store.add_batch(
        [sent("a", "Text.", 0), sent("a", " \n", 1, version=2), sent("b", "Only.", status=Status.CANCELED)]
    )
    assert store.version("a").body == "Text."
    assert store.version("b", include_hidden=True).body == "Only."


def test_a_passage_that_is_not_the_body_is_refused_and_nothing_is_stored(store: StoryStore) -> None:
    wrong = Passage(start=0, end=4, text="Snow", ordinal=0)
    bad = replace(sent("b"), passages=(wrong,))
    with pytest.raises(StoreError, match=r"passage 0 of b is not body\[0:4\]"):
        store.add_batch([sent("a"), bad])
    assert store.counts().stories == 0
    with pytest.raises(StoryNotFound):
        store.version("a")


@pytest.mark.parametrize("body", ["a lone \ud800 surrogate", "an \x00 in the text"])
def test_text_the_database_cannot_hold_is_refused_as_a_store_error(
    store: StoryStore, url: str, body: str
) -> None:
    if "\x00" in body and url.startswith("sqlite"):
        pytest.skip("SQLite stores NUL; PostgreSQL refuses it")
    with pytest.raises(StoreError) as caught:
        store.add_batch([sent("a"), PreparedVersion(version=replace(sent("b").version, body=body))])
    assert caught.value.hint
    assert store.counts().stories == 0


def test_each_item_is_counted_once(store: StoryStore) -> None:
    reject = Rejected(source=place(3), reason="no date", remedy="give one", excerpt=b"<x>")
    items: list[BatchItem] = [
        sent("a"), sent("b"), sent("b"), sent("a", "New words.", 1, version=2), reject,
        sent("c", status=Status.CANCELED), order(Action.KILL, 2, target="b"),
        order(Action.KILL, 2, target="nowhere"), order(Action.RELEASE, 2, target="a"),
    ]  # fmt: skip
    counts = store.add_batch(items)
    assert counts == BatchCounts(new=2, updated=1, unchanged=3, killed=2, quarantined=1, passages=4)
    again = store.add_batch(items)
    assert again == BatchCounts(unchanged=len(items) - 1, quarantined=1)


def test_quarantine_lists_each_failure_once(store: StoryStore) -> None:
    reject = Rejected(source=place(3), reason="no date", remedy="give one", excerpt=b"\xff<x>")
    other = Rejected(source=place(4), reason="no date", remedy="give one")
    store.add_batch([reject, reject, other])
    store.add_batch([reject])
    failures = {one.position: one for one in store.failures()}
    assert (failures[3].path, failures[3].reason, failures[3].remedy) == (
        "feed/today.xml",
        "no date",
        "give one",
    )
    assert failures[3].excerpt == b"\xff<x>"
    assert (failures[3].times, failures[4].times) == (2, 1)
    assert len(store.failures(1)) == len(store.failures(1, 1)) == 1
    store.clear_failure(failures[3].failure_id)
    assert [one.position for one in store.failures()] == [4]
    with pytest.raises(StoreError, match="no failure"):
        store.clear_failure(failures[3].failure_id)


def test_counts_follow_the_current_version(store: StoryStore) -> None:
    store.add_batch(
        [sent("a", "Un. Deux.", language="fr"), sent("b"), sent("c", provider="other", language=None)]
    )
    store.add_batch(
        [sent("a", "One.", 1, version=2, language="en"), sent("a", "Eins.", -1, version=3, language="de")]
    )
    counts = store.counts()
    assert (counts.stories, counts.versions, counts.passages, counts.pending) == (3, 5, 6, 6)
    assert counts.by_language == {"en": 2, "und": 1}
    assert counts.by_provider == {PROVIDER: 2, "other": 1}


def test_passages_are_read_back_as_slices(store: StoryStore) -> None:
    body = "Un œuf. Das Öl 🛢️ fließt.\n\nعاجل. 速報。"
    item = sent(
        "a", body, 2, headline="H", dateline_place="PARIS", people=("Kohl",), kind=Kind.ALERT,
        subjects=(Subject(code="medtop:1", name="x"),),
    )  # fmt: skip
    store.add_batch([sent("z"), item])
    (version_id,) = {one.version_id for one in store.pending_passages(limit=99) if one.guid == "a"}
    found = store.passages_of(version_id)
    assert tuple(
        Passage(start=p.start, end=p.end, text=p.text, ordinal=i) for i, p in enumerate(found)
    ) == cut(body)
    one = found[0]
    assert (one.guid, one.provider, one.version, one.published) == ("a", PROVIDER, 1, at(2))
    assert (one.headline, one.place, one.people, one.kind) == ("H", "PARIS", ("Kohl",), Kind.ALERT)
    assert one.subjects == (Subject(code="medtop:1", name="x"),)
    assert store.passages([one.passage_id, 10**9]) == {one.passage_id: one}
    assert store.bodies([version_id, 10**9]) == {version_id: body}
    assert store.passages([]) == {}


def test_pending_passages_are_handed_out_until_marked(store: StoryStore) -> None:
    store.add_batch([sent(f"s{n}", "One. Two. Three.") for n in range(10)])
    everything = [one.passage_id for one in store.pending_passages(limit=1000)]
    assert everything == sorted(everything)
    assert store.count_pending() == len(everything) == 30
    store.mark_indexed(everything[:7])
    store.mark_indexed(everything[5:9])
    store.mark_indexed([])
    assert [one.passage_id for one in store.pending_passages(limit=5)] == everything[9:14]
    assert store.count_pending() == 21
    walked = [one.passage_id for batch in store.iter_passages(4) for one in batch]
    assert walked == everything
    assert [
        one.passage_id for batch in store.iter_passages(4, after=everything[-3]) for one in batch
    ] == everything[-2:]
    store.reset_indexed()
    assert store.count_pending() == 30


def test_an_empty_batch_is_nothing(store: StoryStore) -> None:
    assert store.add_batch([]) == BatchCounts()


def test_naive_dates_are_refused(store: StoryStore) -> None:
    naive = replace(sent("a").version, published=datetime(2001, 1, 1))
    with pytest.raises(StoreError, match="naive datetime"):
        store.add_batch([PreparedVersion(version=naive)])


def test_instants_are_kept_in_utc_to_the_microsecond(store: StoryStore) -> None:
    moment = NOON.astimezone(timezone(timedelta(hours=5, minutes=30))).replace(microsecond=123_457)
    store.add_batch([PreparedVersion(version=replace(sent("a").version, published=moment))])
    found = store.version("a").published
    assert found == moment
    assert found.utcoffset() == timedelta(0)
