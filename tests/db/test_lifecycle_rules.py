"""The rules of a story's life as pure functions: every case is a line."""

from __future__ import annotations

from datetime import timedelta
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.lifecycle import Act, Sent, Standing, after, current, supersession
from domain.story import Action, Status
from tests.db.stories import NOON, at

KILL, HOLD, RELEASE = Action.KILL, Action.HOLD, Action.RELEASE
USABLE, WITHHELD, CANCELED = Status.USABLE, Status.WITHHELD, Status.CANCELED


def act(action: Action, hours: float, *, by_hand: bool = False) -> Act:
    return Act(action=action, at=at(hours), actor="x", reason=None, by_hand=by_hand)


def standing(status: Status, hours: float | None = None, *, by_hand: bool = False) -> Standing:
    return Standing(status=status, at=None if hours is None else at(hours), by_hand=by_hand)


@pytest.mark.parametrize(
    ("before", "done", "status"),
    [
        (standing(USABLE), act(KILL, 1), CANCELED),
        (standing(USABLE), act(HOLD, 1), WITHHELD),
        (standing(USABLE), act(RELEASE, 1), USABLE),
        (standing(WITHHELD, 1), act(KILL, 0), CANCELED),  # a kill counts however old it is
        (standing(WITHHELD, 1), act(RELEASE, 2), USABLE),
        (standing(WITHHELD, 2), act(RELEASE, 1), WITHHELD),  # lifted an earlier hold
        (
            standing(WITHHELD, 1, by_hand=True),
            act(RELEASE, 2),
            WITHHELD,
        ),  # a person's hold, the feed's release
        (standing(WITHHELD, 1, by_hand=True), act(RELEASE, 2, by_hand=True), USABLE),
        (standing(CANCELED, 1), act(RELEASE, 2), CANCELED),  # final for the feed
        (standing(CANCELED, 1), act(HOLD, 2), CANCELED),
        (standing(CANCELED, 1), act(HOLD, 2, by_hand=True), CANCELED),
        (standing(CANCELED, 1), act(RELEASE, 2, by_hand=True), USABLE),
        (standing(USABLE, 3), act(HOLD, 2), USABLE),  # lifted since
        (standing(USABLE, 3), act(HOLD, 2, by_hand=True), WITHHELD),
        (standing(USABLE, 3), act(HOLD, 4), WITHHELD),
        (standing(USABLE), act(Action.CORRECT, 4), USABLE),
    ],
)
def test_an_act_leads_to(before: Standing, done: Act, status: Status) -> None:
    assert after(before, done).status is status


def test_a_usable_sending_outdates_an_older_hold() -> None:
    assert after(standing(USABLE), act(HOLD, 1), last_usable=at(2)).status is USABLE
    assert after(standing(USABLE), act(HOLD, 3), last_usable=at(2)).status is WITHHELD
    assert after(standing(USABLE), act(HOLD, 1, by_hand=True), last_usable=at(2)).status is WITHHELD


def test_a_hold_taken_over_by_a_person_is_no_longer_the_feeds_to_lift() -> None:
    held = after(standing(WITHHELD, 1), act(HOLD, 2, by_hand=True))
    assert after(held, act(RELEASE, 3)).status is WITHHELD


STEPS = [act(HOLD, 1), act(RELEASE, 2), act(HOLD, 3), act(RELEASE, 4), act(HOLD, 5)]


@given(st.integers(1, len(STEPS)), st.randoms(use_true_random=False))
def test_the_feeds_holds_and_releases_end_alike_in_any_order(count: int, random: Random) -> None:
    """The last one issued decides, whatever the order of arrival."""
    steps = STEPS[:count]
    arriving = random.sample(steps, count)
    now = standing(USABLE)
    for one in arriving:
        now = after(now, one)
    assert now.status is (WITHHELD if steps[-1].action is HOLD else USABLE)


@given(st.lists(st.tuples(st.sampled_from([KILL, HOLD, RELEASE]), st.integers(0, 9))))
def test_nothing_of_the_feed_undoes_a_kill(steps: list[tuple[Action, int]]) -> None:
    now = after(standing(USABLE), act(KILL, 0))
    for action, hours in steps:
        now = after(now, act(action, hours))
        assert now.status is CANCELED


def sent(version_id: int, hours: int, *, rank: int = 1, number: int | None = None) -> Sent:
    return Sent(
        version_id=version_id,
        number=version_id if number is None else number,
        published=at(hours),
        standing=rank,
        content_hash=b"",
        language=None,
    )


def test_supersession_by_hand() -> None:
    chain = [sent(1, 0), sent(2, 5), sent(3, 9)]
    assert supersession(chain) == {1: at(5), 2: at(9)}
    late_but_older = [sent(1, 5), sent(2, 1)]
    assert supersession(late_but_older) == {2: at(5)}
    cancels = [sent(1, 0), sent(2, 3, rank=0)]
    assert supersession(cancels) == {2: at(0)}
    assert supersession([]) == {}
    assert supersession([sent(1, 0)]) == {}
    assert supersession([sent(1, 0), sent(2, 9)], replaced_at=at(4)) == {1: at(4)}
    assert supersession([sent(1, 0), sent(2, 2)], replaced_at=at(4)) == {1: at(2), 2: at(4)}


SENDINGS = st.lists(
    st.builds(
        lambda hours, rank: (hours, rank),
        st.integers(0, 6),
        st.sampled_from([0, 1, 1]),
    ),
    min_size=1,
    max_size=7,
).map(lambda pairs: [sent(n + 1, hours, rank=rank) for n, (hours, rank) in enumerate(pairs)])


@given(SENDINGS, st.integers(0, 6))
def test_one_version_is_current_as_of_any_instant(sendings: list[Sent], hours: int) -> None:
    """Against the definition: of those published by then, the one of highest rank."""
    instant = NOON + timedelta(hours=hours)
    since = supersession(sendings)
    published = [one for one in sendings if one.published <= instant]
    left = [
        one.version_id
        for one in published
        if since.get(one.version_id) is None or since[one.version_id] > instant
    ]
    assert left == ([current(published).version_id] if published else [])


@given(SENDINGS)
def test_only_the_current_version_has_no_successor(sendings: list[Sent]) -> None:
    everyone = {one.version_id for one in sendings}
    assert everyone - set(supersession(sendings)) == {current(sendings).version_id}
