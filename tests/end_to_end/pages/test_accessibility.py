"""axe-core on every page and its parts, in light and dark, wide and on a phone: nothing serious or critical.

EXCUSED is what Streamlit itself draws so and a page written in Python cannot mend, by rule and place.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.end_to_end.contents import feed_of
from tests.end_to_end.pages.asking import ask, await_answer
from tests.end_to_end.pages.axe import Violation, violations
from tests.end_to_end.pages.driving import PHONE, WIDE, Desk
from tests.end_to_end.pages.evaluating import bring, run
from tests.end_to_end.pages.pictures import SCREENSHOTS, picture
from tests.end_to_end.pages.said import said

pytestmark = [pytest.mark.model, pytest.mark.browser]
LOOKS = ((WIDE, False), (WIDE, True), (PHONE, False), (PHONE, True))
EXCUSED = {
    (
        "svg-img-alt",
        "years_brush",
    ): "Vega-Lite draws the two rectangles of a brush as symbols and has no way to name "
    "them; the chart has its text, its table, and a slider with named ends that does the same",
}

PICTURES = {  # of docs/desk.md: the state and look that each shows
    ("ask, answered", "wide-light"): "ask",
    ("search, found", "wide-light"): "search",
    ("story", "wide-light"): "story",
    ("ingest", "wide-light"): "ingest",
    ("evaluate, run", "wide-light"): "evaluate",
    ("health", "wide-light"): "health",
    ("ask, answered", "phone-dark"): "phone",
}

State = Callable[[Desk], None]


def _page(path: str) -> State:
    return lambda desk: desk.open(path)


def _answered(desk: Desk) -> None:
    ask(desk, "When did the Berlin Wall open?", quoted=True)
    await_answer(desk)


def _popover(label: str) -> State:
    def opened(desk: Desk) -> None:
        _answered(desk)
        desk.press(said(label))

    return opened


def _fed(desk: Desk) -> None:
    """Two stories and an item that cannot be read, taken in."""
    desk.open("ingest")
    if said("ingest.state_done") in desk.text():
        return
    with TemporaryDirectory() as folder:
        feed = Path(folder) / "morning feed.jsonl"
        feed_of(2, feed)
        feed.write_text(feed.read_text() + '\n{"guid": "urn:test:broken", "headline": "No date", \n')
        desk.attach(feed)
        desk.press(said("ingest.go"), within="[data-testid=stForm]")
        desk.wait_for(said("ingest.state_done"), said("ingest.state_failed"))
        desk.settle()


def _run(desk: Desk) -> None:
    desk.open("evaluate?view=run")
    if said("evaluate.no_runs") in desk.text():  # the first of these states makes two
        with TemporaryDirectory() as folder:
            bring(desk, Path(folder) / "newsroom questions.csv")
        run(desk, "first", answering="extractive")
        run(desk, "quoted", answering="extractive")
        desk.open("evaluate?view=run")
    desk.wait_for(said("evaluate.measures"))


def _compared(desk: Desk) -> None:
    _run(desk)
    desk.open("evaluate?view=compare")


def _looked_at(desk: Desk) -> None:
    desk.open("ingest?part=withdraw&guid=urn:depeche:sample:1983-03-06-west-germany-election:en")
    desk.press(said("ingest.act_hold"))
    desk.wait_for(said("ingest.act_hold_explained"))  # its form takes the place of another's
    desk.type(said("ingest.why"), "a test", enter=False)
    desk.press(said("ingest.look"))
    desk.press(said("ingest.do_hold").format(n=1))
    desk.one("[role=dialog]")


PAGES: dict[str, State] = {
    "ask": _page(""),
    "ask, answered": _answered,
    "ask, copy": _popover("ask.copy"),
    "ask, feedback": _popover("ask.feedback"),
    "search": _page("search"),
    "search, found": _page("search?q=wall+berlin"),
    "search, nothing found": _page("search?q=zzzz+AND+qqqq"),
    "story, none named": _page("story"),
    "story": _page("story?guid=urn:depeche:sample:1989-11-09-berlin-wall:en&start=0&end=157"),
    "ingest": _fed,
    "ingest, failures": _page("ingest?part=failures"),
    "ingest, waiting": _page("ingest?part=waiting"),
    "ingest, withdraw": _looked_at,
    "ingest, trail": _page("ingest?part=trail"),
    "evaluate": _page("evaluate"),
    "evaluate, run": _run,
    "evaluate, compare": _compared,
    "evaluate, review": _page("evaluate?view=review"),
    "health": _page("health"),
}


def _unexcused(found: list[Violation]) -> list[Violation]:
    return [
        one
        for one in found
        if not any(one.rule == rule and place in one.html + one.selector for rule, place in EXCUSED)
    ]


def _structure(desk: Desk) -> list[str]:
    """What axe counts as moderate and a reader who listens to the page would still miss."""
    levels = list(desk.script(
        "return [...document.querySelectorAll('[data-testid=stMain] :is(h1,h2,h3,h4,h5,h6)')]"
        ".filter(e => e.checkVisibility()).map(e => +e.tagName[1])"
    ))  # fmt: skip
    faults = [] if levels.count(1) == 1 and levels[0] == 1 else [f"headings {levels}: one h1, first"]
    return faults + [f"h{b} after h{a}" for a, b in pairwise(levels) if b > a + 1]


@pytest.mark.parametrize("name", PAGES)
def test_no_serious_fault_in_any_look(desk: Desk, name: str) -> None:
    grounds = []
    for size, dark in LOOKS:
        desk.window(size, dark=dark)
        if not dark:
            PAGES[name](desk)  # a phone is a phone from the start; colours may change while a page stands
        desk.until(lambda dark=dark: _is_dark(desk) is dark, "the page's colours to follow", seconds=10)
        desk.still()
        look = f"{'phone' if size == PHONE else 'wide'}-{'dark' if dark else 'light'}"
        if SCREENSHOTS:
            desk.script("document.querySelector('[data-testid=stMain]').scrollTo(0, 0)")
            called = PICTURES.get((name, look)) or f"all/{name.replace(', ', '-').replace(' ', '-')}-{look}"
            picture(desk.browser, Path(SCREENSHOTS) / f"{called}.webp")
        found = _unexcused(violations(desk))
        assert not found, f"{name}, {look}:\n" + "\n".join(map(str, found))
        assert _structure(desk) == [], f"{name}, {look}"
        width = int(desk.script("return document.documentElement.scrollWidth - innerWidth"))
        assert width <= 0, f"{name}, {look}: {width} pixels wider than its window"
        grounds.append(
            desk.script(
                "return getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor"
            )
        )
    assert grounds[0] != grounds[1]


def _is_dark(desk: Desk) -> bool:
    source = "return getComputedStyle(document.querySelector('[data-testid=stApp]')).backgroundColor.match(/\\d+/g)"
    return sum(map(int, desk.script(source)[:3])) < 3 * 128


def test_axe_itself_finds_what_is_wrong(desk: Desk) -> None:
    """A picture without words and words nobody can make out: had it found neither, it would prove nothing."""
    desk.open("search")
    desk.script(
        "document.querySelector('[data-testid=stMain]').insertAdjacentHTML('beforeend',"
        '\'<img src="data:,"><p style="color:#ccc;background:#fff">words nobody can make out</p>\')'
    )
    assert {one.rule for one in violations(desk)} >= {"image-alt", "color-contrast"}
