"""Input made to break, exhaust or mislead: each costs itself a row in quarantine, and the batch nothing.

What can be repaired is taken in repaired; everything else is kept aside with file, position, reason
and remedy. Nothing is fetched, executed, or written outside the archive's folder.
"""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import os
import stat
import subprocess
import sys
import tarfile
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from backports import zstd

from db.store import Failure, StoryStore
from domain.story import IngestReport, Version
from ingest import readers
from ingest.pipeline import ingest
from ingest.readers.pdf import PdfReader
from tests.ingest.readers.test_pdf import pdf
from tests.ingest.samples import count_tokens

ROOT = Path(__file__).resolve().parents[2]
CANARY = "the secret that no story may hold"
DATE = "2020-01-01T10:00:00Z"


def item(guid: str, **fields: object) -> str:
    return json.dumps(
        {"guid": guid, "provider": "test", "date": DATE, "headline": f"H {guid}", "body": f"Text {guid}."}
        | fields
    )


def nitf(body: str, *, doctype: str = "", guid: str = "n", encoding: str = "utf-8") -> str:
    return (
        f'<?xml version="1.0" encoding="{encoding}"?>{doctype}<nitf><head><docdata><doc-id id-string="{guid}"/>'
        f'<date.issue norm="20200101T100000Z"/></docdata></head><body><body.head><hedline><hl1>Head</hl1></hedline>'
        f"</body.head><body.content>{body}</body.content></body></nitf>"
    )


def zipped(members: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        for name, target in (links or {}).items():
            link = zipfile.ZipInfo(name)
            link.external_attr = (stat.S_IFLNK | 0o777) << 16
            archive.writestr(link, target)
    return buffer.getvalue()


def tarred(members: dict[str, bytes], links: dict[str, str] | None = None) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, target in (links or {}).items():
            for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE):
                link = tarfile.TarInfo(f"{name}{kind.decode()}")
                link.type, link.linkname = kind, target
                archive.addfile(link)
        for name, content in members.items():
            header = tarfile.TarInfo(name)
            header.size = len(content)
            archive.addfile(header, io.BytesIO(content))
    return buffer.getvalue()


class Taken:
    """What one hostile file, ingested between two sound ones, left behind."""

    def __init__(self, folder: Path, name: str, content: bytes) -> None:
        self.feed = folder / "feed"
        self.feed.mkdir()
        (folder / "secret.txt").write_text(CANARY)
        (self.feed / "a.jsonl").write_text(item("before"))
        (self.feed / name).write_bytes(content)
        (self.feed / "z.jsonl").write_text(item("after"))
        before = tree(folder)
        with StoryStore.open(f"sqlite:///{folder / 'archive' / 'archive.sqlite'}") as store:
            self.report: IngestReport = ingest(
                [self.feed], store=store, count_tokens=count_tokens, processes=0
            )
            self.failures: list[Failure] = store.failures()
            self.versions: dict[str, Version] = {
                passage.guid: store.version(passage.guid)
                for batch in store.iter_passages()
                for passage in batch
            }
        assert tree(folder) == before, "something was written outside the archive's folder"
        assert {"before", "after"} <= self.versions.keys(), "the rest of the batch did not go in"
        assert self.report.quarantined == len(self.failures)
        assert not any(CANARY in f"{v.headline} {v.body}" for v in self.versions.values())
        for failure in self.failures:
            assert Path(failure.path.partition("!")[0]) == self.feed / name
            assert failure.position >= 0
            assert failure.reason
            assert failure.remedy

    @property
    def reasons(self) -> list[str]:
        return [failure.reason for failure in self.failures]

    @property
    def story(self) -> Version:
        (guid,) = self.versions.keys() - {"before", "after"}
        return self.versions[guid]


def tree(folder: Path) -> dict[str, bytes]:
    """Every file outside the archive's folder, with its content."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and path.relative_to(folder).parts[0] != "archive"
    }


@pytest.fixture(autouse=True)
def _temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Temporary files are made where the test looks for what was left behind."""
    folder = tmp_path / "tmp"
    folder.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(folder))


def entity_bomb() -> bytes:
    levels = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    return nitf("<p>before &a9; after</p>", doctype=f'<!DOCTYPE nitf [<!ENTITY a0 "lol">{levels}]>').encode()


def external_entity(address: str) -> bytes:
    return nitf("<p>Read &x; here</p>", doctype=f'<!DOCTYPE nitf [<!ENTITY x SYSTEM "{address}">]>').encode()


def padded(size: int) -> bytes:
    """One story, then empty lines: nothing in it is large but the whole."""
    return item("inside").encode() + b"\n" + (b" " * 8191 + b"\n") * (size // 8192)


OUT, LINK = "leads out", "is a link"
BOMB = 64 << 20
KEPT_ASIDE: dict[str, tuple[bytes, list[str]]] = {
    "entity-bomb.xml": (entity_bomb(), ["amplification"]),
    "entity-file.xml": (external_entity("../secret.txt"), ["entity that the file declares"]),
    "entity-network.xml": (external_entity("http://192.0.2.1/x"), ["entity that the file declares"]),
    "deep.xml": (nitf("<p>" * 10_000 + "deep" + "</p>" * 10_000).encode(), ["Excessive depth"]),
    "deep.json": (
        (item("d")[:-1] + ', "body": ' + "[" * 10_000 + '"x"' + "]" * 10_000 + "}").encode(),
        ["too deeply"],
    ),
    "year-0.jsonl": (item("d", date="0000-01-01T00:00:00Z").encode(), ["0000-01-01"]),
    "year-9999.jsonl": (item("d", date="9999-12-31T23:59:59Z").encode(), ["out of range"]),
    "year-0.xml": (nitf("<p>x</p>").replace("20200101T", "00000101T").encode(), ["00000101"]),
    "year-9999.xml": (nitf("<p>x</p>").replace("20200101T", "99991231T").encode(), ["out of range"]),
    "nul-only.bin": (bytes(100_000), ["no format known"]),
    "bomb.gz": (gzip.compress(padded(BOMB)), ["unpacks to more than"]),
    "bomb.bz2": (bz2.compress(padded(BOMB)), ["unpacks to more than"]),
    "bomb.xz": (lzma.compress(padded(BOMB), preset=0), ["unpacks to more than"]),
    "bomb.zst": (zstd.compress(padded(BOMB)), ["unpacks to more than"]),
    "bomb.zip": (
        zipped({"b.jsonl": padded(BOMB), "good.jsonl": item("good").encode()}),
        ["unpacks to more than"],
    ),
    "bomb.tar.gz": (gzip.compress(tarred({"b.jsonl": padded(BOMB)})), ["unpacks to more than"]),
    "members.zip": (
        zipped(
            {"../evil.jsonl": b"x", "/abs.jsonl": b"x", "a\\..\\..\\b": b"x", "good.jsonl": item("g").encode()},
            {"link": "../secret.txt"},
        ),
        [OUT, OUT, OUT, LINK],
    ),
    "members.tar": (
        tarred(
            {"../evil.jsonl": b"x", "/abs.jsonl": b"x", "a\\..\\..\\b": b"x", "good.jsonl": item("g").encode()},
            {"link": "../secret.txt"},
        ),
        [LINK, LINK, OUT, OUT, OUT],
    ),
    "cut.tar.gz": (gzip.compress(tarred({"a.jsonl": item("g").encode()}))[:-40], ["damaged"]),
    "cut.tar": (tarred({"a.jsonl": item("g").encode(), "b.jsonl": b"x" * 2000})[:2600], ["damaged tar"]),
    "cut.zst": (zstd.compress(item("g").encode() * 1000)[:-8], ["damaged"]),
    "header.tar": (
        tarfile.TarInfo("x").create_gnu_header({"name": "././@LongLink", "mode": 0, "uid": 0, "gid": 0,
            "size": 1 << 33, "mtime": 0, "chksum": 0, "type": tarfile.GNUTYPE_LONGNAME, "linkname": "",
            "uname": "", "gname": "", "devmajor": 0, "devminor": 0, "prefix": ""}, "utf-8", "strict")
        + bytes(4096),
        ["header of 8589934592 bytes"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", KEPT_ASIDE)
def test_it_is_kept_aside_and_the_rest_goes_in(name: str, tmp_path: Path) -> None:
    content, reasons = KEPT_ASIDE[name]
    taken = Taken(tmp_path, name, content)
    assert len(taken.reasons) == len(reasons), taken.reasons
    for wanted in reasons:
        assert sum(wanted in found for found in taken.reasons) == reasons.count(wanted)
    sound = {"bomb.zip": {"inside", "good"}, "members.zip": {"g"}, "members.tar": {"g"}, "cut.tar": {"g"}}
    inside = {"inside"} if name.startswith("bomb") and ".tar" not in name else set[str]()
    assert taken.versions.keys() == {"before", "after"} | sound.get(name, inside)


REPAIRED: dict[str, tuple[bytes, str]] = {
    "nul.jsonl": (item("x", body="one\x00two").encode(), "onetwo"),
    "surrogate.jsonl": (item("x", body="one \ud800 two").encode(), "one \ufffd two"),
    "surrogate.xml": (nitf("<p>one &#xD800;two</p>").encode(), "one two"),
    "latin-as-utf8.xml": (nitf("<p>café – œuvre</p>").encode("cp1252"), "café – œuvre"),
    "utf8-as-latin.xml": (nitf("<p>café œuvre</p>", encoding="iso-8859-1").encode(), "café œuvre"),
    "utf8-as-nonsense.xml": (nitf("<p>café</p>", encoding="x-none-1").encode(), "café"),
}


@pytest.mark.parametrize("name", REPAIRED)
def test_what_can_be_mended_goes_in_mended(name: str, tmp_path: Path) -> None:
    content, body = REPAIRED[name]
    taken = Taken(tmp_path, name, content)
    assert taken.failures == []
    assert taken.story.body == body


def test_scripts_in_a_page_are_not_text(tmp_path: Path) -> None:
    page = (
        '<html><head><title>T</title><meta property="article:published_time" content="2020-01-01T10:00:00Z">'
        "<script>alert(1)</script></head><body><article><h1>The roads</h1><p onclick='evil()'>The council met on "
        "Monday and agreed to spend more on roads than it had in the whole of the year before.</p><script>document."
        "write('evil')</script><p>The mayor <img src=x onerror=alert(1)>said that she was pleased with the vote.</p>"
        "<iframe src='file:///etc/passwd'></iframe></article></body></html>"
    )
    story = Taken(tmp_path, "page.html", page.encode()).story
    assert "council met" in story.body
    assert "she was pleased" in story.body
    for piece in ("alert", "evil", "<", "passwd"):
        assert piece not in story.body


def test_a_pdf_that_never_ends_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The reader of the product but for its patience: 4 seconds in place of 60."""
    impatient = tuple(PdfReader(seconds=4) if one.name == "pdf" else one for one in readers._READERS)
    monkeypatch.setattr(readers, "_READERS", impatient)
    operators = zlib.compress(zlib.compress(b"BT /F 10 Tf 60 700 Td (endless) Tj ET\n" * 10_000_000))
    filters = b"/Filter[/FlateDecode/FlateDecode]>>stream\n"
    taken = Taken(tmp_path, "endless.pdf", pdf(operators).replace(b">>stream\n", filters))
    (reason,) = taken.reasons
    assert reason


COMMENTS = b"<!-- x -->" * 400
SLOW_TO_READ: dict[str, bytes] = {
    # each was minutes or more before its pattern was mended; found by tests/ingest/test_fuzz.py
    "comments.html": COMMENTS + b"<bod>",
    "comments.xml": b'<?xml version="1.0"?>' + COMMENTS * 15 + b"<htm>",
    "quotes.csv": b"title,text,date" + b",\"a;'b" * 9000 + b"\n",
}


@pytest.mark.parametrize("name", SLOW_TO_READ)
def test_what_is_made_to_be_slow_is_not(name: str, tmp_path: Path) -> None:
    began = time.process_time()
    taken = Taken(tmp_path, name, SLOW_TO_READ[name])
    assert time.process_time() - began < 10
    assert taken.versions.keys() == {"before", "after"}


@pytest.mark.skipif(os.name == "nt", reason="file names there are text")
def test_names_that_are_no_text_and_things_that_are_no_files(tmp_path: Path) -> None:
    feed = os.fsencode(tmp_path / "feed")
    os.mkdir(feed)  # noqa: PTH102 a name in bytes
    with open(feed + b"/caf\xe9 \x1b[2J.jsonl", "wb") as file:  # noqa: PTH123
        file.write(item("latin").encode() + b"\n{broken\n")
    os.mkfifo(feed + b"/pipe.jsonl")  # reading it would wait for ever
    (tmp_path / "feed" / "link.jsonl").symlink_to("/etc/passwd")
    with StoryStore.open(f"sqlite:///{tmp_path / 'archive.sqlite'}") as store:
        for processes in (0, 1):
            ingest([tmp_path / "feed"], store=store, count_tokens=count_tokens, processes=processes)
        paths = {Path(failure.path).name: failure.reason for failure in store.failures()}
        assert set(paths) == {r"caf\udce9 \x1b[2J.jsonl", "pipe.jsonl"}
        source = store.version("latin").source
        assert source is not None
        assert source.path.endswith(r"caf\udce9 \x1b[2J.jsonl")


def test_a_zip_whose_names_cannot_be_decoded(tmp_path: Path) -> None:
    """Its directory says UTF-8, its bytes are not: one row, where zipfile would raise."""
    content = zipped({"aé.jsonl": item("inside").encode()}).replace("é".encode(), b"\xe9\xe9")
    taken = Taken(tmp_path, "names.zip", content)
    (reason,) = taken.reasons
    assert "damaged zip" in reason


@pytest.mark.skipif(os.name == "nt", reason="makes a file with a hole")
@pytest.mark.parametrize("form", ["jsonl", "txt"])
def test_a_line_of_2_gib_goes_by_at_the_speed_of_the_disk(form: str, tmp_path: Path) -> None:
    """A hole of NULs between two stories, taken in by a process that may have 1 GiB of address space."""
    file = tmp_path / f"hole.{form}"
    start, end = (
        (item("a") + '\n{"guid": "', '"}\n' + item("b"))
        if form == "jsonl"
        else ("Title\n\n2020-01-01\n\nx" * 4000, "x")
    )
    with file.open("wb") as stream:
        stream.write(start.encode())
        stream.seek(2 << 30, os.SEEK_CUR)
        stream.write(end.encode())
    limited = "import resource; resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))\n"
    done = subprocess.run(
        [sys.executable, "-c", limited + MEASURED, f"sqlite:///{tmp_path / 'archive.sqlite'}", str(file)],
        cwd=ROOT, env=os.environ | {"PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"},
        capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    _, read, new, *reasons = done.stdout.splitlines()
    assert (read, new) == (("3", "2") if form == "jsonl" else ("1", "0"))
    assert len(reasons) == 1
    assert "larger than" in reasons[0]


MEASURED = """
import sys
from pathlib import Path
from db.store import StoryStore
from ingest.pipeline import ingest
from tests.ingest.readers.test_pdf import pdf
from tests.ingest.samples import count_tokens
with StoryStore.open(sys.argv[1]) as store:
    report = ingest(sys.argv[2:], store=store, count_tokens=count_tokens, processes=0)
    reasons = sorted(failure.reason for failure in store.failures())
# VmHWM, not ru_maxrss: that one counts what the parent had when it forked
peak = next(l.split()[1] for l in Path("/proc/self/status").read_text().splitlines() if l.startswith("VmHWM"))
print(int(peak) // 1024, report.read, report.new, *reasons, sep="\\n")
"""
LINE = 96 << 20
MOST_MEMORY = 96  # MiB above a small file's; an item may have 8 MiB, held a few times over while it is read


def long_line(path: Path, start: str, end: str) -> None:
    with path.open("wb") as stream:
        stream.write(start.encode())
        for _ in range(LINE >> 20):
            stream.write(b"word " * ((1 << 20) // 5))
        stream.write(end.encode())


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="measures memory through /proc")
@pytest.mark.parametrize("form", ["jsonl", "xml", "txt", "html", "eml"])
def test_a_line_of_96_mib_costs_little_memory(form: str, tmp_path: Path) -> None:
    start, end = {
        "jsonl": (item("a") + '\n{"guid": "long", "body": "', '"}\n' + item("b") + "\n"),
        "xml": (nitf("<p>").partition("</body.content>")[0], "</p></body.content></body></nitf>"),
        "txt": ("Headline\n\n2020-01-01\n\n", ""),
        "html": ("<html><head><title>T</title></head><body><p>", "</p></body></html>"),
        "eml": ("From: a@example.org\nTo: b@example.org\nSubject: S\nDate: Wed, 01 Jan 2020 10:00:00 +0000\n\n", ""),
    }[form]  # fmt: skip
    peaks = {}
    for size in ("small", "long"):
        feed = tmp_path / f"{size}.{form}"
        if size == "long":
            long_line(feed, start, end)
        else:
            feed.write_text(start + "word " * 1000 + end)
        url = f"sqlite:///{tmp_path / f'{size}.sqlite'}"
        done = subprocess.run(
            [sys.executable, "-c", MEASURED, url, str(feed)],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            timeout=300,
        )
        assert done.returncode == 0, done.stderr
        peak, read, new, *reasons = done.stdout.splitlines()
        peaks[size] = int(peak)
    assert (read, new) == (("3", "2") if form == "jsonl" else ("1", "0"))
    assert len(reasons) == 1
    assert "larger than" in reasons[0]
    assert peaks["long"] - peaks["small"] < MOST_MEMORY, peaks
