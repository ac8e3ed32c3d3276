"""Both themes can be read: WCAG 2.2 AA contrast of what Streamlit draws with each colour, worked out by its formula."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

THEMES = tomllib.loads(
    (Path(__file__).resolve().parents[2] / "ui" / ".streamlit" / "config.toml").read_text("utf-8")
)["theme"]
TEXT, MARK = 4.5, 3.0  # WCAG 1.4.3 and 1.4.11
CAPTION_OPACITY = 0.6  # of the text colour, in Streamlit's captions

Colour = tuple[float, float, float]


def colour(code: str) -> Colour:
    red, green, blue = (int(code[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return red, green, blue


def luminance(of: Colour) -> float:
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in of)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: Colour, other: Colour) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def over(ground: Colour, ink: Colour, opacity: float) -> Colour:
    red, green, blue = (i * opacity + g * (1 - opacity) for i, g in zip(ink, ground, strict=True))
    return red, green, blue


def test_the_formula_is_wcag_s() -> None:
    assert contrast(colour("#000000"), colour("#ffffff")) == pytest.approx(21)
    assert contrast(colour("#777777"), colour("#ffffff")) == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_a_theme_can_be_read(name: str) -> None:
    theme = {key: colour(value) for key, value in THEMES[name].items()}
    for ground in (theme["backgroundColor"], theme["secondaryBackgroundColor"]):
        for key in ("textColor", "linkColor", *(key for key in theme if key.endswith("TextColor"))):
            assert contrast(ground, theme[key]) >= TEXT, key
        assert contrast(ground, over(ground, theme["textColor"], CAPTION_OPACITY)) >= TEXT, "captions"
        assert contrast(ground, theme["primaryColor"]) >= MARK, "a button against the page"
    assert contrast(theme["primaryColor"], colour("#ffffff")) >= TEXT, "words on a button"
