"""The story page: the words cited, versions and what changed, its standing, its relatives, its file."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import pytest
from streamlit.testing.v1 import AppTest

from domain.access import Role, User
from domain.errors import NotPermitted
from runtime import Archive
from runtime.desk import Desk
from tests.conftest import quick_settings
from tests.ui.pages import before, html_of, opened, said
from ui import session

pytestmark = pytest.mark.model
BODY = (
    "Dockers in Marseille began a strike of two days over pay on Thursday and twenty ships waited off the port, "
    "the harbour office said.\n\nTheir union asked for five percent & the employers offered <two>. Talks were to "
    "be taken up again on Monday in the town hall."
)
READER = User(name="reader", role=Role.READER)
SOON = datetime.now(UTC) + timedelta(days=30)


def item(uri: str, body: str = BODY, **more: object) -> dict[str, object]:
    return {
        "uri": f"urn:story:{uri}", "type": "text", "language": "en", "versioncreated": "1987-04-02T09:00:00Z",
        "headline": "Dock *strike* in Marseille", "body_text": body,
    } | more  # fmt: skip


ITEMS = [
    item("one", version="1", byline="Ann Author", slugline="PORT & <b>STRIKE", subject=[{"code": "medtop:09000000", "name": "labour"}],
         ednote="Call 1-800 *now*", url="javascript:alert(1)"),
    item("one", BODY.replace("twenty", "thirty"), version="2", versioncreated="1987-04-02T11:00:00Z"),
    item("killed", BODY.replace("Marseille", "Toulon").replace("Dockers", "Sailors"), headline="Secret headline"),
    item("held", "Held words of another kind, which nobody is to read before somebody has lifted the hold."),
    item("early", "Embargoed words about the budget of the town, to be read out by the mayor.",
         embargoed=SOON.isoformat()),
    item("arabic", "بدأ عمال الميناء إضرابا لمدة يومين.", language="ar", headline="إضراب في الميناء"),
]  # fmt: skip


@pytest.fixture(scope="module", autouse=True)
def archive(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    path = tmp_path_factory.mktemp("story")
    (path / "stories.jsonl").write_bytes(b"\n".join(map(orjson.dumps, ITEMS)))
    copy = item("copy", version="1", versioncreated="1987-04-02T15:00:00Z")
    (path / "copies.jsonl").write_bytes(orjson.dumps(copy))
    with Archive.open(quick_settings(path / "archive")) as made:
        made.ingest([path / "stories.jsonl"], provider="north")
        made.ingest([path / "copies.jsonl"], provider="south")
        made.kill("urn:story:killed", reason="a *libel* on sailors", actor="desk")
        made.hold("urn:story:held", reason="doubtful", actor="desk")
    with before(path / "archive"):
        yield


def _page() -> None:
    from ui.story import page

    page()


def story(uri: str, **params: str) -> AppTest:
    return opened(_page, {"guid": f"urn:story:{uri}"} | params)


def marked(app: AppTest) -> list[str]:
    return [html.unescape(one) for one in re.findall("<mark>(.*?)</mark>", html_of(app), re.DOTALL)]


@pytest.fixture
def as_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sits before the page is a reader, as a login would say."""
    from ui import session, story

    monkeypatch.setattr(session, "user", lambda: READER)
    monkeypatch.setattr(story, "user", lambda: READER)


def test_the_words_cited_are_marked_and_no_others() -> None:
    start = BODY.index("five percent & the")
    app = story("one", version="1", start=str(start), end=str(start + len("five percent & the")))
    assert marked(app) == ["five percent & the"]
    assert "&lt;two&gt;" in html_of(app)
    assert app.title[0].value == r"Dock \*strike\* in Marseille"
    assert "marked in the text" in said(app)


@pytest.mark.parametrize("span", [("5", "3"), ("0", "99999"), ("x", "7"), ("3", "3"), ("-1", "4")])
def test_a_span_outside_the_text_marks_nothing(span: tuple[str, str]) -> None:
    assert marked(story("one", start=span[0], end=span[1])) == []


def test_an_earlier_version_says_so_and_the_difference_is_shown() -> None:
    app = story("one", version="1")
    assert "This is an earlier version. The story was changed on 1987-04-02 11:00 UTC." in said(app)
    assert "words added: 1, taken out: 1" in html_of(app)
    assert "<del>twenty</del><ins>thirty</ins>" in html_of(app)
    app.selectbox[-1].set_value(1).run()
    assert "The two have the same words." in said(app)
    current = story("one")
    assert "earlier version" not in said(current)
    assert "thirty ships" in html_of(current)
    assert "has no version 7" in said(story("one", version="7"))


def test_what_an_item_says_is_text_and_its_address_is_no_link() -> None:
    app = story("one", version="1")
    page = html_of(app)
    assert "labour (medtop:09000000)" in page
    assert "PORT &amp; &lt;b&gt;STRIKE" in page
    assert "javascript:" not in re.findall('href="([^"]*)"', page)
    assert not any(link.startswith("javascript") for link in re.findall('href="([^"]*)"', page))
    assert "Call 1-800 *now*" in said(app)


def test_arabic_runs_from_the_right() -> None:
    assert 'lang="ar" dir="rtl"' in html_of(story("arabic"))


def test_copies_stand_in_their_order() -> None:
    page = html_of(story("copy"))
    listed = re.findall(
        r'guid=urn%3Astory%3A(\w+)&amp;version=(\d)"[^>]*>[^<]*</a> <strong>\[([^]]*)\]', page
    )
    assert ("one", "2", "first") in listed
    assert ("copy", "1", "this story") in listed


@pytest.mark.parametrize(
    ("uri", "expected", "secret"),
    [
        ("killed", "was withdrawn on", "Sailors"),
        ("held", "has been on hold since", "Held words"),
        ("early", f"is under embargo until {SOON:%Y-%m-%d %H:%M} UTC", "Embargoed words"),
    ],
)
def test_a_reader_sees_that_a_story_may_not_be_shown_and_nothing_of_it(
    as_reader: None, uri: str, expected: str, secret: str
) -> None:
    app = story(uri)
    assert expected in said(app)
    everything = said(app) + html_of(app) + app.title[0].value
    assert secret not in everything
    assert "Secret" not in everything
    assert "libel" not in everything
    assert "doubtful" not in everything
    assert not app.table


def test_an_archivist_sees_what_was_done_and_why() -> None:
    app = story("killed")
    assert "was withdrawn on" in said(app)
    (table,) = app.table
    assert [value.replace("\\", "") for value in table.value.iloc[-1].tolist()[1:]] == [
        "killed", "desk", "a *libel* on sailors",
    ]  # fmt: skip
    assert "Sailors in Toulon" in html_of(app)


def test_a_reader_sees_no_traces(as_reader: None) -> None:
    app = story("one")
    assert "The original item" not in said(app)
    assert "Answers that cite this story" not in said(app)
    for refused in ("tracing", "keeping"):
        with pytest.raises(NotPermitted):
            getattr(Desk(session.archive(), READER), refused)
    with pytest.raises(NotPermitted):
        Desk(session.archive(), READER).finding.remove_saved("anything")
    assert Desk(session.archive(), READER).finding.story("urn:story:one").history == ()


def test_the_original_item_is_shown_when_it_is_asked_for() -> None:
    app = story("one", version="2")
    assert not app.code
    app.toggle[0].set_value(True).run()
    assert not app.exception
    assert '"urn:story:one"' in app.code[0].value
    assert "thirty ships" in app.code[0].value
    assert "twenty ships" not in app.code[0].value


def test_answers_that_cite_a_story_say_when_they_no_longer_stand() -> None:
    held = session.archive()
    answer = held.ask("How many ships waited off the port of Marseille?", extractive=True)
    assert any(
        c.guid == "urn:story:one" or c.guid == "urn:story:copy" for s in answer.sentences for c in s.citations
    )
    cited = next(c.guid for s in answer.sentences for c in s.citations)
    app = story(cited.removeprefix("urn:story:"))
    assert "How many ships waited" in said(app)
    held.hold(cited, reason="test", actor="test")
    app = story(cited.removeprefix("urn:story:"))
    assert "cites a story put on hold since" in said(app)
    held.release(cited, reason="test", actor="test")


def test_a_hidden_name_is_hidden_on_every_part_of_the_page() -> None:
    held = session.archive()
    held.suppress("Ann Author", reason="order", actor="test")
    app = story("one", version="1")
    app.toggle[0].set_value(True).run()
    assert not app.exception
    everything = said(app) + html_of(app) + app.code[0].value + app.title[0].value
    assert "Author" not in everything
    held.unsuppress("Ann Author", reason="order", actor="test")


def test_no_such_story() -> None:
    assert "No story may be shown under that guid." in said(story("none"))
    app = opened(_page, {})
    app.text_input(key="story-guid").set_value("urn:story:arabic")
    app.button[0].click().run()
    assert "إضراب" in html_of(app)
