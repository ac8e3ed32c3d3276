"""What a reader does at the pages, in words of this project: open, ask, read, press.

Nothing here sleeps for a fixed time: each step waits for what the page shows when it is done.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import (
    ElementClickInterceptedException,
    StaleElementReferenceException,
    WebDriverException,
)
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from tests.end_to_end.pages.said import said

ANSWER_SECONDS = 420.0  # of the quick model, on two cores that have much other work
PAGE_SECONDS = 60.0
WIDE, PHONE = (1280, 1600), (390, 844)
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--lang=en",
    f"--window-size={WIDE[0]},{WIDE[1]}",
)
_SETTLED = """
const app = document.querySelector('[data-testid=stApp]');
return !!app && app.dataset.testScriptState === 'notRunning' && app.dataset.testConnectionState === 'CONNECTED'
    && !!document.querySelector('[data-testid=stMain] h1')  // a page that has not begun is at rest, too
    && !document.querySelector('[data-stale=true], [data-testid=stSkeleton]');
"""
_STILL = """
return document.getAnimations().every(one =>
    one.playState !== 'running' || one.effect.getComputedTiming().iterations === Infinity);
"""


@contextmanager
def chromium(profile: Path, *, downloads: Path | None = None) -> Iterator[WebDriver]:
    """Debian's Chromium without a window, with a profile of its own."""
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not (binary and driver):
        raise RuntimeError("no Chromium: sudo apt-get install -y chromium chromium-driver")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if downloads is not None:
        options.add_experimental_option("prefs", {"download.default_directory": str(downloads)})
    opened = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    try:
        yield opened
    finally:
        opened.quit()


@dataclass(frozen=True, slots=True)
class Desk:
    """One browser before one server."""

    browser: WebDriver
    address: str

    # Where, and as what -----------------------------------------------------------------------------
    def open(self, path: str = "", *, seconds: float = PAGE_SECONDS) -> None:
        """The page at `path`, drawn whole. Each opening is a Streamlit session of its own."""
        self.browser.get(f"{self.address}/{path}")
        self.settle(seconds=seconds)
        assert said("common.failed") not in self.text(), f"{path}: {self.text()[-500:]}"

    def settle(self, *, seconds: float = PAGE_SECONDS) -> None:
        """Until no script runs and nothing on the page is out of date."""
        self.until(lambda: bool(self.script(_SETTLED)), "the page to come to rest", seconds=seconds)

    def window(self, size: tuple[int, int], *, dark: bool = False) -> None:
        """The window's size, and the colours its reader's system prefers."""
        phone = size == PHONE
        metrics = {"width": size[0], "height": size[1], "deviceScaleFactor": 1, "mobile": phone}
        self._devtools("Emulation.setDeviceMetricsOverride", **metrics)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._devtools("Emulation.setEmulatedMedia", features=[scheme])

    def still(self) -> None:
        """Until no colour is on its way to another: what has just turned dark is unreadable for an instant."""
        self.until(lambda: bool(self.script(_STILL)), "the page's colours to stand still", seconds=10)

    def forget(self) -> None:
        """All cookies of all servers; the browser's own command takes those of the page at hand alone."""
        self._devtools("Network.clearBrowserCookies")

    def language(self, code: str) -> None:
        """The language of the browser itself, as pages opened from now on see it."""
        agent = self.script("return navigator.userAgent").replace("Headless", "")
        self._devtools("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=code)

    # What stands there ------------------------------------------------------------------------------
    def text(self) -> str:
        return str(
            self.script("return document.body ? document.body.innerText : ''")
        )  # none between two pages

    def all(self, css: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, css)

    def texts(self, css: str) -> list[str]:
        return list(
            self.script("return [...document.querySelectorAll(arguments[0])].map(e => e.innerText)", css)
        )

    def addresses(self, css: str) -> list[str]:
        """Of the links; read at once, so that none is drawn anew meanwhile."""
        return list(self.script("return [...document.querySelectorAll(arguments[0])].map(e => e.href)", css))

    def one(self, css: str, *, seconds: float = PAGE_SECONDS) -> WebElement:
        """The first that is shown."""
        found: list[WebElement] = []

        def look() -> bool:
            found[:] = [e for e in self.all(css) if e.is_displayed()][:1]
            return bool(found)

        self.until(look, css, seconds=seconds)
        return found[0]

    def wait_for(self, *wanted: str, seconds: float = ANSWER_SECONDS) -> str:
        """The page's text once it has any of these in it."""
        self.until(lambda: any(w in self.text() for w in wanted), f"any of {wanted}", seconds=seconds)
        return self.text()

    def until(self, true: Callable[[], object], what: str, *, seconds: float) -> None:
        def tried(_: WebDriver) -> bool:
            try:
                return bool(true())
            except (StaleElementReferenceException, ElementClickInterceptedException):
                return False  # drawn anew, or moved, between finding and reading or pressing

        try:
            WebDriverWait(self.browser, seconds, poll_frequency=0.1).until(tried)
        except WebDriverException:
            raise AssertionError(
                f"waited {seconds:.0f} s for {what}; the page says:\n{self.text()[:3000]}"
            ) from None

    def script(self, source: str, *arguments: object) -> Any:
        return self.browser.execute_script(source, *arguments)

    # What is done -----------------------------------------------------------------------------------
    def labelled(self, label: str, kind: str = "input, textarea") -> WebElement:
        """The field that a screen reader would call by this label."""
        return self.one(", ".join(f'{tag.strip()}[aria-label*="{label}"]' for tag in kind.split(",")))

    def press(self, label: str, *, within: str = "", leaving: bool = False) -> None:
        """The button, tab or choice with these words on it. `leaving`: for a page that is not the desk's."""
        self.until(lambda: self._press(label, within), f"a button {label!r}", seconds=PAGE_SECONDS)
        if not leaving:
            self.settle()

    def unfold(self) -> None:
        """The first of what is folded up on the page."""
        folded = "[data-testid=stExpander] summary"
        self.until(lambda: self.one(folded).click() is None, folded, seconds=PAGE_SECONDS)

    def has_button(self, label: str) -> bool:
        return bool(self._buttons(label, ""))

    def attach(self, file: Path) -> None:
        """The file, to the page's field for files."""
        field = self.all("input[type=file]")[0]
        field.send_keys(str(file))
        self.one("[data-testid=stFileChip]")
        self.settle()

    def _press(self, label: str, within: str) -> bool:
        found = self._buttons(label, within)
        if found:
            self.script("arguments[0].scrollIntoView({block: 'center'})", found[0])
            found[0].click()
        return bool(found)

    def _buttons(self, label: str, within: str) -> list[WebElement]:
        kinds = (
            "button",
            "[role=tab]",
            "[role=radio]",
            "label:has(input[type=radio])",
            "label:has(input[type=checkbox])",
        )
        found = self.all(", ".join(f"{within} {kind}".strip() for kind in kinds))
        shown = [one for one in found if one.is_displayed() and one.is_enabled() and label in one.text]
        return sorted(shown, key=lambda one: one.text.strip() != label)  # the one with no other words first

    def type(self, label: str, words: str, *, enter: bool = True) -> None:
        """In place of what the field of this label holds; into the new one if it is drawn anew meanwhile."""
        self.settle()  # what a form replaces may bear the same label, and is on its way out

        def typed() -> bool:
            field = self.labelled(label)
            field.send_keys(Keys.CONTROL, "a")
            field.send_keys(Keys.DELETE, words)
            field.send_keys(Keys.ENTER if enter else Keys.TAB)
            return True

        self.until(typed, f"a field {label!r} that stays", seconds=PAGE_SECONDS)

    def day(self, label: str, day: str, *, within: str = "") -> None:
        """A day as YYYY-MM-DD into the field of that label, whose parts are fields of their own."""
        year = self.one(f'{within} [role=spinbutton][aria-label="year, {label}"]'.strip())
        self.script("arguments[0].focus()", year)  # a click opens a calendar over what is below
        self.keys(*day.replace("-", ""))
        parts = f'{within} [role=spinbutton][aria-label$=", {label}"]'.strip()
        self.until(lambda: "-".join(self.texts(parts)) == day, f"{label} {day}", seconds=10)
        self.keys(
            Keys.TAB, Keys.TAB
        )  # past its button: the calendar that came with the keyboard goes with it

    def keys(self, *keys: str) -> None:
        """To whatever has the keyboard."""
        webdriver.ActionChains(self.browser).send_keys(*keys).perform()

    def _devtools(self, command: str, **arguments: object) -> None:
        self.browser.execute_cdp_cmd(command, arguments)  # type: ignore[attr-defined]
