"""Every language says everything that English says, with the same values in it."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

from ui.strings import FALLBACK, languages, preferred, words

ROOT = Path(__file__).resolve().parents[2]
USED = re.compile(r"""\b(?:text|said)\(\s*(?:code,\s*)?f?["']([a-z_]+\.[^"']+)["']""")


def values_in(sentence: str) -> set[str]:
    """Names of the values put in, with how each is written: `{seconds:.0f}`."""
    return {f"{name}:{spec}" for _, name, spec, _ in string.Formatter().parse(sentence) if name is not None}


def test_there_are_two_languages() -> None:
    assert {"en", "fr"} <= set(languages())


@pytest.mark.parametrize("language", [one for one in languages() if one != FALLBACK])
def test_a_language_has_the_same_words_and_values(language: str) -> None:
    english, other = words(FALLBACK), words(language)
    assert sorted(english.keys() - other.keys()) == [], "not said in this language"
    assert sorted(other.keys() - english.keys()) == [], "not said in English"
    for name, sentence in english.items():
        theirs = {one.partition(":")[0] for one in values_in(other[name])}
        assert theirs == {one.partition(":")[0] for one in values_in(sentence)}, name
        assert other[name].strip(), name


def test_what_the_pages_ask_for_is_there() -> None:
    """Literal names in ui/; of names made in part (`outcome.{…}`, `act_` + …) that something begins so."""
    asked = {
        (name, path.name)
        for path in (ROOT / "ui").rglob("*.py")
        for name in USED.findall(path.read_text(encoding="utf-8"))
    }
    assert len(asked) > 20
    english = words(FALLBACK)
    for name, where in asked:
        fixed, is_made, _ = name.partition("{")
        is_begun = is_made or name.endswith(("_", "."))
        found = any(one.startswith(fixed) for one in english) if is_begun else name in english
        assert found, f"{where}: {name}"


def test_the_reader_s_language_is_the_first_that_there_is() -> None:
    assert preferred(["xx", None, "fr-CA", "en"]) == "fr"
    assert preferred([" EN;q=0.8"]) == "en"
    assert preferred(["", None, "../en"]) is None
