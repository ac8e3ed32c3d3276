"""The pages' own words, so that a test does not break when a label is worded better."""

from __future__ import annotations

from ui.strings import words


def said(name: str, language: str = "en") -> str:
    """As `ui.strings.text`; raises KeyError where that language has no such words."""
    return words(language)[name]
