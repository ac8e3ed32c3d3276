"""Which loader reads a path, by what stands in it; and every set that can be found below a folder."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from domain.errors import SetError
from evaluation.sets import alce, beir, multihop, own, realtimeqa, rgb, squad, trec
from evaluation.sets.model import EvalSet
from evaluation.sets.rows import Row, json_document, json_lines, json_list

Loader = Callable[[Path, Path | None], EvalSet]

LOADERS: dict[str, Loader] = {
    "beir": beir.load,
    "trec": trec.load,
    "squad": squad.load,
    "rgb": rgb.load,
    "multihop-rag": multihop.load,
    "alce": alce.load,
    "realtimeqa": realtimeqa.load,
    "csv": own.load,
    "jsonl": own.load,
}
_SET_ENDINGS = (".jsonl", ".jsonl.gz", ".json", ".json.gz", *own.CSV_ENDINGS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A set below a folder: read wholly, or the reason why it cannot be."""

    path: Path
    format: str | None
    read: EvalSet | None = None
    problem: SetError | None = None


def load_set(path: Path, *, shared: Path | None = None, format: str | None = None) -> EvalSet:
    """Reads and validates the set at `path`. Raises SetError naming file, line and field.

    `shared` stands for "{shared}" in set.toml. `format` None: recognised by content.
    """
    chosen = format or recognise(path)
    if chosen not in LOADERS:
        raise SetError(f"no set format is called {chosen!r}", hint=f"one of {', '.join(LOADERS)}")
    return LOADERS[chosen](path, shared)


def recognise(path: Path) -> str:
    """The format's name. SetError where nothing is known that looks like this."""
    if path.is_dir():
        return _of_folder(path)
    if not path.is_file():
        raise SetError(
            f"{path} is not a folder, nor a file",
            hint="name a set: a folder in the BEIR layout, a CSV of questions …: see docs/sets.md",
        )
    if path.name.casefold().endswith(own.CSV_ENDINGS):
        return "csv"
    if not path.name.endswith(_SET_ENDINGS):
        raise SetError(f"{path}: not a set by its name", hint="known: .csv, .tsv, .jsonl, .json, folders")
    return _of_json(path)


def find_sets(roots: Sequence[Path], *, shared: Path | None = None) -> Iterator[Found]:
    """Each root if it is a set, else the sets that are its direct children; all of them read wholly."""
    for root in roots:
        for path in set_paths(root):
            name: str | None = None
            try:
                name = recognise(path)
                yield Found(path=path, format=name, read=LOADERS[name](path, shared))
            except SetError as error:
                yield Found(path=path, format=name, problem=error)


def set_paths(root: Path) -> list[Path]:
    """The root if it is a set, else its children that look like one. None of them is read wholly."""
    return [root] if root.is_file() or _is_set_folder(root) else _children(root)


def _children(folder: Path) -> list[Path]:
    if not folder.is_dir():
        return [folder]  # recognise says what is wrong with it
    return [child for child in sorted(folder.iterdir()) if child.is_dir() and _is_set_folder(child)]


def _is_set_folder(path: Path) -> bool:
    if not path.is_dir():
        return False
    if (path / "queries.jsonl").is_file() or (path / multihop.QUESTIONS).is_file():
        return True
    jsons = squad.files(path)
    return bool(realtimeqa.files(path)) or trec.is_trec(path) or (bool(jsons) and squad.is_squad(jsons[0]))


def _of_folder(folder: Path) -> str:
    if (folder / "queries.jsonl").is_file() or (folder / "set.toml").is_file():
        return "beir"
    if (folder / multihop.QUESTIONS).is_file():
        return "multihop-rag"
    if realtimeqa.files(folder):
        return "realtimeqa"
    if trec.is_trec(folder):
        return "trec"
    jsons = squad.files(folder)
    return "squad" if jsons and squad.is_squad(jsons[0]) else "beir"


def _of_json(path: Path) -> str:
    """JSONL by its first object, JSON by its shape. RGB calls its JSONL .json."""
    first = _first_line(path)
    if first is not None:
        if realtimeqa.is_realtimeqa(first):
            return "realtimeqa"
        return "rgb" if rgb.is_rgb(first) else "jsonl"
    if isinstance(json_document(path), dict):
        return "squad"
    rows = json_list(path)
    if not rows:
        raise SetError(f"{path} holds no question")
    if multihop.is_multihop(rows[0]):
        return "multihop-rag"
    if alce.is_alce(rows[0]):
        return "alce"
    raise SetError(
        f"{path}: a JSON array of no known set", hint="one object a line makes it JSONL: see docs/sets.md"
    )


def _first_line(path: Path) -> Row | None:
    """The first line's object; None where the file is one JSON document."""
    if ".jsonl" in path.name:
        return next(json_lines(path), Row({}, str(path)))
    try:
        first = next(json_lines(path), None)
    except SetError:
        return None  # the first line of an array or of an indented object is no object by itself
    return None if first is None or isinstance(first.values.get("data"), list) else first
