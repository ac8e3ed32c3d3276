"""The queue is fair between sessions and loses nobody's place or turn."""

from __future__ import annotations

import threading
import time

import pytest

from answering.generation.turns import Turns


def _wait_for(turns: Turns, count: int) -> None:
    deadline = time.monotonic() + 5
    while turns.waiting < count:
        assert time.monotonic() < deadline
        time.sleep(0.001)


def test_sessions_take_turns_and_keep_their_own_order() -> None:
    turns, served, threads = Turns(), [], []

    def ask(session: str, number: int) -> None:
        with turns.turn(session):
            served.append(f"{session}{number}")

    with turns.turn("first"):
        for session, number in (("a", 1), ("a", 2), ("a", 3), ("b", 1), ("c", 1), ("b", 2)):
            threads.append(threading.Thread(target=ask, args=(session, number)))
            threads[-1].start()
            _wait_for(turns, len(threads))
    for thread in threads:
        thread.join(5)
    assert served == ["a1", "b1", "c1", "a2", "b2", "a3"]
    assert turns.waiting == 0


def test_who_no_longer_waits_is_passed_over() -> None:
    turns, gone, results = Turns(), threading.Event(), []

    def ask() -> None:
        with turns.turn("patient", gone.is_set) as mine:
            results.append(mine)

    with turns.turn("first"):
        thread = threading.Thread(target=ask)
        thread.start()
        _wait_for(turns, 1)
        started = time.monotonic()
        gone.set()
        thread.join(5)
        assert time.monotonic() - started < 0.1
        assert results == [False]
        assert turns.waiting == 0
    with turns.turn("next") as mine:
        assert mine


def test_an_error_gives_the_turn_back() -> None:
    turns = Turns()
    with pytest.raises(ZeroDivisionError), turns.turn("a"):
        raise ZeroDivisionError
    with turns.turn("b", lambda: False) as mine:
        assert mine


def test_one_at_a_time_under_a_crowd() -> None:
    turns, inside, served = Turns(), [], []

    def ask(session: int) -> None:
        stop_at = time.monotonic() + (0.002 if session % 3 == 0 else 60)
        with turns.turn(session % 5, lambda: time.monotonic() > stop_at) as mine:
            if mine:
                inside.append(session)
                assert inside == [session]
                time.sleep(0.001)
                inside.remove(session)
            served.append(session)

    threads = [threading.Thread(target=ask, args=(i,)) for i in range(60)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert sorted(served) == list(range(60))
    assert turns.waiting == 0


def test_who_waits_is_told_how_many_come_before() -> None:
    turns, names = Turns(), ("a", "b", "c")
    assert turns.before("a") is None

    def ask(session: str) -> None:
        with turns.turn(session):
            pass

    with turns.turn("first"):
        crowd = []
        for count, name in enumerate(names, start=1):
            crowd.append(threading.Thread(target=ask, args=(name,)))
            crowd[-1].start()
            _wait_for(turns, count)
        assert [turns.before(name) for name in names] == [1, 2, 3], "the one who holds the turn counts"
        assert turns.before("first") is None, "it waits no longer"
    for one in crowd:
        one.join(10)
    assert turns.before("a") is None
