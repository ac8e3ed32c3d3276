"""docs/commands.md and docs/settings.md say what the code says.

.venv/bin/python scripts/make_docs.py     # writes them anew
"""

from __future__ import annotations

import pytest

from runtime.settings import Settings
from scripts import make_docs


@pytest.mark.parametrize("path", make_docs.pages(), ids=lambda path: path.name)
def test_the_page_is_what_the_code_says(path: object) -> None:
    for made, content in make_docs.pages().items():
        if made == path:
            assert made.read_text("utf-8") == content, "run: python scripts/make_docs.py"


def test_every_command_has_words_and_an_example() -> None:
    for name, command in make_docs._commands(make_docs.typer.main.get_command(make_docs.app), ()):
        assert command.help, name
        assert command.epilog or name == "version", name
        for parameter in command.params:
            assert parameter.help or "--help" in parameter.opts, f"{name} {parameter.name}"


def test_every_setting_has_words() -> None:
    for name, field in Settings.model_fields.items():
        section = make_docs._section(field)
        assert (section and section.__doc__) or field.description, name
        for inner, one in section.model_fields.items() if section else ():
            assert one.description, f"{name}.{inner}"
