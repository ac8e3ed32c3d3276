"""Search and story pages driven by a reader's hands: years brushed, a search sent on, a story opened at its words."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from selenium.webdriver import ActionChains
from selenium.webdriver.common.keys import Keys

from tests.end_to_end.pages.driving import Desk
from tests.end_to_end.pages.said import said

pytestmark = [pytest.mark.model, pytest.mark.browser]
QUERY = "president OR victims"
HITS = "ol.depeche-hits > li"
STORY = "urn:depeche:sample:2000-07-25-concorde-crash:en"


def address(desk: Desk) -> dict[str, list[str]]:
    return parse_qs(urlsplit(desk.browser.current_url).query)


def years_shown(desk: Desk) -> set[int]:
    return {int(note[:4]) for note in desk.texts(f"{HITS} .depeche-note") if note[:4].isdecimal()}


def searched(desk: Desk) -> None:
    desk.open("search")
    desk.type(said("search.query"), QUERY)
    desk.one(HITS)
    desk.one("[data-testid=stVegaLiteChart] svg")
    desk.settle()


def test_years_brushed_are_the_dates_of_the_address_and_back_undoes_it(desk: Desk) -> None:
    searched(desk)
    before = desk.browser.current_url
    assert address(desk) == {"q": [QUERY]}
    chart = desk.one("[data-testid=stVegaLiteChart] svg")
    desk.script("arguments[0].scrollIntoView({block: 'center'})", chart)
    middle = chart.size["width"] // 8
    ActionChains(desk.browser).move_to_element_with_offset(chart, -middle, 0).click_and_hold().move_by_offset(
        middle, 0
    ).move_by_offset(middle, 0).release().perform()
    desk.until(lambda: "from" in address(desk), "dates in the address", seconds=60)
    desk.settle()
    first, last = (int(address(desk)[name][0][:4]) for name in ("from", "to"))
    assert 1980 < first <= last <= datetime.now(UTC).year
    assert years_shown(desk) <= set(range(first, last + 1))
    sent_on = desk.texts(HITS)
    desk.open(desk.browser.current_url.removeprefix(desk.address).lstrip("/"))
    desk.one(HITS)
    assert desk.texts(HITS) == sent_on, "the address alone gives the same list"
    desk.press(said("search.date"))
    desk.until(lambda: desk.browser.current_url == before, "the limit taken off", seconds=60)


def test_years_are_kept_with_the_arrow_keys(desk: Desk) -> None:
    searched(desk)
    desk.all("[data-testid=stSlider] input[type=range], [role=slider]")[0].send_keys(Keys.ARROW_RIGHT)
    desk.until(lambda: "from" in address(desk), "dates in the address", seconds=60)
    assert address(desk)["from"][0].endswith("-01-01")


def test_a_story_opens_where_its_words_are_and_marks_them_alone(desk: Desk) -> None:
    desk.window((1280, 500))
    desk.open(f"story?guid={STORY}&version=1")
    body = desk.script("return document.querySelector('.depeche-story').innerText")
    words = "British Airways is the only other airline"
    # Offsets count the body's characters: paragraphs there are two line ends apart, as on the page.
    start = body.index(words)
    desk.open(f"story?guid={STORY}&version=1&start={start}&end={start + len(words)}")
    assert desk.texts("mark") == [words]
    desk.until(
        lambda: desk.script(
            "const box = document.querySelector('mark').getBoundingClientRect();"
            "return box.top >= 0 && box.bottom <= innerHeight"
        ),
        "the marked words in view",
        seconds=20,
    )


def test_what_changed_between_two_versions_is_told_by_more_than_colour(desk: Desk) -> None:
    desk.open(f"story?guid={STORY}&version=1")
    desk.script("[...document.querySelectorAll('summary')].forEach(one => one.click())")
    desk.one("del")
    assert set(desk.texts("del")) >= {"114"}
    assert set(desk.texts("ins")) >= {"113"}
    look = "return getComputedStyle(document.querySelector(arguments[0])).textDecorationLine"
    assert (desk.script(look, "del"), desk.script(look, "ins")) == ("line-through", "underline")
