"""The search page: stories found and marked, counted and narrowed, paged, all of it in the address."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, unquote

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from domain.query import Order
from runtime import Archive
from tests.conftest import ROOT, quick_settings
from tests.ui.pages import before, html_of, opened, said
from ui import session
from ui.search_facets import _whole_years

pytestmark = pytest.mark.model
HARBOURS = 23


@pytest.fixture(scope="module", autouse=True)
def archive(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The seven stories of docs/searching.md, and some more so that there is a second page."""
    path = tmp_path_factory.mktemp("search")
    (path / "more.jsonl").write_bytes(
        b"\n".join(
            orjson.dumps(
                {
                    "uri": f"urn:harbour:{number}",
                    "type": "text",
                    "language": "en",
                    "versioncreated": f"19{60 + number}-05-01T09:00:00Z",
                    "headline": f"Harbour number {number} opens & 5 < 6",
                    "body_text": f"The {word} harbour was opened by a mayor whose dog barked {number} times.",
                }
            )
            for number, word in enumerate(_WORDS[:HARBOURS])
        )
    )
    with Archive.open(quick_settings(path / "archive")) as made:
        made.ingest([ROOT / "docs" / "examples" / "searching.jsonl"])
        made.ingest([path / "more.jsonl"], provider="ports")
    with before(path / "archive"):
        yield


_WORDS = [
    "amber", "ancient", "blue", "brick", "bright", "busy", "calm", "coastal", "crowded", "dark", "deep", "eastern",
    "empty", "fishing", "foggy", "gentle", "golden", "green", "grey", "hidden", "high", "icy", "inland", "lonely",
]  # fmt: skip


def _page() -> None:
    from ui.search import page

    page()


def search(**params: str | list[str]) -> AppTest:
    return opened(_page, params)


def guids(app: AppTest) -> list[str]:
    links = re.findall(r'class="depeche-headline" href="story\?([^"]*)"', html_of(app))
    return [parse_qs(unquote(link).replace("&amp;", "&"))["guid"][0] for link in links]


def press(app: AppTest, label: str) -> AppTest:
    """The button of that label, Markdown's escapes aside."""
    (button,) = [one for one in app.button if re.sub(r"\\(.)", r"\1", one.label) == label]
    button.click().run()
    assert not app.exception
    return app


def address(app: AppTest) -> dict[str, list[str]]:
    held = {name: app.query_params[name] for name in app.query_params}
    return {name: value if isinstance(value, list) else [value] for name, value in held.items()}


def test_an_empty_page_asks_nothing() -> None:
    app = search()
    assert guids(app) == []
    assert "make" in said(app)


def test_what_is_sent_is_in_the_address_and_what_is_in_the_address_is_found() -> None:
    app = search()
    app.text_input(key="search-text").set_value("wheat OR barley")
    app.text_input(key="search-to").set_value("1987-03")
    press(app, "Search")
    assert address(app) == {"q": ["wheat OR barley"], "to": ["1987-03-31"]}
    assert set(guids(app)) == {"urn:example:1", "urn:example:2"}
    again = search(q="wheat OR barley", to="1987-03-31")
    assert guids(again) == guids(app)
    assert again.text_input(key="search-text").value == "wheat OR barley"
    assert again.text_input(key="search-to").value == "1987-03-31"


def test_words_asked_for_are_marked_in_every_form_and_html_in_a_story_is_text() -> None:
    page = html_of(search(q="dockers AND strikes"))
    assert re.search(r"<mark>Dockers</mark> in Marseille", page)
    assert "<mark>strike</mark>" in page
    page = html_of(search(q="headline:harbour"))
    assert "<mark>Harbour</mark> number" in page
    assert "opens &amp; 5 &lt; 6" in page


def test_a_date_that_is_none_is_said_and_nothing_is_searched_anew() -> None:
    app = search(q="wheat AND barley")
    app.text_input(key="search-from").set_value("soon")
    press(app, "Search")
    assert "'soon' is not a date" in said(app)
    assert address(app) == {"q": ["wheat AND barley"]}


def test_what_was_not_understood_is_pointed_at() -> None:
    app = search(q='wheat AND author:smith "dock')
    assert "author: is no field" in said(app)
    assert "the quotation mark is not closed" in said(app)
    assert "<mark>author:</mark>smith <mark>&quot;dock</mark>" in html_of(app)


def test_counts_narrow_on_a_press_and_chips_take_it_back() -> None:
    app = search(q="place:marseille OR headline:harbour")
    assert f"Stories that match: {HARBOURS + 3}" in said(app)
    press(app, "north 2")
    assert address(app)["provider"] == ["north"]
    assert set(guids(app)) == {"urn:example:4", "urn:example:6"}
    assert "Stories that match: 2" in said(app)
    press(app, "labour 1")
    assert guids(app) == ["urn:example:4"]
    press(app, "provider: north")
    assert set(guids(app)) == {"urn:example:3", "urn:example:4"}, "the subject still holds"
    press(app, "subject: medtop:09000000")
    assert len(guids(app)) == 10


def test_places_and_languages_are_limits() -> None:
    assert guids(search(q="strike OR grève OR streik", place="hamburg")) == ["urn:example:7"]
    assert guids(search(q="strike OR grève OR streik", language=["fr", "de"], sort="date")) == [
        "urn:example:3",
        "urn:example:7",
    ]


def test_pages_follow_one_another_and_hold_each_story_once() -> None:
    app = search(q="headline:harbour", sort="date")
    seen = guids(app)
    assert seen == [f"urn:harbour:{number}" for number in range(10)]
    press(app, "Next page")
    assert address(app)["page"] == ["2"]
    seen += guids(app)
    press(app, "Next page")
    seen += guids(app)
    assert seen == [f"urn:harbour:{number}" for number in range(HARBOURS)]
    assert app.button(key="search-next").disabled
    press(app, "Previous page")
    assert address(app)["page"] == ["2"]
    assert guids(search(q="headline:harbour", page="90")) == []


def test_a_question_has_the_same_stories_on_the_same_page() -> None:
    first, second = (guids(search(q="harbours opened by a mayor", page=page)) for page in ("1", "2"))
    assert len(first) == len(second) == 10
    assert not set(first) & set(second)


def test_newest_first() -> None:
    app = search(q="headline:harbour")
    app.selectbox(key="search-order").set_value(Order.NEWEST).run()
    assert not app.exception
    assert address(app)["sort"] == ["-date"]
    assert guids(app)[0] == f"urn:harbour:{HARBOURS - 1}"


def test_years_are_kept_by_the_slider_and_the_chart_has_a_table() -> None:
    app = search(q="headline:harbour", sort="date")
    (slider,) = app.select_slider
    assert (slider.options[0], slider.options[-1]) == ("1960", str(1960 + HARBOURS - 1))
    slider.set_value((1963, 1965)).run()
    assert not app.exception
    assert (address(app)["from"], address(app)["to"]) == (["1963-01-01"], ["1965-12-31"])
    assert guids(app) == [f"urn:harbour:{number}" for number in (3, 4, 5)]
    (table,) = app.table
    assert table.value.values.tolist() == [["1963", 1], ["1964", 1], ["1965", 1]]


@pytest.mark.parametrize(
    ("edges", "expected"),
    [((1963.2, 1965.9), (1963, 1965)), ((1963.0, 1964.0), (1963, 1963)), ((1950.0, 1999.0), (1960, 1980)),
     ((1963.4, 1963.4), (1963, 1963))],
)  # fmt: skip
def test_a_brush_keeps_the_years_it_touches(edges: tuple[float, float], expected: tuple[int, int]) -> None:
    assert _whole_years(*edges, first=1960, last=1980) == expected


def test_words_on_time_are_shown_and_can_be_set_aside() -> None:
    app = search(q="strikes in articles from 1990")
    assert "only stories published 1990-01-01" in said(app)
    assert set(guids(app)) == {"urn:example:7"}
    press(app, "Search without this")
    assert address(app)["ignored"] == ["articles from 1990"]
    assert len(guids(app)) > 1
    press(app, "Take it again")
    assert set(guids(app)) == {"urn:example:7"}


def test_a_search_is_saved_opened_run_and_removed() -> None:
    app = search(q="wheat OR barley", to="1987-03", sort="date")
    app.text_input(key="search-save-name").set_value("grain *news*")
    press(app, "Save")
    assert "Saved: grain *news*" in said(app)
    other = search()
    press(other, "Open")
    assert address(other) == {"q": ["wheat OR barley"], "to": ["1987-03-31"]}
    press(other, "What is new")
    assert "grain *news*, new or changed: 0" in said(other)
    other.button(key="search-saved-remove-0").click().run()
    assert not other.exception
    assert "No search is saved yet." in said(search())


def test_counts_follow_a_kill_at_once() -> None:
    assert "Stories that match: 1" in said(search(q="headline:mayor OR body:lonely OR body:coastal"))
    session.archive().kill("urn:harbour:7", reason="test", actor="test")
    app = search(q="headline:mayor OR body:lonely OR body:coastal")
    assert "Stories that match: 0" in said(app)
    assert guids(app) == []
    session.archive().release("urn:harbour:7", reason="test", actor="test")
