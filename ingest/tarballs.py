"""The members of a tar archive, one after another, whatever stream it comes out of.

Nothing is unpacked into the file system by name: a member is set down in memory, or beyond
SPOOLED_BYTES in a nameless temporary file, while it is read. A name that leads out, a link, a device
and a sparse file are refused, and so is a header made to fill the memory.
"""

from __future__ import annotations

import io
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import IO, BinaryIO, Self, cast

from domain.errors import LimitExceeded, SourceError

SPOOLED_BYTES = 32 * 1024 * 1024  # an archive's member is held in memory up to here, then in a file
MAX_NESTED_BYTES = 1024 * 1024 * 1024
_MAX_HEADER_BYTES = 1024 * 1024  # of a long name or a pax header; real ones are under a few kB
_BLOCK = 1 << 16
_LONG = frozenset({tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.SOLARIS_XHDTYPE, tarfile.GNUTYPE_LONGNAME,
                   tarfile.GNUTYPE_LONGLINK})  # fmt: skip
_SEND_AGAIN = "send the file again, or unpack it by hand"


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of the archive; `objection` says why it is not read, and then `open` must not be called."""

    name: str
    size: int
    open: Callable[[], BinaryIO]
    objection: str | None = None


class _Header(tarfile.TarInfo):
    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        header = super().frombuf(buf, encoding, errors)
        if header.type in _LONG and header.size > _MAX_HEADER_BYTES:
            raise LimitExceeded(
                f"the tar archive has a header of {header.size} bytes",
                hint="unpack it by hand if it is sound",
            )
        return header


def is_tar(head: bytes) -> bool:
    """By the checksum of its first header, which old archives without a signature have too."""
    try:
        tarfile.TarInfo.frombuf(head[: tarfile.BLOCKSIZE], "utf-8", "surrogateescape")
    except tarfile.TarError:
        return False
    return True


def members(path: str, stream: BinaryIO) -> Iterator[Member]:
    """In order; each can be opened, as often as wanted, until the next is asked for. Raises SourceError."""
    with ExitStack() as held, _explained(path):
        archive = held.enter_context(
            tarfile.open(fileobj=stream, mode="r|", tarinfo=_Header, errors="replace")
        )
        for header in archive:
            if header.isdir():
                continue
            if objection := _objection(header):
                yield Member(name=header.name, size=0, open=io.BytesIO, objection=objection)
                continue
            content = archive.extractfile(header)
            assert content is not None  # a regular file has content
            with _set_down(content) as copy:
                yield Member(name=header.name, size=header.size, open=copy)


@contextmanager
def _explained(path: str) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
        raise SourceError(f"{path} is a damaged tar archive: {error}", hint=_SEND_AGAIN) from error


def _objection(header: tarfile.TarInfo) -> str | None:
    name = PurePosixPath(header.name.replace("\\", "/"))
    if name.is_absolute() or ".." in name.parts:
        return "the archive's member has a path that leads out of it"
    if header.issym() or header.islnk():
        return "the archive's member is a link"
    if not header.isfile() or header.issparse():
        return "the archive's member is a device or a sparse file"
    if header.size > MAX_NESTED_BYTES:
        return f"the archive's member is larger than {MAX_NESTED_BYTES >> 20} MiB"
    return None


@contextmanager
def _set_down(content: IO[bytes]) -> Iterator[Callable[[], BinaryIO]]:
    with tempfile.SpooledTemporaryFile(max_size=SPOOLED_BYTES) as whole:
        while block := content.read(_BLOCK):
            whole.write(block)

        def opened() -> BinaryIO:
            whole.seek(0)
            return cast(BinaryIO, io.BufferedReader(_Borrowed(cast(BinaryIO, whole)), _BLOCK))

        yield opened


class _Borrowed(io.RawIOBase):
    """The copy from its beginning, for one reader; closing it leaves the copy to the next."""

    def __init__(self, copy: BinaryIO) -> None:
        super().__init__()
        self._copy = copy
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        if whence == io.SEEK_SET:
            self._at = offset
        elif whence == io.SEEK_CUR:
            self._at += offset
        else:
            self._at = self._copy.seek(offset, whence)
        return self._at

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        view = memoryview(buffer)
        self._copy.seek(self._at)
        block = self._copy.read(len(view))
        view[: len(block)] = block
        self._at += len(block)
        return len(block)
