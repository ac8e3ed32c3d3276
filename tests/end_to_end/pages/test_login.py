"""Behind `serve --login local`: who is let in, what each role sees, and that signing out ends it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver

from tests.end_to_end.pages.asking import ask, await_answer
from tests.end_to_end.pages.axe import violations
from tests.end_to_end.pages.driving import PHONE, WIDE, Desk
from tests.end_to_end.pages.pictures import SCREENSHOTS, picture
from tests.end_to_end.pages.said import said
from tests.end_to_end.pages.serving import Server, serving

pytestmark = [pytest.mark.model, pytest.mark.browser]
PASSWORD = "quatre-vingt-dix-neuf francs"
READER = {"ask", "search", "story"}
ARCHIVIST = READER | {"ingest", "evaluate", "health"}
ADMIN = ARCHIVIST | {"accounts"}


@pytest.fixture(scope="module")
def guarded(copied: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = copied("guarded")
    for name, role in (("rita", "reader"), ("arthur", "archivist"), ("ada", "admin")):
        command = (
            Path(sys.executable).with_name("depeche"), "users", "add", name, "--role", role, "--archive", folder,
        )  # fmt: skip
        subprocess.run(command, input=PASSWORD + "\n", text=True, check=True, capture_output=True)
    with serving(folder, "--login", "local", log=tmp_path_factory.mktemp("log") / "server.log") as running:
        yield running


@pytest.fixture
def door(browser: WebDriver, guarded: Server) -> Desk:
    return Desk(browser, guarded.address)


def sign_in(desk: Desk, name: str, password: str = PASSWORD, *, path: str = "") -> None:
    desk.browser.get(f"{desk.address}/{path}")
    desk.one("input[name=name]").send_keys(name)
    desk.one("input[name=password]").send_keys(password, Keys.ENTER)


def _sections(desk: Desk) -> set[str]:
    links = desk.addresses("[data-testid=stSidebarNav] a")
    return {link.split("?")[0].rstrip("/").rsplit("/", 1)[-1] for link in links} & ADMIN | {
        "ask" for link in links if link.split("?")[0].rstrip("/") == desk.address
    }


def test_nobody_comes_in_without_an_account(door: Desk) -> None:
    door.browser.get(f"{door.address}/search?q=wall")
    door.one("input[name=password]")
    for size, dark in ((WIDE, False), (WIDE, True), (PHONE, False), (PHONE, True)):
        door.window(size, dark=dark)
        assert violations(door) == []
    sign_in(door, "rita", "wrong")
    assert said("login.wrong") in door.wait_for(said("login.wrong"))
    assert "Berlin" not in door.text()


@pytest.mark.parametrize(
    ("name", "role", "sections"),
    [
        ("rita", "reader", READER),
        ("arthur", "archivist", ARCHIVIST),
        ("ada", "admin", ADMIN),
    ],
)
def test_a_role_sees_its_own_pages_and_no_others(
    door: Desk, name: str, role: str, sections: set[str]
) -> None:
    sign_in(door, name)
    door.settle()
    assert said("common.signed_in").format(name=name, role=said(f"common.role.{role}")) in door.text()
    assert _sections(door) == sections
    for hidden in sorted(ADMIN - sections):
        door.browser.get(f"{door.address}/{hidden}")
        door.settle()
        assert said(f"{hidden}.title") not in door.texts("h1"), (
            f"a {role} opens no {hidden} page by its address"
        )
    ask(door, "When did the Berlin Wall open?", quoted=True)
    assert "1989" in await_answer(door)
    door.press(said("common.sign_out"), leaving=True)
    door.one("input[name=password]")
    door.browser.get(f"{door.address}/search")
    door.one("input[name=password]")
    assert not door.browser.find_elements(By.CSS_SELECTOR, "[data-testid=stApp]")


def test_an_admin_adds_somebody_who_then_comes_in(door: Desk) -> None:
    sign_in(door, "ada", path="accounts")
    door.settle()
    door.type(said("accounts.name"), "nina", enter=False)
    door.press(said("accounts.add"))
    password = door.one("[data-testid=stCode]").text.strip()
    if SCREENSHOTS:
        picture(door.browser, Path(SCREENSHOTS) / "accounts.webp")
    for size, dark in ((WIDE, False), (WIDE, True), (PHONE, False), (PHONE, True)):
        door.window(size, dark=dark)
        door.still()
        assert violations(door) == []
        assert door.script("return document.documentElement.scrollWidth - innerWidth") <= 0
    door.window(WIDE)
    door.press(said("accounts.do_remove"))
    if SCREENSHOTS:
        door.still()
        picture(door.browser, Path(SCREENSHOTS) / "all/accounts-remove.webp")
    door.wait_for(said("accounts.confirm_remove"))
    assert violations(door) == []
    door.press(said("accounts.not_now"))
    assert password not in door.text(), "shown once"
    door.press(said("common.sign_out"), leaving=True)
    sign_in(door, "nina", password)
    door.settle()
    assert _sections(door) == READER
    door.press(said("accounts.own"))
    door.one("[role=dialog] input[type=password]")
    assert violations(door) == []
    chosen = "une autre que personne ne sait"
    for label, words in (("own_old", password), ("own_new", chosen), ("own_again", chosen)):
        field = door.one(f'[role=dialog] input[aria-label="{said(f"accounts.{label}")}"]')
        field.send_keys(words, Keys.TAB)
    door.press(said("accounts.own_go"), within="[role=dialog]", leaving=True)
    door.one("input[name=password]")
    sign_in(door, "nina", chosen)
    door.settle()
    assert _sections(door) == READER
