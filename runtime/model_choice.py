"""`depeche models use`: writes the choice of a model into the archive's own depeche.toml.

The rest of the file stays letter for letter. Where that cannot be done safely nothing is written, and the
line to write by hand is told.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Callable
from pathlib import Path

from domain.errors import SettingsError
from runtime.settings import FILE_NAME, refused_in_archive

_HEADER = re.compile(r"(?m)^[ \t]*\[model\][ \t]*(?:#.*)?$")
_NEXT_TABLE = re.compile(r"(?m)^[ \t]*\[")
_NAME = re.compile(r"(?m)^[ \t]*name[ \t]*=.*$")


def use(name: str, folder: Path) -> Path:
    """Makes `name` the archive's model; the file written."""
    return _write(folder, "name", name, lambda text: _with_name(text, name))


def add_rule(name: str, folder: Path, *, language: str | None, task: str | None) -> Path:
    """Has questions of a language or task answered by `name`; earlier rules come first."""
    conditions = {"language": language, "task": task}
    lines = [f"{key} = {json.dumps(value)}" for key, value in conditions.items() if value]
    block = "\n".join(["[[model.rules]]", *lines, f"use = {json.dumps(name)}"])
    return _write(folder, "rules", name, lambda text: f"{text.rstrip()}\n\n{block}\n".lstrip())


def _write(folder: Path, key: str, name: str, change: Callable[[str], str]) -> Path:
    if what := refused_in_archive(name):
        raise SettingsError(
            f"{name}: an archive's file travels, and may not name {what}",
            hint=f"set DEPECHE_MODEL__NAME={name} instead",
        )
    path = folder / FILE_NAME
    text = path.read_text("utf-8") if path.is_file() else ""
    changed = change(text)
    if not _only_that_changed(text, changed, key):
        raise SettingsError(
            f"{path} is written in a way that cannot be changed safely",
            hint=f"write  {key} = …{json.dumps(name)}  under [model] by hand",
        )
    folder.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f"{path.name}.{os.getpid()}.new")
    scratch.write_text(changed, encoding="utf-8")
    scratch.replace(path)
    return path


def _with_name(text: str, name: str) -> str:
    line = f"name = {json.dumps(name)}"
    header = _HEADER.search(text)
    if header is None:
        return f"{text.rstrip()}\n\n[model]\n{line}\n".lstrip()
    following = _NEXT_TABLE.search(text, header.end())
    end = following.start() if following else len(text)
    section = text[header.end() : end]
    named = _NAME.search(section)
    section = section[: named.start()] + line + section[named.end() :] if named else f"\n{line}{section}"
    return text[: header.end()] + section + text[end:]


def _only_that_changed(before: str, after: str, key: str) -> bool:
    try:
        old, new = tomllib.loads(before), tomllib.loads(after)
    except tomllib.TOMLDecodeError:
        return False
    for values in (old, new):
        model = values.get("model", {})
        if not isinstance(model, dict):
            return False
        values["model"] = {k: v for k, v in model.items() if k != key}
    return old == new
