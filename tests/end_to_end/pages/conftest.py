"""One archive of the sample for every test of the pages, one server for most of them, one browser."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from selenium.webdriver.remote.webdriver import WebDriver

from runtime import Archive
from tests.end_to_end.pages.driving import WIDE, Desk, chromium
from tests.end_to_end.pages.pictures import SCREENSHOTS, picture
from tests.end_to_end.pages.serving import Server, serving


@pytest.fixture(scope="session")
def copied(sample_archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """A copy of the sample's archive, for a test that changes it. The sample is ingested once."""

    def copy(name: str) -> Path:
        folder = tmp_path_factory.mktemp(name) / "archive"
        # Nothing writes to it while it is copied: each test of this process ends before the next.
        shutil.copytree(sample_archive.settings.archive, folder, ignore=shutil.ignore_patterns("*.lock"))
        return folder

    return copy


@pytest.fixture(scope="session")
def server(copied: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """The server that tests share: each brings its own story where it changes one."""
    with serving(copied("pages"), log=tmp_path_factory.mktemp("log") / "server.log") as running:
        yield running


@pytest.fixture(scope="session")
def downloads(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the browser puts what it downloads."""
    return tmp_path_factory.mktemp("downloads")


@pytest.fixture(scope="session")
def first_browser(tmp_path_factory: pytest.TempPathFactory, downloads: Path) -> Iterator[WebDriver]:
    with chromium(tmp_path_factory.mktemp("profile"), downloads=downloads) as browser:
        yield browser


@pytest.fixture
def browser(first_browser: WebDriver, request: pytest.FixtureRequest) -> Iterator[WebDriver]:
    """The browser as its reader bought it: wide, light, English, nobody logged in."""
    plain = Desk(first_browser, "")
    plain.window(WIDE)
    plain.language("en")
    plain.forget()
    try:
        yield first_browser
    finally:
        if SCREENSHOTS:
            picture(first_browser, Path(SCREENSHOTS) / "tests" / f"{request.node.name}.webp")
        first_browser.get("about:blank")  # ends the session: its script must not run into the next test


@pytest.fixture
def desk(browser: WebDriver, server: Server) -> Desk:
    """The browser before the shared server."""
    return Desk(browser, server.address)


@pytest.fixture
def another(tmp_path: Path) -> Iterator[Callable[[], WebDriver]]:
    """More browsers, for tests of two readers."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(chromium(tmp_path / f"profile{id(object())}"))
