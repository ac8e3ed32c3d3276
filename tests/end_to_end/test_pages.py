"""The pages in a real browser: headless Chromium against a real server, real weights."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.support.ui import WebDriverWait

from runtime import Archive
from tests.conftest import QUICK_MODEL, ROOT, quick_settings

pytestmark = [pytest.mark.model, pytest.mark.browser]
ANSWER_SECONDS = 180


@pytest.fixture(scope="module")
def folder(models_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("pages")
    hostile = path / "hostile.jsonl"
    hostile.write_text(
        '{"uri": "urn:test:hostile", "type": "text", "language": "en", "versioncreated": "2003-02-01T00:00:00Z",'
        ' "headline": "<script>document.title=\'owned\'</script> Zanzibar **clove** harvest",'
        ' "body_text": "The Zanzibar clove harvest reached 4,217 tonnes <img src=x onerror=\\"document.title=\'owned\'\\">'
        " in 2003, the ministry said. </mark></div><script>document.title='owned'</script> Prices fell.\"}\n"
    )
    with Archive.open(quick_settings(path / "archive")) as archive:
        archive.ingest([ROOT / "data" / "sample", hostile])
    return path / "archive"


@pytest.fixture(scope="module")
def address(folder: Path) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = os.environ | {
        "DEPECHE_MODEL__NAME": QUICK_MODEL,
        "DEPECHE_MODEL__CONTEXT": "4096",
        "DEPECHE_ANSWER__MAX_TOKENS": "96",
    }
    command = [Path(sys.executable).with_name("depeche"), "serve", "--archive", folder, "--port", str(port)]
    server = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.5)
        else:
            pytest.fail("the server did not start within 60 s")
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


@pytest.fixture
def browser(tmp_path: Path) -> Iterator[WebDriver]:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (chromium and driver):
        pytest.fail("no Chromium: sudo apt-get install -y chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in (
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
        "--no-first-run",
        "--lang=en",
        "--window-size=1280,1600",
        f"--user-data-dir={tmp_path / 'profile'}",
    ):
        options.add_argument(flag)
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield opened
    finally:
        if folder := os.environ.get("DEPECHE_SCREENSHOTS"):
            Path(folder).mkdir(parents=True, exist_ok=True)
            opened.save_screenshot(str(Path(folder) / f"{tmp_path.name}.png"))
        opened.quit()


def ask(browser: WebDriver, address: str, question: str) -> None:
    browser.get(address)
    field = WebDriverWait(browser, 60).until(lambda b: b.find_element(By.CSS_SELECTOR, "input[type=text]"))
    field.send_keys(question, Keys.ENTER)


def page_text(browser: WebDriver) -> str:
    return browser.find_element(By.TAG_NAME, "body").text


def wait_for_text(browser: WebDriver, *wanted: str, seconds: float = ANSWER_SECONDS) -> str:
    WebDriverWait(browser, seconds).until(
        lambda b: any(w in page_text(b) for w in wanted), f"none of {wanted} in {page_text(browser)[:2000]!r}"
    )
    return page_text(browser)


def test_a_question_is_answered_and_the_words_cited_are_marked(browser: WebDriver, address: str) -> None:
    ask(browser, address, "How many Chilean miners were rescued in October 2010?")
    wait_for_text(browser, "Words cited")
    marked = WebDriverWait(browser, 20).until(
        lambda b: b.find_elements(By.CSS_SELECTOR, ".depeche-story mark")
    )
    quote = " ".join(mark.text for mark in marked if mark.text)
    assert "33" in page_text(browser)
    assert quote
    # The citation opens the story page at the same words.
    link = browser.find_element(By.CSS_SELECTOR, "a[href*='story?guid']")
    browser.get(link.get_attribute("href") or "")
    WebDriverWait(browser, 60).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".depeche-story mark"))
    assert browser.find_element(By.CSS_SELECTOR, ".depeche-story mark").text in quote


def test_a_question_in_french_without_an_answer(browser: WebDriver, address: str) -> None:
    ask(browser, address, "Qui a gagné la Coupe du monde de rugby 2031 ?")
    wait_for_text(browser, "Not in the archive")
    assert "Nearest stories" in page_text(browser)


def test_story_text_cannot_act(browser: WebDriver, address: str) -> None:
    ask(browser, address, "How many tonnes did the Zanzibar clove harvest reach in 2003?")
    wait_for_text(browser, "Words cited", "Not in the archive")
    browser.get(f"{address}/story?guid=urn:test:hostile&version=1&start=0&end=50")
    WebDriverWait(browser, 60).until(lambda b: b.find_elements(By.CSS_SELECTOR, ".depeche-story mark"))
    assert browser.title != "owned"
    assert "<script>" in page_text(browser), "markup in a story is shown as the text it is"
    assert not browser.find_elements(By.CSS_SELECTOR, ".depeche-story img, .depeche-story script")
