"""Stories that attack their reader, on every page that shows them: all of it is shown as the text it is."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from runtime import Archive
from tests.conftest import quick_settings
from tests.end_to_end.pages.asking import ask, await_answer
from tests.end_to_end.pages.driving import Desk
from tests.end_to_end.pages.hostile import PAYLOADS, PLACE, attacks, guid, hostile_feed
from tests.end_to_end.pages.said import said
from tests.end_to_end.pages.serving import Server, serving

pytestmark = [pytest.mark.model, pytest.mark.browser]
NAMES = (
    "<img src=x onerror=window.owned=1>.jsonl",
    "**owned** $\\owned$ :material!skull: [owned](javascript:owned).csv",
)


@pytest.fixture(scope="module")
def under_attack(tmp_path_factory: pytest.TempPathFactory, models_cache: Path) -> Iterator[Server]:
    """An archive of nothing else, with failures, acts and a name hidden that carry the payloads, too."""
    folder = tmp_path_factory.mktemp("hostile")
    feed = hostile_feed(folder / NAMES[0])
    broken = folder / NAMES[1]
    broken.write_text(
        "".join(json.dumps({"guid": payload})[:-1] + ', "headline": \n' for payload in PAYLOADS)
    )
    with Archive.open(quick_settings(folder / "archive")) as archive:
        archive.ingest([feed], format="jsonl")  # which leaves markup as it is sent; ninjs takes it out
        archive.ingest([broken], format="jsonl")
        for number in (3, 12):
            archive.kill(guid(number), reason=PAYLOADS[number], actor=PAYLOADS[number])
        archive.suppress("owned " + PAYLOADS[2], reason=PAYLOADS[24], actor=PAYLOADS[20])
    with serving(folder / "archive", log=folder / "server.log") as running:
        yield running


@pytest.fixture
def target(browser: WebDriver, under_attack: Server) -> Desk:
    return Desk(browser, under_attack.address)


def test_the_scan_sees_what_comes_to_life(target: Desk) -> None:
    """Each sign is put on a page by hand and found: a scan that finds nothing proves nothing."""
    target.open("search")
    assert attacks(target) == []
    signs = (
        "<img src=x onerror='window.seen=1'>", "<a href='javascript:1'>owned</a>", "<a href='https://evil.example/'>x</a>",
        "<span class=katex>x</span>", "<strong>owned</strong>", "<span style='color:red'>owned-red</span>",
        "<span data-testid=stIconMaterial>skull</span>", "<p>🐯</p>", "<iframe srcdoc=x></iframe>", "<bdo>owned</bdo>",
    )  # fmt: skip
    for sign in signs:
        target.script("const d = document.createElement('div'); d.id = 'sign'; d.innerHTML = arguments[0];"
                      "document.querySelector('[data-testid=stMain]').append(d)", sign)  # fmt: skip
        assert attacks(target), sign
        target.script("document.getElementById('sign').remove()")
    target.script("window.owned = 1")
    assert attacks(target) == ["a script ran"]


def test_story_pages(target: Desk) -> None:
    shown = []
    for number in range(len(PAYLOADS)):
        target.open("story?" + urlencode({"guid": guid(number), "version": 1, "start": 0, "end": 40}))
        assert target.texts("h1"), "the page is drawn"
        assert attacks(target) == [], PAYLOADS[number]
        shown += target.texts(".depeche-story mark")[:1]
    assert len(shown) == len(PAYLOADS) - 2, "all but the two that were killed have their words marked"
    target.open("story?" + urlencode({"guid": guid(0)}))
    assert PAYLOADS[0] in target.text(), "markup in a story is shown as the text it is"


def test_search_pages(target: Desk) -> None:
    for page in range(1, 5):
        target.open("search?" + urlencode({"q": PLACE, "page": page}))
        target.settle()
        assert attacks(target) == [], f"page {page}"
    for number, payload in enumerate(PAYLOADS):
        if number % 6 == 0:  # the query is data as well
            target.open("search?" + urlencode({"q": payload, "provider": payload, "place": payload}))
            assert attacks(target) == [], payload


def test_answers(target: Desk) -> None:
    for number in (0, 20, 24, 26):
        ask(target, f"How many tonnes did the clove harvest number {number} of {PLACE} reach?", quoted=True)
        await_answer(target)
        assert attacks(target) == [], PAYLOADS[number]
        target.press(said("ask.copy"))
        for tab in target.all("[role=tab]"):
            tab.click()
            assert attacks(target) == [], f"copied: {tab.text}"
    ask(target, PAYLOADS[2], quoted=True)
    await_answer(target)
    assert attacks(target) == [], "a question is data, too"


def test_pages_of_archivists(target: Desk) -> None:
    for part in ("feed", "failures", "waiting", "withdraw", "trail"):
        target.open(f"ingest?part={part}")
        assert attacks(target) == [], part
    for number in (0, 3, 24):
        target.open("ingest?" + urlencode({"part": "withdraw", "guid": guid(number)}))
        target.press(said("ingest.act_kill"))
        target.type(said("ingest.why"), PAYLOADS[number], enter=False)
        target.press(said("ingest.look"))
        target.wait_for(said("ingest.touches"))
        assert attacks(target) == [], PAYLOADS[number]


def test_a_hostile_file_is_fed_on_the_page(target: Desk, tmp_path: Path) -> None:
    for name in NAMES:
        file = tmp_path / name
        file.write_text('{"guid": "urn:test:named", "headline": "A name", "body": "A file has a name."}\n')
        target.open("ingest")
        target.attach(file)
        assert attacks(target) == [], name
        target.press(said("ingest.go"), within="[data-testid=stForm]")
        target.wait_for(said("ingest.state_done"), said("ingest.state_failed"))
        assert attacks(target) == [], name
