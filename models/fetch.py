"""A model gets into the cache whole and verified, or not at all.

`pull` tries the sources of a catalogue entry in order. What arrives stands under a name ending
in `.part` until its sha256 is the catalogue's; then it is renamed, in one step, and a receipt is
written beside it. A file without a receipt is hashed before it is first used. Two pulls of one
model, in whatever processes, wait for each other.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from domain.errors import DownloadFailed, ModelCorrupt, ModelNotInstalled
from models import e5
from models.catalogue import FileSource, HubSource, IndexSource, ModelSpec, Recipe, Source
from models.hub import HUB_URL, address, download, stated_digest
from models.index import append_parts, forget_parts
from models.progress import Progress, silent
from models.receipt import Receipt, digest_file, read_receipt, receipt_path, write_receipt

HUB_SECONDS = 5.0  # a machine without the hub must get to the next source at once
# Beside the model: one wheel, and a container while it is unpacked.
SPARE_BYTES = 400 << 20


def installed(spec: ModelSpec, cache: Path) -> Path | None:
    """Where the model is, or None. What is returned has had its digest checked since it last changed."""
    for source in spec.sources:
        if isinstance(source, FileSource):
            return source.path if source.path.exists() else None
    target = cache / spec.file
    if not target.exists():
        return None
    receipt = read_receipt(target)
    if receipt is not None and receipt.unchanged(target):
        return target
    if spec.sha256 is None or not target.is_file():
        return None  # a folder without its receipt may be half a folder
    if digest_file(target) != spec.sha256:
        return None
    write_receipt(target, Receipt.of(target, source="found in the cache", digests={"": spec.sha256}))
    return target


def pull(
    spec: ModelSpec,
    *,
    cache: Path,
    progress: Progress | None = None,
    hub_timeout: float = HUB_SECONDS,
    hub_url: str = HUB_URL,
) -> Path:
    """The model's path in the cache, fetched from the first source that gives it.

    Raises DownloadFailed naming every source and why it failed, or ModelCorrupt when one of
    them gave other bytes than the catalogue's.
    """
    ready = installed(spec, cache)
    if ready is not None:
        return ready
    tell = progress or silent
    cache.mkdir(parents=True, exist_ok=True)
    with _alone(spec, cache, tell):
        ready = installed(spec, cache)  # another process may have just brought it
        if ready is not None:
            return ready
        failures: list[DownloadFailed | ModelCorrupt] = []
        for source in spec.sources:
            try:
                return _take(spec, source, cache, tell, hub_timeout=hub_timeout, hub_url=hub_url)
            except (DownloadFailed, ModelCorrupt) as fault:
                failures.append(fault)
            except OSError as fault:
                failures.append(DownloadFailed(f"writing to {cache}: {fault.strerror or fault}"))
    tried = "; ".join(
        f"{_describe(source)}: {fault.message}" for source, fault in zip(spec.sources, failures, strict=True)
    )
    if any(isinstance(fault, ModelCorrupt) for fault in failures):
        raise ModelCorrupt(f"no source gave {spec.name} intact: {tried}", hint="try again later")
    raise DownloadFailed(
        f"no source gave {spec.name}: {tried}",
        hint=f"connect to the network and repeat, or put the file at {cache / spec.file}",
    )


def verify(spec: ModelSpec, cache: Path, progress: Progress | None = None) -> Path:
    """Read every byte again. Raises ModelNotInstalled or ModelCorrupt."""
    target = next((s.path for s in spec.sources if isinstance(s, FileSource)), cache / spec.file)
    if not target.exists():
        raise ModelNotInstalled(f"{spec.name} is not installed", hint=f"depeche models pull {spec.name}")
    receipt = read_receipt(target)
    expected = {"": spec.sha256} if spec.sha256 else dict(receipt.digests) if receipt else {}
    if not expected:
        raise ModelCorrupt(
            f"{target} has no receipt: an interrupted installation", hint=f"depeche models pull {spec.name}"
        )
    for name, digest in expected.items():
        path = target / name if name else target
        if not path.is_file() or digest_file(path, progress) != digest:
            receipt_path(target).unlink(missing_ok=True)
            raise ModelCorrupt(
                f"{path} is not what was installed", hint=f"depeche models pull {spec.name} fetches it again"
            )
    return target


def remove(spec: ModelSpec, cache: Path) -> bool:
    """Take the model out of the cache, with any unfinished download; whether there was anything."""
    target = cache / spec.file
    part = _part(spec, cache)
    found = target.exists() or part.exists()
    with _alone(spec, cache, silent):
        receipt_path(target).unlink(missing_ok=True)
        _delete(target)
        forget_parts(part)
        _delete(_staging(spec, cache))
    return found


def weights_digest(path: Path) -> str | None:
    """The digest of the installed model at `path`: what a fingerprint of derived data should contain."""
    receipt = read_receipt(path)
    return receipt.identity if receipt else None


def _take(
    spec: ModelSpec, source: Source, cache: Path, tell: Progress, *, hub_timeout: float, hub_url: str
) -> Path:
    if isinstance(source, FileSource):
        raise DownloadFailed(f"{source.path} is not there")
    _require_space(spec, cache)
    if isinstance(source, HubSource):
        if len(source.files) == 1 and source.files[0].path == spec.file:
            return _hub_file(spec, source, cache, tell, hub_timeout, hub_url)
        return _hub_folder(spec, source, cache, tell, hub_timeout, hub_url)
    return _from_index(spec, source, cache, tell)


def _hub_file(
    spec: ModelSpec, source: HubSource, cache: Path, tell: Progress, timeout: float, hub_url: str
) -> Path:
    url = address(source, source.files[0].path, hub_url)
    stated_digest(url, timeout=timeout)
    part = _part(spec, cache)
    for resumed in (part.exists(), False):
        download(url, part, timeout=timeout, progress=tell, words=f"model hub, {spec.file}")
        try:
            return _accept(spec, source, part, cache, tell)
        except ModelCorrupt:
            # Bytes of an earlier attempt may be the damaged ones: once more, from the beginning.
            if not resumed:
                raise
    raise AssertionError("the loop above returns or raises")


def _hub_folder(
    spec: ModelSpec, source: HubSource, cache: Path, tell: Progress, timeout: float, hub_url: str
) -> Path:
    staging = _staging(spec, cache)
    digests: dict[str, str] = {}
    for file in source.files:
        url = address(source, file.path, hub_url)
        stated = stated_digest(url, timeout=timeout)
        path = staging / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        download(url, path, timeout=timeout, progress=tell, words=f"model hub, {file.path}")
        expected = file.sha256 or stated
        if expected is None:
            raise DownloadFailed(f"the hub states no digest for {file.path}")
        found = digest_file(path) if len(expected) == 64 else _git_blob(path)
        if found != expected:
            path.unlink()
            raise ModelCorrupt(f"{file.path} from the hub has digest {found}, not {expected}")
        digests[file.path] = digest_file(path)
    return _publish_folder(spec, source, staging, cache, digests)


def _from_index(spec: ModelSpec, source: IndexSource, cache: Path, tell: Progress) -> Path:
    part = _part(spec, cache)
    if source.recipe is Recipe.CONCATENATE:
        append_parts(source, part, total=spec.disk_bytes, progress=tell)
        return _accept(spec, source, part, cache, tell)
    append_parts(source, part, total=source.size or 0, progress=tell)
    _check(part, source.size, source.sha256, tell)
    staging = _staging(spec, cache)
    _delete(staging)
    staging.mkdir()
    tell(source.size or 0, source.size or 0, "unpacking")
    if source.recipe is Recipe.E5_Q4:
        e5.unpack(part, staging)
    else:
        _unzip(part, staging)
    forget_parts(part)
    names = sorted(p.relative_to(staging).as_posix() for p in staging.rglob("*") if p.is_file())
    return _publish_folder(spec, source, staging, cache, {n: digest_file(staging / n) for n in names})


def _unzip(archive_path: Path, folder: Path) -> None:
    """Members of a verified archive; a name that leads elsewhere is refused all the same."""
    with zipfile.ZipFile(archive_path) as archive:
        for info in archive.infolist():
            target = (folder / info.filename).resolve()
            is_link = stat.S_ISLNK(info.external_attr >> 16)
            if is_link or not target.is_relative_to(folder.resolve()):
                raise ModelCorrupt(f"{archive_path.name} holds a member outside its folder: {info.filename}")
        archive.extractall(folder)


def _accept(spec: ModelSpec, source: Source, part: Path, cache: Path, tell: Progress) -> Path:
    """The finished single file: verified, made durable, renamed."""
    digest = _check(part, spec.size, spec.sha256, tell)
    with part.open("rb") as file:
        os.fsync(file.fileno())
    target = cache / spec.file
    part.replace(target)
    forget_parts(part)
    write_receipt(target, Receipt.of(target, source=_describe(source), digests={"": digest}))
    return target


def _publish_folder(
    spec: ModelSpec, source: Source, staging: Path, cache: Path, digests: dict[str, str]
) -> Path:
    target = cache / spec.file
    receipt_path(target).unlink(missing_ok=True)  # first: a folder without its receipt counts for nothing
    _delete(target)
    staging.replace(target)
    write_receipt(target, Receipt.of(target, source=_describe(source), digests=digests))
    return target


def _check(part: Path, size: int | None, sha256: str | None, tell: Progress) -> str:
    """The digest of `part`, which is removed when it is not the expected one."""
    actual = part.stat().st_size
    if size is not None and actual != size:
        forget_parts(part)
        raise ModelCorrupt(f"{actual:,} bytes came, {size:,} expected")
    digest = digest_file(part, tell)
    if sha256 is not None and digest != sha256:
        forget_parts(part)
        raise ModelCorrupt(f"sha256 {digest}, expected {sha256}")
    return digest


def _git_blob(path: Path) -> str:
    """Git's object id of a file: what the hub states for files it does not keep in large storage."""
    data = path.read_bytes()
    return hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()


def _require_space(spec: ModelSpec, cache: Path) -> None:
    part = _part(spec, cache)
    have = part.stat().st_size if part.exists() else 0
    need = max(spec.disk_bytes - have, 0) + SPARE_BYTES
    free = shutil.disk_usage(cache).free
    if free < need:
        raise DownloadFailed(f"{need:,} bytes are needed in {cache}, {free:,} are free")


def _part(spec: ModelSpec, cache: Path) -> Path:
    return cache / f"{spec.file}.part"


def _staging(spec: ModelSpec, cache: Path) -> Path:
    return cache / f"{spec.file}.part.d"


def _delete(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _describe(source: Source) -> str:
    match source:
        case FileSource():
            return str(source.path)
        case HubSource():
            return f"model hub {source.repository}@{source.revision[:8]}"
        case IndexSource():
            return f"package index {source.requirement(1)}" + (
                f" … {source.parts}" if source.parts > 1 else ""
            )


@contextmanager
def _alone(spec: ModelSpec, cache: Path, tell: Progress) -> Iterator[None]:
    """One process at a time works on one model."""
    lock = FileLock(cache / f"{spec.file}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        tell(0, 0, f"waiting: another process is fetching {spec.name}")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()
