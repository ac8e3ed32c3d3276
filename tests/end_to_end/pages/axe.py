"""axe-core on the page as it stands: what it finds of serious or critical impact.

axe.min.js is that of the package axe-playwright-python (axe-core 4.12), which scripts/setup.sh installs.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.end_to_end.pages.driving import Desk

GRAVE = ("serious", "critical")
_RUN = """
const done = arguments[arguments.length - 1];
axe.run(document, {resultTypes: ['violations']}).then(
    found => done(found.violations.flatMap(v => v.nodes.map(n => [v.id, v.impact, n.target.join(' '), n.html,
        n.any.concat(n.all, n.none).map(c => c.message).join('; ')]))),
    error => done([['axe', 'critical', '', String(error), '']]));
"""


@dataclass(frozen=True, slots=True)
class Violation:
    rule: str
    impact: str
    selector: str
    html: str
    why: str

    def __str__(self) -> str:
        return f"{self.rule} ({self.impact}) at {self.selector}\n    {self.html[:300]}\n    {self.why[:300]}"


@cache
def _source() -> str:
    found = importlib.util.find_spec("axe_playwright_python")
    if found is None or found.origin is None:
        raise RuntimeError("axe-core is not installed: run scripts/setup.sh")
    return Path(found.origin).with_name("axe.min.js").read_text(encoding="utf-8")


def violations(desk: Desk) -> list[Violation]:
    """Of serious or critical impact, all of them."""
    if not desk.script("return typeof axe === 'object'"):
        desk.script(_source())
    desk.browser.set_script_timeout(60)
    found = desk.browser.execute_async_script(_RUN)
    return [one for one in (Violation(*row) for row in found) if one.impact in GRAVE]
