"""A session in a real browser: kept over a reload, brought along from a link elsewhere, out of another site's reach."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webdriver import WebDriver

from domain.access import Role
from runtime import load_settings
from runtime.access.users import Users
from tests.end_to_end.pages.driving import Desk
from tests.end_to_end.pages.said import said
from tests.end_to_end.pages.serving import Server, serving
from tests.end_to_end.pages.test_login import PASSWORD, sign_in

pytestmark = [pytest.mark.model, pytest.mark.browser]
LANGUAGE = "return document.documentElement.lang"


@pytest.fixture(scope="module")
def guarded(copied: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = copied("sessions")
    Users.open(load_settings(folder)).add("rita", role=Role.READER, password=PASSWORD, actor="test")
    with serving(folder, "--login", "local", log=tmp_path_factory.mktemp("log") / "server.log") as running:
        yield running


@pytest.fixture
def door(browser: WebDriver, guarded: Server) -> Desk:
    return Desk(browser, guarded.address)


@contextmanager
def another_site(html: str) -> Iterator[str]:
    """A page on `localhost`: to a browser another site than 127.0.0.1."""

    class Page(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(html.encode())

        def log_message(self, *_: object) -> None:
            return

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}/"
        server.shutdown()


def test_a_session_is_this_browser_s_and_no_other_site_s(door: Desk) -> None:
    sign_in(door, "rita", path="search")
    signed_in = said("common.signed_in").format(name="rita", role=said("common.role.reader"))
    door.wait_for(signed_in)
    assert "depeche_session" not in door.script("return document.cookie")
    door.browser.refresh()
    door.wait_for(signed_in)
    page = (
        f'<img src="{door.address}/auth/logout"><iframe src="{door.address}/"></iframe>'
        f'<a href="{door.address}/search?q=wall">a link in a mail</a>'
    )
    with another_site(page) as elsewhere:
        door.browser.get(elsewhere)
        door.browser.switch_to.frame(0)
        assert not door.all("[data-testid=stApp], input")  # no site shows these pages inside its own
        door.browser.switch_to.default_content()
        door.browser.find_element(By.TAG_NAME, "a").click()
        door.wait_for(signed_in)
    assert door.browser.current_url == f"{door.address}/search?q=wall"


def test_the_page_s_language_is_the_reader_s(door: Desk) -> None:
    sign_in(door, "rita", path="?lang=fr")
    door.wait_for(said("ask.title", "fr"))
    assert door.script(LANGUAGE) == "fr"
    door.open("search")  # another visit: the choice was kept
    assert door.script(LANGUAGE) == "fr"
    assert said("search.title", "fr") in door.texts("h1")
    door.open("search?lang=en")
    assert door.script(LANGUAGE) == "en"
    assert said("search.title") in door.texts("h1")
