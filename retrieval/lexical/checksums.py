"""Proves a Tantivy index by its own checksums: every file of every committed segment ends in a CRC-32 of itself.

Tantivy verifies them only when asked, and its Python binding does not ask: the footer (a JSON text, its
length, a magic number) is read here. Files of no committed segment, which a writer may be making or
removing, are not looked at.
"""

from __future__ import annotations

import json
import struct
import zlib
from pathlib import Path

from retrieval.files import REBUILD

META = "meta.json"
_TAIL = struct.Struct("<II")  # length of the footer's JSON, and:
_MAGIC = 1337
_COMPONENTS = ("fast", "fieldnorm", "idx", "pos", "store", "term")
_BLOCK = 1 << 20


def damaged_files(folder: Path) -> list[str]:
    """What is wrong with the index in `folder`, in words; empty when every byte is as it was committed."""
    meta = (folder / META).read_bytes()
    found = [problem for name in _committed(meta) for problem in _segment_problems(folder, name)]
    # A merge that ended meanwhile has removed what it joined: what it left is looked at instead.
    return damaged_files(folder) if found and (folder / META).read_bytes() != meta else found


def _committed(meta: bytes) -> list[str]:
    """Names of the committed segments, as their files begin."""
    return [str(segment["segment_id"]).replace("-", "") for segment in json.loads(meta)["segments"]]


def _segment_problems(folder: Path, name: str) -> list[str]:
    files = {f"{name}.{component}" for component in _COMPONENTS} | {
        file.name for file in folder.glob(f"{name}.*")
    }
    return [
        f"{folder.name}/{file}: {problem}; {REBUILD}"
        for file in sorted(files)
        if (problem := _file_problem(folder / file))
    ]


def _file_problem(file: Path) -> str | None:
    try:
        size = file.stat().st_size
        with file.open("rb") as stream:
            stream.seek(max(0, size - _TAIL.size))
            length, magic = _TAIL.unpack(stream.read(_TAIL.size))
            content = size - _TAIL.size - length
            if magic != _MAGIC or content < 0:
                return "its end is not what was written"
            stream.seek(content)
            stated = json.loads(stream.read(length))["crc"]
            stream.seek(0)
            checksum = 0
            while content:
                block = stream.read(min(_BLOCK, content))
                if not block:
                    return "it is shorter than it was"
                checksum = zlib.crc32(block, checksum)
                content -= len(block)
    except FileNotFoundError:
        return "it is missing"
    except (OSError, struct.error, ValueError, LookupError, TypeError):
        return "it cannot be read"
    return None if checksum == stated else "checksum differs"
