"""Pictures of the pages, small enough to be kept: DEPECHE_SCREENSHOTS=FOLDER has the tests take them."""

from __future__ import annotations

import base64
import io
import os
from pathlib import Path

from PIL import Image
from selenium.webdriver.remote.webdriver import WebDriver

SCREENSHOTS = os.environ.get("DEPECHE_SCREENSHOTS")
MOST_BYTES = 120_000  # a file of docs/screenshots


def picture(browser: WebDriver, path: Path, *, width: int | None = None) -> Path:
    """The window as WebP at the best quality that stays under MOST_BYTES; `width` in pixels narrows it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    shot = Image.open(io.BytesIO(base64.b64decode(browser.get_screenshot_as_base64()))).convert("RGB")
    if width is not None and shot.width > width:
        shot = shot.resize((width, round(shot.height * width / shot.width)), Image.Resampling.LANCZOS)
    for quality in (90, 80, 70, 60, 50, 40):
        written = io.BytesIO()
        shot.save(written, "WEBP", quality=quality, method=6)
        if written.tell() <= MOST_BYTES:
            break
    path.write_bytes(written.getvalue())
    return path
