"""An evaluation set that somebody uploads: read as data, validated wholly, and kept only if it is in order.

- Its names never become paths: the place is drawn here, and a zip's entries are refused where they leave it.
- It may ask the archive or bring stories; it may not name files of this machine as its corpus.
- What is unpacked is bounded in number and size as it is written, whatever the zip says of itself.
- An error names the person's own file, line and field. Nothing is left of a set that was refused.
"""

from __future__ import annotations

import io
import shutil
import stat
import tomllib
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from domain.errors import SetError
from evaluation.sets import load_set
from runtime.sets import Origin, SetCard, Shelf

ENDINGS = (".csv", ".tsv", ".jsonl", ".json", ".zip")
MOST_FILES = 1_000
MOST_BYTES = 2 * 2**30  # unpacked; RealtimeQA's largest year is 0.1 GiB
_BLOCK = 1 << 20
_SHOWN = 100  # characters of a file's name that are kept as its title


def take_in(content: bytes, *, called: str, shelf: Shelf, by: str) -> SetCard:
    """Keeps an uploaded set. SetError where it is none, or not in order."""
    title = PurePosixPath(called.replace("\\", "/")).name[-_SHOWN:] or "set"
    ending = next((e for e in ENDINGS if title.casefold().endswith(e)), None)
    if ending is None:
        raise SetError(f"{title}: not a set by its name", hint=f"known: {', '.join(ENDINGS)}")
    path = shelf.drawn("" if ending == ".zip" else ending)
    beside = path.with_name(f".{path.name}")  # a set is listed when it is whole and was read
    try:
        if ending == ".zip":
            _unpack(content, beside, title)
            _refuse_paths(beside, title)
        else:
            beside.write_bytes(content)
        _validate(beside, title)
        beside.rename(path)
    finally:
        _remove(beside)
    return shelf.note(path, title=title, origin=Origin.UPLOADED, by=by)


def _unpack(content: bytes, folder: Path, title: str) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            entries = [one for one in packed.infolist() if not one.is_dir() and not _is_litter(one.filename)]
            if len(entries) > MOST_FILES:
                raise SetError(f"{title}: {len(entries)} files, at most {MOST_FILES} are taken")
            left = MOST_BYTES
            top = _common_folder([entry.filename for entry in entries])
            for entry in entries:
                to = folder / _place(entry, top, title)
                to.parent.mkdir(parents=True, exist_ok=True)
                left = _write(packed, entry, to, left, title)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, zlib.error) as error:
        # RuntimeError is what zipfile says to a password, NotImplementedError to a compression it has not,
        # OSError to an entry whose folder is another entry.
        raise SetError(f"{title}: not a zip that can be unpacked: {error}") from error


def _place(entry: zipfile.ZipInfo, top: str | None, title: str) -> PurePosixPath:
    place = PurePosixPath(entry.filename)
    kind = stat.S_IFMT(entry.external_attr >> 16)
    if place.is_absolute() or ".." in place.parts or "\\" in entry.filename or ":" in entry.filename:
        raise SetError(f"{title}: an entry leaves the set's folder: {entry.filename[:_SHOWN]!r}")
    if kind not in (0, stat.S_IFREG):
        raise SetError(f"{title}: an entry is no plain file: {entry.filename[:_SHOWN]!r}")
    if place.name.endswith(".gz") and place.name != "corpus.jsonl.gz":
        raise SetError(f"{title}: {place.name[:_SHOWN]!r} is packed twice", hint="unpack it before zipping")
    return place.relative_to(top) if top else place


def _write(packed: zipfile.ZipFile, entry: zipfile.ZipInfo, to: Path, left: int, title: str) -> int:
    with packed.open(entry) as source, to.open("wb") as target:
        while block := source.read(_BLOCK):
            left -= len(block)
            if left < 0:
                raise SetError(f"{title}: more than {MOST_BYTES // 2**30} GiB unpacked")
            target.write(block)
    return left


def _common_folder(names: list[str]) -> str | None:
    """The folder that holds everything, as a folder that was zipped gives it."""
    tops = {name.partition("/")[0] for name in names if "/" in name}
    return tops.pop() if len(tops) == 1 and all("/" in name for name in names) else None


def _is_litter(name: str) -> bool:
    return name.startswith("__MACOSX/") or PurePosixPath(name).name in (".DS_Store", "Thumbs.db")


def _refuse_paths(folder: Path, title: str) -> None:
    """Before anything is read of what it names: a corpus of `/` would be the whole machine."""
    manifest = folder / "set.toml"
    if not manifest.is_file():
        return
    try:
        named = tomllib.loads(manifest.read_text("utf-8")).get("corpus")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SetError(f"{title}, set.toml: {error}") from error
    for name in named if isinstance(named, list) else ():
        if "{" in str(name) or not (folder / str(name)).resolve().is_relative_to(folder.resolve()):
            raise SetError(
                f"{title}, set.toml: an uploaded set may not name files of this machine: {str(name)[:_SHOWN]!r}",
                hint="put the stories into the zip as corpus.jsonl, or write  corpus = []  to ask this archive",
            )


def _validate(path: Path, title: str) -> None:
    try:
        load_set(path)
    except SetError as error:
        raise SetError(error.message.replace(str(path), title), hint=error.hint) from error


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
