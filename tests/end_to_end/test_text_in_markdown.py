"""Streamlit's own Markdown, in a browser, shows what `plain` was given: no link, emoji, formula or list of it."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from tests.conftest import ROOT
from tests.end_to_end.pages.driving import chromium
from ui.markup import JOINER

pytestmark = pytest.mark.browser

TEXTS = [
    "1. one", "2) two", "+ plus", "- minus", "* star", "# head", "> said", "    code", "a\n===", "a\n---",
    "www.example.com", "see http://example.com/x?y=1&z=2#w now", "HTTPS://EXAMPLE.COM", "me@example.com, a.b+c@d.org",
    "<mail@example.com> <b>bold</b> &amp; &lt; &#65;", "[text](http://example.com) ![x](y) [^1] [ref]: http://a.b",
    ":smile: :+1: :100: :tada::tada:", ":material/home: :streamlit: :red[red] :blue-background[x] :red-badge[y]",
    "$x^2$ costs $5 and $6 $$y$$ \\(z\\) \\[w\\]", "a -> b <- c <-> d -- e >= f <= g ~= h", "~~gone~~ __x__ **y** _z_",
    "`code` ``more`` ```block```", "| a | b |\n|---|---|\n| 1 | 2 |", "- [ ] task", "a\\*b \\ c\\", "10:30:45 at 5:6",
    "::: directive :::", ":::note", "::leaf[x]", "{x} {{y}} %s", "Grève à Paris – « non » … “quoted”", "<!-- x --> --",
    "Dockers & ships: 5 < 6 > 4", "http://", "www.", "@", ":", "$", "xmpp:a@b.c mailto:a@b.c", "~1~ H~2~O x^2^ ==y==",
]  # fmt: skip


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    script = tmp_path_factory.mktemp("markdown") / "page.py"
    script.write_text(
        f"import sys\nsys.path.insert(0, {str(ROOT)!r})\nimport streamlit as st\nfrom ui.markup import plain\n"
        f"for number, text in enumerate({TEXTS!r}):\n"
        "    with st.container(key=f'text-{number}'):\n        st.markdown(plain(text))\n"
        "    with st.container(key=f'label-{number}'):\n        st.button(plain(text), key=f'button-{number}')\n"
        "st.caption('all-drawn')\n",
        encoding="utf-8",
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "streamlit", "run", str(script), "--server.port", str(port), "--server.headless", "true",
        "--server.address", "127.0.0.1", "--browser.gatherUsageStats", "false",
    ]  # fmt: skip
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1).close()
                break
            except OSError:
                time.sleep(0.5)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(20)


def test_every_text_is_shown_as_it_is(address: str, tmp_path: Path) -> None:
    with chromium(tmp_path / "profile") as browser:
        browser.get(address)
        WebDriverWait(browser, 60).until(lambda b: "all-drawn" in b.find_element(By.TAG_NAME, "body").text)
        time.sleep(2)  # emoji and formulas are read by modules that load after the first drawing
        seen = json.loads(
            browser.execute_script(
                'return JSON.stringify(Object.fromEntries([...document.querySelectorAll(\'[class*="st-key-text-"],'
                '[class*="st-key-label-"]\')].map(e => [[...e.classList].find(c => /st-key-(text|label)-/.test(c)),'
                "[e.textContent, [...e.querySelectorAll('a,img,code,ol,ul,h1,h2,del,em,strong,table,blockquote,"
                ".katex')].map(x => x.tagName).join()]])))"
            )
        )
    for number, text in enumerate(TEXTS):
        expected = re.sub(r"\s+", " ", text).strip()
        for kind in ("text", "label"):
            shown, tags = seen[f"st-key-{kind}-{number}"]
            assert shown.replace(JOINER, "").strip() == expected
            assert tags == ""
