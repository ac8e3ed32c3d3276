"""Files of a set read row by row: whatever is wrong is a SetError naming file, place and field.

A Row knows where it stands ("my.csv, line 7"; "dev.json, data[0].paragraphs[2]"), so that a loader
asks for a field and never words an error itself.
"""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, cast

import orjson

from domain.errors import SetError


@dataclass(frozen=True, slots=True)
class Row:
    """An object of a file, with its place."""

    values: dict[str, object]
    where: str

    def has(self, name: str) -> bool:
        return self.values.get(name) not in (None, "", [], {})

    def text(self, name: str) -> str:
        """A text or number that must be there."""
        found = self.optional_text(name)
        if found is None:
            raise SetError(f"{self.where}: no {name!r}")
        return found

    def optional_text(self, name: str) -> str | None:
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.refuse(name, "a text")
        return str(value).strip() or None

    def texts(self, name: str) -> tuple[str, ...]:
        """A text or a list of texts, those that are empty left out; () when there is none."""
        value = self.values.get(name)
        if value is None:
            return ()
        if not isinstance(value, list):
            found = self.optional_text(name)
            return (found,) if found else ()
        if not all(isinstance(one, str | int | float) and not isinstance(one, bool) for one in value):
            raise self.refuse(name, "a list of texts")
        return tuple(text for one in value if (text := str(one).strip()))

    def parts(self, name: str) -> tuple[tuple[str, ...], ...]:
        """A text, a list of texts, or a list of lists: each part with its wordings."""
        value = self.values.get(name)
        if not isinstance(value, list):
            found = self.optional_text(name)
            return ((found,),) if found else ()
        return tuple(wordings for one in value if (wordings := Row({name: one}, self.where).texts(name)))

    def rows(self, name: str) -> list[Row]:
        """A list of objects that must be there."""
        value = self.values.get(name)
        if not isinstance(value, list):
            raise SetError(
                f"{self.where}: no {name!r}" if value is None else str(self.refuse(name, "a list"))
            )
        return [as_row(one, f"{self.where}.{name}[{at}]") for at, one in enumerate(value)]

    def flag(self, name: str) -> bool | None:
        """yes, no, true, false, 1, 0; None when it is not said."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        said = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
        found = said.get(str(value).strip().casefold())
        if found is None:
            raise self.refuse(name, "yes or no")
        return found

    def moment(self, name: str, *, called: str | None = None) -> datetime | None:
        """An ISO date or instant; "2022/07/08" is taken too."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        try:
            moment = datetime.fromisoformat(str(value).strip().replace("/", "-"))
        except ValueError as error:
            raise SetError(f"{self.where}: {called or name} = {value!r} is not an ISO date") from error
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def refuse(self, name: str, wanted: str) -> SetError:
        return SetError(f"{self.where}: {name!r} is not {wanted}: {str(self.values.get(name))[:80]!r}")


def as_row(value: object, where: str) -> Row:
    if not isinstance(value, dict):
        raise SetError(f"{where}: not an object")
    return Row(cast("dict[str, object]", value), where)


def open_bytes(path: Path) -> BinaryIO:
    """The file's content, gzip removed."""
    if not path.is_file():
        raise SetError(f"{path} is missing")
    return cast("BinaryIO", gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def json_lines(path: Path, *, optional: bool = False) -> Iterator[Row]:
    """The objects of a JSONL file; empty lines are passed over. Nothing, if it is optional and absent."""
    if optional and not path.is_file():
        return
    with open_bytes(path) as lines:
        for number, line in enumerate(lines, start=1):
            if line.strip():
                where = f"{path}, line {number}"
                try:
                    value = orjson.loads(line)
                except orjson.JSONDecodeError as error:
                    raise SetError(f"{where}: not JSON: {error}") from error
                yield as_row(value, where)


def json_document(path: Path) -> object:
    with open_bytes(path) as stream:
        content = stream.read()
    try:
        return cast("object", orjson.loads(content.removeprefix(b"\xef\xbb\xbf")))
    except orjson.JSONDecodeError as error:
        raise SetError(f"{path}, line {error.lineno}: not JSON: {error.msg}") from error


def json_list(path: Path) -> list[Row]:
    """The objects of a file that is one JSON array."""
    content = json_document(path)
    if not isinstance(content, list):
        raise SetError(f"{path}: not a JSON array")
    return [as_row(one, f"{path}, item {at}") for at, one in enumerate(content, start=1)]
