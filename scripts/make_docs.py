"""Writes docs/commands.md and docs/settings.md from the code: the commands' own help, the settings' own fields.

.venv/bin/python scripts/make_docs.py          writes them
.venv/bin/python scripts/make_docs.py --check  says which parts from the code, and fails
"""

from __future__ import annotations

import sys
import tomllib
import types
import typing
from collections.abc import Iterator
from importlib import resources
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import typer.main  # noqa: E402
from pydantic import BaseModel  # noqa: E402
from pydantic.fields import FieldInfo  # noqa: E402

from cli.main import app  # noqa: E402
from runtime.settings import Settings, preset_names  # noqa: E402

MADE = "<!-- Made by scripts/make_docs.py from the code; change it there. -->\n\n"


def pages() -> dict[Path, str]:
    """Every generated page with its content."""
    return {
        ROOT / "docs" / "commands.md": MADE + "\n".join(commands_page()),
        ROOT / "docs" / "settings.md": MADE + "\n".join(settings_page()),
    }


def commands_page() -> Iterator[str]:
    root = typer.main.get_command(app)
    yield "# Commands\n"
    yield (
        "`depeche COMMAND --help` says the same. Exit status: 0 done, 1 failed, 2 misused, 130 interrupted. Results go to\n"
        "standard output, everything else to standard error. `--archive DIR` may also stand before the command's name.\n"
    )
    for name, command in _commands(root, ()):
        yield f"## depeche {name}\n"
        yield f"{_flowing(command.help)}\n"
        yield f"    {_usage(name, command)}\n"
        rows = [row for parameter in command.params if (row := _parameter(parameter))]
        if rows:
            yield "| | |\n|---|---|"
            yield from rows
            yield ""
        if command.epilog:
            yield f"{_example(command.epilog)}\n"


def _commands(group: Any, before: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    for name, command in group.commands.items():
        if command.hidden:
            continue
        path = (*before, name)
        if hasattr(command, "commands"):
            yield from _commands(command, path)
        else:
            yield " ".join(path), command


def _usage(name: str, command: Any) -> str:
    words = [f"depeche {name}"]
    for parameter in command.params:
        if parameter.param_type_name == "argument":
            word = (parameter.metavar or parameter.name or "").upper().strip("[]…")
            word += "…" if parameter.nargs == -1 or parameter.multiple else ""
            words.append(word if parameter.required else f"[{word}]")
    return " ".join([*words, "[OPTIONS]"])


def _parameter(parameter: Any) -> str | None:
    if "--help" in parameter.opts or getattr(parameter, "hidden", False):
        return None
    if parameter.param_type_name == "argument":
        label = f"`{(parameter.metavar or parameter.name).upper()}`"
    else:
        names = ", ".join([*parameter.opts, *parameter.secondary_opts])
        takes = "" if parameter.is_flag else f" {parameter.metavar or _taken(parameter)}"
        label = f"`{names}{takes}`".replace("|", "\\|")
    said = _flowing(parameter.help)
    if parameter.required and parameter.param_type_name == "option":
        said += " Required."
    default = parameter.default
    shown = default is not None and not callable(default) and default not in (False, (), [], "")
    if shown and type(default).__name__ != "Sentinel":
        said += f" Default: {getattr(default, 'value', default)}."
    return f"| {label} | {said} |".replace("\n", " ")


def _taken(parameter: Any) -> str:
    """What an option without a metavar takes: its choices, or the kind of value."""
    kind = parameter.type_descriptor
    if choices := getattr(kind, "choices", None):
        return "|".join(str(getattr(choice, "value", choice)) for choice in choices)
    words = {"str": "TEXT", "int": "N", "float": "NUMBER", "Path": "PATH"}
    name = getattr(kind.annotation, "__name__", "TEXT")
    return words.get(name, name.upper())


def _example(epilog: str) -> str:
    start, _, example = epilog.partition(":")
    return f"{start}: `{example.strip()}`" if example else epilog


def settings_page() -> Iterator[str]:
    yield "# Settings\n"
    yield (
        "Later wins: the defaults below, a preset, `depeche.toml` in the working folder, `depeche.toml` in the archive's\n"
        "folder, `DEPECHE_*` variables, the command's own options. Whatever is misspelled is refused with its name.\n\n"
        "`model.name` is `name` under `[model]` in a file and `DEPECHE_MODEL__NAME` as a variable. `depeche settings` shows\n"
        "each as it stands here, with its variable.\n"
    )
    top = {name: field for name, field in Settings.model_fields.items() if not _section(field)}
    yield "## At the top\n"
    yield from _fields(top, prefix="")
    for name, field in Settings.model_fields.items():
        if section := _section(field):
            yield f"\n## [{name}]\n"
            yield f"{_flowing(section.__doc__)}\n"
            yield from _fields(section.model_fields, prefix=f"{name}.")
    yield "\n## Presets\n"
    yield "Chosen by `DEPECHE_PRESET=NAME`.\n"
    for name in preset_names():
        text = (resources.files("runtime") / "presets" / f"{name}.toml").read_text("utf-8")
        tomllib.loads(text)
        yield f"### {name}\n\n```toml\n{text.strip()}\n```\n"


def _section(field: FieldInfo) -> type[BaseModel] | None:
    kind = field.annotation
    return kind if isinstance(kind, type) and issubclass(kind, BaseModel) else None


def _fields(fields: dict[str, FieldInfo], *, prefix: str) -> Iterator[str]:
    yield "| name | takes | default | |\n|---|---|---|---|"
    for name, field in fields.items():
        default = "" if field.is_required() else f"`{_shown(field.default)}`"
        said = _flowing(field.description) if field.description else ""
        yield f"| `{prefix}{name}` | {_kind(field)} | {default} | {said} |"


def _kind(field: FieldInfo) -> str:
    limits = [
        f"{word} {getattr(one, name)}"
        for one in field.metadata
        for name, word in (("ge", "at least"), ("gt", "over"), ("le", "at most"), ("lt", "under"))
        if getattr(one, name, None) is not None
    ]
    return ", ".join([_named(field.annotation), *limits])


def _named(kind: Any) -> str:
    origin = typing.get_origin(kind)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(_named(part) for part in typing.get_args(kind) if part is not type(None))
    if origin is typing.Literal:
        return " or ".join(f"`{value}`" for value in typing.get_args(kind))
    if origin is tuple:
        return f"list of {_named(typing.get_args(kind)[0])}s"
    if origin is dict:
        return "table of " + " to ".join(_named(part) for part in typing.get_args(kind))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return "table"
    return {
        "str": "text",
        "int": "whole number",
        "float": "number",
        "bool": "true or false",
        "Path": "path",
    }.get(getattr(kind, "__name__", str(kind)), getattr(kind, "__name__", str(kind)))


def _shown(default: Any) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return "none" if default is None else str(getattr(default, "value", default))


def _flowing(text: str | None) -> str:
    return " ".join((text or "").split()).replace("|", "\\|")


def main() -> int:
    parted = []
    for path, content in pages().items():
        if "--check" in sys.argv:
            if not path.is_file() or path.read_text("utf-8") != content:
                parted.append(path)
        else:
            path.write_text(content, encoding="utf-8")
    for path in parted:
        print(f"{path.relative_to(ROOT)} parts from the code: run scripts/make_docs.py", file=sys.stderr)  # noqa: T201
    return 1 if parted else 0


if __name__ == "__main__":
    sys.exit(main())
