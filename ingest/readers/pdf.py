"""PDF (`pdf`): the text layer in reading order, columns included; scanned pages through Tesseract.

Each file is read in a process of its own with limits on time, memory and pages, so that a file made to
exhaust the reader ends as one Rejected. A page without a text layer is given to the `tesseract` command;
without it the file is Rejected with the remedy. One file is one story: its headline is the title in its
properties, else the largest line at its head; its date is the day that the path names, else the date
of creation in the properties of a file that was not scanned (a scan's is the day of scanning).
The position is 0.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from domain.errors import LimitExceeded, SourceError
from domain.protocols import Source
from domain.story import Item
from ingest.normalise import Draft, finish, reject
from ingest.readers.dated_path import date_in

MAX_FILE_BYTES = 256 * 1024 * 1024
MAX_PAGES = 400
SECONDS = 60.0  # for the text layer: 400 dense pages (2.4 million characters) take 18 s of one core here
SECONDS_A_SCANNED_PAGE = 180.0  # a full page takes Tesseract some 15 s of one core, and others may share it
MEMORY_BYTES = 2 * 1024**3  # of address space; those 400 pages took 57 MB of memory
_WORKER = Path(__file__).with_name("pdf_worker.py")
_BLOCK = 1 << 20
_BROKEN_WORD = re.compile(r"(?<=[^\W\d_])[-\u00ad]\n(?=[^\W\d_A-Z])")
_CREATED = re.compile(r"D:(\d{4})(\d{2})(\d{2})(\d{2})?(\d{2})?(\d{2})?(?:([+-])(\d{2})'?(\d{2})?|Z)?")
_LANGUAGES = ("eng", "fra", "deu", "spa", "por", "ara")  # of those, the ones that are installed
_INSTALL = (
    "install it: apt-get install tesseract-ocr tesseract-ocr-fra tesseract-ocr-deu (… one for each language)"
)
_HEADLINE_CHARACTERS = 150
_FILE_NAME = re.compile(r"\.(?:pdf|tiff?|docx?|indd|qxd)\b|^(?:untitled|microsoft word)|^scan", re.I)


class PdfReader:
    name = "pdf"

    def __init__(
        self, *, seconds: float = SECONDS, max_pages: int = MAX_PAGES, memory_bytes: int = MEMORY_BYTES
    ) -> None:
        self._seconds, self._max_pages, self._memory_bytes = seconds, max_pages, memory_bytes

    def accepts(self, source: Source) -> bool:
        return b"%PDF-" in source.head[:1024]

    def read(self, source: Source, *, provider: str | None) -> Iterator[Item]:
        ref = source.ref(0)
        with tempfile.TemporaryDirectory(prefix="depeche-pdf-") as folder:
            path = Path(folder) / "story.pdf"
            try:
                _copy(source, path)
                draft = self._draft(path, source.path)
            except SourceError as error:
                yield reject(ref, error.message, error.hint or "save the PDF again", source.head)
                return
        if draft.published is None:
            remedy = "begin the file's name with the date: 1987-03-26 name.pdf"
            yield reject(ref, "the PDF has no date", remedy, source.head)
            return
        yield finish(draft, ref, provider=provider, raw=source.head)

    def _draft(self, path: Path, named: str) -> Draft:
        answer = self._worker("text", path)
        pages: list[list[str]] = answer["pages"]
        scanned = [number for number, paragraphs in enumerate(pages) if not paragraphs]
        if scanned:
            self._recognise(path, pages, scanned)
        paragraphs = [paragraph for page in pages for paragraph in page]
        title = "" if scanned else str(answer.get("title") or "").strip()
        headline = title if title and not _FILE_NAME.search(title) else answer.get("headline")
        if headline is None and len(paragraphs) > 1 and _is_headline(paragraphs[0]):
            headline = paragraphs[0]
        if headline and paragraphs and paragraphs[0] == headline:
            paragraphs = paragraphs[1:]
        created = None if scanned else _created(str(answer.get("created") or ""))
        return Draft(
            body="\n\n".join(paragraphs),
            published=date_in(named) or created,
            headline=headline,
            byline=str(answer.get("author") or "").strip() or None,
        )

    def _recognise(self, path: Path, pages: list[list[str]], scanned: list[int]) -> None:
        tesseract = shutil.which("tesseract")
        if tesseract is None:
            raise SourceError(
                f"{len(scanned)} of {len(pages)} pages are pictures, and tesseract is not installed",
                hint=_INSTALL,
            )
        languages = _installed(tesseract)
        for number in scanned:
            picture = path.with_name(f"{number}.png")
            self._worker("picture", path, str(number), str(picture))
            pages[number] = _recognised(tesseract, picture, languages)
            picture.unlink()

    def _worker(self, task: str, path: Path, *arguments: str) -> dict[str, Any]:
        command = [
            sys.executable,
            "-I",
            str(_WORKER),
            task,
            str(path),
            str(self._memory_bytes),
            str(self._max_pages),
        ]
        try:
            done = subprocess.run(
                [*command, *arguments], capture_output=True, timeout=self._seconds, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise LimitExceeded(
                f"the PDF took longer than {self._seconds:.0f} s", hint="split it, or print it to PDF again"
            ) from error
        answer: dict[str, Any] = {}
        if done.stdout:
            answer = json.loads(done.stdout)
        if done.returncode or "error" in answer:
            reason = answer.get("error") or f"its reader ended with status {done.returncode}"
            raise SourceError(
                f"the PDF cannot be read: {reason}", hint="print it to PDF again, without a password"
            )
        return answer


def _is_headline(paragraph: str) -> bool:
    return len(paragraph) <= _HEADLINE_CHARACTERS and paragraph[-1] not in ".,;:-"


def _copy(source: Source, path: Path) -> None:
    size = 0
    with source.open() as stream, path.open("wb") as copy:
        while block := stream.read(_BLOCK):
            size += len(block)
            if size > MAX_FILE_BYTES:
                raise LimitExceeded(f"the PDF is larger than {MAX_FILE_BYTES >> 20} MiB", hint="split it")
            copy.write(block)


def _installed(tesseract: str) -> str:
    listed = subprocess.run(
        [tesseract, "--list-langs"], capture_output=True, text=True, timeout=20, check=False
    )
    installed = set(listed.stdout.split())
    return "+".join(language for language in _LANGUAGES if language in installed) or "eng"


def _recognised(tesseract: str, picture: Path, languages: str) -> list[str]:
    """Paragraphs that Tesseract reads, in its reading order (page segmentation with columns)."""
    command = [tesseract, str(picture), "stdout", "-l", languages, "--psm", "3"]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS_A_SCANNED_PAGE, check=False)
    except subprocess.TimeoutExpired as error:
        raise LimitExceeded(
            f"a page took tesseract longer than {SECONDS_A_SCANNED_PAGE:.0f} s",
            hint="scan it again, straight",
        ) from error
    if done.returncode:
        raise SourceError(f"tesseract failed: {done.stderr.decode('utf-8', 'replace')[:200]}", hint=_INSTALL)
    return _whole(re.split(r"\n\s*\n", done.stdout.decode("utf-8", "replace").replace("\f", "")))


def _whole(blocks: list[str]) -> list[str]:
    """Blocks as paragraphs; one that begins in the middle of a sentence goes on from the one before."""
    found: list[str] = []
    for block in filter(None, map(str.strip, blocks)):
        text = _BROKEN_WORD.sub("", block).replace("\n", " ")
        if found and text[0].islower() and found[-1][-1] not in ".!?:;":
            found[-1] += " " + text
        else:
            found.append(text)
    return found


def _created(stated: str) -> str | None:
    match = _CREATED.match(stated)
    if not match:
        return None
    year, month, day, hour, minute, second, sign, hours, minutes = match.groups()
    zone = f"{sign}{hours}:{minutes or '00'}" if sign else "+00:00"
    return f"{year}-{month}-{day}T{hour or '00'}:{minute or '00'}:{second or '00'}{zone}"
