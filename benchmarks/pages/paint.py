"""How long until the ask page stands before its reader, and what each rerun asks of the database.

The page is opened in headless Chromium with an empty cache, as a first visit. Statements are counted in the
server itself while a session over the WebSocket draws each page and draws it again; each is explained by
SQLite, and one that goes through a whole table of stories, versions or passages is named.
"""

from __future__ import annotations

import re
import shutil
import sqlite3
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from selenium import webdriver
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from benchmarks.pages.server import Served
from benchmarks.pages.session import Session
from benchmarks.pages.statements import Statement, written

FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run", "--lang=en",
         "--window-size=1280,1000")  # fmt: skip
PAINT_AIM = 2.0  # seconds
LARGE_ROWS = 10_000  # a table of fewer may be read whole
_SCAN = re.compile(r"^SCAN (\S+)(?: USING (?:COVERING )?INDEX (\S+))?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """One run of a page's script."""

    page: str
    seconds: float
    statements: Sequence[Statement]
    exceptions: Sequence[str]


def first_paints(address: str, *, times: int, profile: Path) -> list[tuple[float, float]]:
    """Seconds to the first thing drawn and to the field for the question, of each of so many first visits."""
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium") or "chromium"
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    taken = []
    browser = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
    try:
        for _ in range(times):
            browser.get("about:blank")
            browser.execute_cdp_cmd("Network.clearBrowserCache", {})
            began = time.perf_counter()
            browser.get(address)
            WebDriverWait(browser, 120, poll_frequency=0.02).until(
                lambda b: any(
                    one.is_displayed()
                    for one in b.find_elements(
                        By.CSS_SELECTOR, "main input[type=text], [data-testid=stMain] input[type=text]"
                    )
                )
            )
            field = time.perf_counter() - began
            painted = browser.execute_script(
                "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1"
            )
            taken.append((float(painted) / 1e3, field))
    finally:
        browser.quit()
    return taken


def redrawn(server: Served, page: str, *, query: str = "", times: int = 3) -> list[Drawing]:
    """A page drawn, then drawn again as after a click, `times` in all."""
    drawings = []
    with Session(server.address, page=page, query=query) as session:
        for _ in range(times):
            since, began = time.time(), time.perf_counter()
            seen = session.draw(seconds=300)
            took = time.perf_counter() - began
            drawings.append(
                Drawing(
                    page=page or "ask",
                    seconds=took,
                    statements=written(server.statements, since=since),
                    exceptions=tuple(seen.exceptions),
                )
            )
    return drawings


class Plans:
    """SQLite's word on what a statement goes through, and how large that is."""

    def __init__(self, database: Path) -> None:
        self._connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        tables = self._connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        self._rows = {name: self._count(name) for (name,) in tables}
        indexes = self._connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index'"
        ).fetchall()
        self._partial = {name for name, sql in indexes if sql and " WHERE " in sql.upper()}  # of few rows

    def _count(self, table: str) -> int:
        try:
            return int(self._connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0])
        except sqlite3.Error:
            return 0

    def whole_tables(self, sql: str) -> list[str]:
        """Large tables that the statement reads from end to end."""
        aliases = dict(re.findall(r"(?:FROM|JOIN)\s+(\w+)\s+AS\s+(\w+)", sql))
        named = {alias: table for table, alias in aliases.items()}
        try:
            plan = self._connection.execute(f"EXPLAIN QUERY PLAN {sql}", [None] * sql.count("?")).fetchall()
        except sqlite3.Error:
            return []  # PRAGMA and the like
        found = (match for row in plan if (match := _SCAN.match(str(row[3]))))
        scanned = (one[1] for one in found if one[2] not in self._partial)
        tables = (named.get(one, one) for one in scanned)
        return sorted({one for one in tables if self._rows.get(one, 0) > LARGE_ROWS})


def table(drawings: Sequence[Drawing], plans: Plans) -> str:
    rows = [
        "| page | run | seconds | statements | their seconds | the longest (ms) | whole tables read |",
        "|---|---|---|---|---|---|---|",
    ]
    numbers: dict[str, int] = {}
    for one in drawings:
        numbers[one.page] = numbers.get(one.page, 0) + 1
        spent = [statement.seconds for statement in one.statements]
        whole = sorted({name for statement in one.statements for name in plans.whole_tables(statement.sql)})
        failed = f" FAILED: {one.exceptions[0]}" if one.exceptions else ""
        rows.append(
            f"| {one.page} | {'first' if numbers[one.page] == 1 else 'rerun'} | {one.seconds:.2f} | {len(spent)} "
            f"| {sum(spent):.3f} | {max(spent, default=0) * 1e3:.1f} | {', '.join(whole) or 'none'}{failed} |"
        )
    return "\n".join(rows)
