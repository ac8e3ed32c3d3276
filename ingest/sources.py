"""Files and folders to Sources: sorted, packed layers removed (gzip, bzip2, xz, zstd, zip, tar), nothing unpacked.

Hidden files, symbolic links met inside a folder, and the papers that accompany a collection (README,
LICENSE, SOURCE …) are passed over; a link named by the user himself is followed. Names inside an
archive are labels only; one that is absolute, climbs out with "..", or is a link is refused. A
stream that grows out of proportion to its compressed size, or is damaged, ends in a SourceError.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import os
import stat
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO, cast

from backports import zstd

from domain.errors import LimitExceeded, SourceError
from domain.protocols import Source
from domain.story import Rejected, SourceRef
from ingest import tarballs
from ingest.normalise import printable, reject
from ingest.tarballs import MAX_NESTED_BYTES, SPOOLED_BYTES

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

HEAD_BYTES = 1 << 16
MAX_RATIO = 200  # news text compresses 3 to 50 times; DEFLATE's limit, a bomb's aim, is 1,032
RATIO_FREE_BYTES = 16 * 1024 * 1024  # below this no proportion is asked for
MAX_LAYERS = 4  # archive in archive in archive
MAX_WINDOW_LOG = 27  # 128 MiB: the most memory that zstd may ask for; `zstd --ultra -22` asks for this much
_COMPANIONS = frozenset(
    {"readme", "license", "licence", "copying", "notice", "source", "authors", "changelog", "manifest"}
)
_ZIP = b"PK\x03\x04"
_ENCRYPTED = 0x1
_SEND_AGAIN = "send the file again, or unpack it by hand"


def _zstd(packed: BinaryIO) -> BinaryIO:
    limit: dict[int, int] = {zstd.DecompressionParameter.window_log_max: MAX_WINDOW_LOG}
    return cast(BinaryIO, zstd.ZstdFile(packed, options=limit))


_UNPACKERS: dict[bytes, Callable[[BinaryIO], BinaryIO]] = {
    b"\x1f\x8b": lambda packed: cast(BinaryIO, gzip.GzipFile(fileobj=packed)),
    b"BZh": lambda packed: cast(BinaryIO, bz2.BZ2File(packed)),
    b"\xfd7zXZ\x00": lambda packed: cast(BinaryIO, lzma.LZMAFile(packed)),  # noqa: SIM115 the caller closes it
    b"\x28\xb5\x2f\xfd": _zstd,
}
# zipfile trusts what a damaged archive says of names, offsets and extra fields: hence the last five.
_DAMAGED_ZIP = (
    zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, LookupError, OverflowError, struct.error,
)  # fmt: skip
_DAMAGED = (zlib.error, gzip.BadGzipFile, lzma.LZMAError, zstd.ZstdError, *_DAMAGED_ZIP)


@dataclass(slots=True)
class Meter:
    """Bytes read from disk so far, for progress. The one mutable thing here."""

    bytes_read: int = 0


def files_of(paths: Sequence[Path]) -> Iterator[Path]:
    """The files to read, folders walked in name order."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders[:] = sorted(name for name in folders if not name.startswith("."))
            for name in sorted(names):
                file = Path(folder, name)
                if not (name.startswith(".") or _is_companion(name) or file.is_symlink()):
                    yield file


def _is_companion(name: str) -> bool:
    stem, _, extension = name.casefold().partition(".")
    return stem in _COMPANIONS and extension in ("", "md", "txt", "rst")


def sources_of(file: Path, meter: Meter | None = None) -> Iterator[Source | Rejected]:
    """The streams in one file: itself, or the members of the archive it is.

    An archive is open only while the iteration stands at its members: read each before going on.
    """
    counter = meter or Meter()
    try:
        size = file.stat().st_size if file.is_file() else None
        if size is None:
            yield reject(SourceRef(path=shown(file), position=0), "no such file", "check the path")
            return

        def open_file() -> BinaryIO:
            return cast(BinaryIO, io.BufferedReader(_Counted(file, counter), HEAD_BYTES))

        yield from _layers(shown(file), open_file, size, layer=0)
    except (OSError, SourceError) as error:
        yield reject(SourceRef(path=shown(file), position=0), _reason(error), _SEND_AGAIN)


def shown(file: Path) -> str:
    """The path as text that can be stored and printed, whatever bytes its name is made of."""
    return printable(str(file))


def _reason(error: OSError | SourceError) -> str:
    return error.message if isinstance(error, SourceError) else f"cannot be read: {error.strerror or error}"


def _layers(
    path: str, opener: Callable[[], BinaryIO], size: int | None, *, layer: int
) -> Iterator[Source | Rejected]:
    with opener() as stream:
        head = stream.read(HEAD_BYTES)
    unpack = next((unpack for magic, unpack in _UNPACKERS.items() if head.startswith(magic)), None)
    is_zip, is_tar = head.startswith(_ZIP), tarballs.is_tar(head)
    if (unpack or is_zip or is_tar) and layer >= MAX_LAYERS:
        raise LimitExceeded(f"{path} is packed more than {MAX_LAYERS} times", hint="unpack it by hand")
    if unpack:
        yield from _layers(path, lambda: _unpacked(path, opener(), unpack), None, layer=layer + 1)
    elif is_zip:
        yield from _members(path, opener, layer=layer + 1)
    elif is_tar:
        yield from _tar_members(path, opener, layer=layer + 1)
    else:
        yield Source(path=path, open=opener, head=head, size=size)


def _unpacked(path: str, packed: BinaryIO, unpack: Callable[[BinaryIO], BinaryIO]) -> BinaryIO:
    counted = _Through(packed)
    return _guarded(path, unpack(cast(BinaryIO, counted)), lambda: counted.total, packed.close)


def _tar_members(path: str, opener: Callable[[], BinaryIO], *, layer: int) -> Iterator[Source | Rejected]:
    with opener() as stream:
        for member in tarballs.members(path, stream):
            if _is_companion(PurePosixPath(member.name).name):
                continue
            label = printable(f"{path}!{member.name}")
            if member.objection:
                yield reject(
                    SourceRef(path=label, position=0), member.objection, "unpack the archive by hand"
                )
                continue
            try:
                yield from _layers(label, member.open, member.size, layer=layer)
            except SourceError as error:
                yield reject(SourceRef(path=label, position=0), error.message, error.hint or _SEND_AGAIN)


def _members(path: str, opener: Callable[[], BinaryIO], *, layer: int) -> Iterator[Source | Rejected]:
    with opener() as stream, _seekable(path, stream) as whole, _opened(path, whole) as archive:
        for member in archive.infolist():
            if member.is_dir() or _is_companion(PurePosixPath(member.filename).name):
                continue
            label = printable(f"{path}!{member.filename}")
            if objection := _objection(member):
                yield reject(SourceRef(path=label, position=0), objection, "unpack the archive by hand")
                continue
            try:
                yield from _layers(
                    label, _member_opener(label, archive, member), member.file_size, layer=layer
                )
            except SourceError as error:
                yield reject(SourceRef(path=label, position=0), error.message, error.hint or _SEND_AGAIN)


def _seekable(path: str, stream: BinaryIO) -> BinaryIO:
    """A zip archive is read from its end: one that comes out of another layer is set down first."""
    if stream.seekable():
        return stream
    whole = tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES)  # noqa: SIM115 the caller closes it
    while block := stream.read(HEAD_BYTES):
        whole.write(block)
        if whole.tell() > MAX_NESTED_BYTES:
            whole.close()
            raise LimitExceeded(f"{path} is too large for an archive in an archive", hint="unpack it by hand")
    whole.seek(0)
    return cast(BinaryIO, whole)


def _opened(path: str, stream: BinaryIO) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(stream)
    except _DAMAGED_ZIP as error:
        raise SourceError(f"{path} is a damaged zip archive: {error}", hint=_SEND_AGAIN) from error


def _objection(member: zipfile.ZipInfo) -> str | None:
    name = PurePosixPath(member.filename.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts:
        return "the archive's member has a path that leads out of it"
    if stat.S_ISLNK(member.external_attr >> 16):
        return "the archive's member is a link"
    if member.flag_bits & _ENCRYPTED:
        return "the archive's member is encrypted"
    return None


def _member_opener(label: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def open_member() -> BinaryIO:
        try:
            stream = archive.open(member)
        except _DAMAGED_ZIP as error:
            raise SourceError(f"{label} cannot be unpacked: {error}", hint=_SEND_AGAIN) from error
        return _guarded(label, cast(BinaryIO, stream), lambda: member.compress_size)

    return open_member


def _guarded(
    path: str, stream: BinaryIO, compressed: Callable[[], int], on_close: Callable[[], None] | None = None
) -> BinaryIO:
    return cast(BinaryIO, io.BufferedReader(_Guarded(path, stream, compressed, on_close), HEAD_BYTES))


class _Counted(io.FileIO):
    """A file that adds what is read from it to a meter."""

    def __init__(self, file: Path, meter: Meter) -> None:
        super().__init__(file, "r")
        self._meter = meter

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        count = super().readinto(buffer) or 0
        self._meter.bytes_read += count
        return count


class _Through:
    """The little of a file that the unpackers ask for, counting what passes."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.total = 0

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self.total += len(block)
        return block

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


class _Guarded(io.RawIOBase):
    """A decompressed stream that refuses to explode, and says in our words when it is damaged."""

    def __init__(
        self,
        path: str,
        stream: BinaryIO,
        compressed: Callable[[], int],
        on_close: Callable[[], None] | None,
    ) -> None:
        super().__init__()
        self._path, self._stream, self._compressed, self._on_close = path, stream, compressed, on_close
        self._total = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer)
        try:
            block = self._stream.read(len(view))
        except _DAMAGED as error:
            raise SourceError(
                f"{self._path} is damaged after byte {self._total}: {error}", hint=_SEND_AGAIN
            ) from error
        self._total += len(block)
        if self._total > RATIO_FREE_BYTES and self._total > MAX_RATIO * max(1, self._compressed()):
            raise LimitExceeded(
                f"{self._path} unpacks to more than {MAX_RATIO} times its size",
                hint="unpack it by hand if it is sound",
            )
        view[: len(block)] = block
        return len(block)

    def close(self) -> None:
        if not self.closed:
            self._stream.close()
            if self._on_close:
                self._on_close()
        super().close()
