"""Every reader on items broken at random: it gives stories, messages, refusals with a remedy, and nothing else.

Small items of each format (tests/ingest/seeds.py, and those of the press-formats collection where it is
present) are cut, repeated, swapped and sprinkled with what breaks parsers. Whatever comes out must be one
of the four outcomes and be fit to be stored; nothing may raise, run on, open a connection, start a program
but the PDF reader's own, or write a file outside the temporary folder.

    DEPECHE_FUZZ_SECONDS=600 pytest tests/ingest/test_fuzz.py      # so long for each reader, other breakages

Without it the breakages are the same, and as many, at each run on any machine: about a minute in all.
"""

from __future__ import annotations

import os
import pickle
import re
import signal
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from domain.sentences import split_sentences
from domain.story import Directive, Item, Rejected, SetAside, Version
from ingest import directives, readers
from ingest.chunk import cut
from ingest.normalise import MAX_EXCERPT_BYTES
from ingest.reading import read_file
from ingest.sources import Meter
from tests.conftest import ROOT
from tests.ingest.samples import count_tokens, source
from tests.ingest.seeds import SEEDS, packed

IS_LONG = "DEPECHE_FUZZ_SECONDS" in os.environ
SECONDS = float(os.environ.get("DEPECHE_FUZZ_SECONDS", "0"))  # of wall clock for each reader
ROUNDS = 12  # of a run that is not long
FIRST_ROUND = time.time_ns() if IS_LONG else 1983  # a long run looks elsewhere each time
EXAMPLES_A_ROUND = 20
MOST_CPU = 5.0  # seconds for one broken item of a few kB; the slowest sound one takes under 0.1
LARGEST_SEED = 24_000  # bytes of a file of the collection
SEEDS_A_READER = 12

# What breaks parsers: control characters, half characters, numbers and dates out of this world, deep nesting.
TOKENS = (
    b"\x00", b"\x00" * 300, b"\x01", b"\x02", b"\x03", b"\x04", b"\x1b[2J", b"\x1f", b"\x7f", b"\x85", b"\xff",
    b"\xfe\xff", b"\xff\xfe", b"\xef\xbb\xbf", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xc0\xaf", b"\\ud800",
    b"\\udfff\\ud800", b"\\u0000", b"&#xD800;", b"&#0;", b"&#1114112;", b"&lol;", b"&", b"<", b">", b'"', b"'",
    b"<![CDATA[", b"]]>", b"<!--", b"-->", b"<?xml version='1.0' encoding='x-none'?>", b"<!DOCTYPE x [<!ENTITY a 'b'>]>",
    b"<p>" * 300, b"[" * 1500, b'{"a":' * 600, b"(" * 600, b"\n" * 400, b" " * 3000, b"\t", b"\r", b"\x0c",
    b"9" * 400, b"-1", b"1e999", b"NaN", b"Infinity", b"0000-00-00", b"9999-12-31T23:59:60Z", b"+25:00", b"\xd9\xa3",
    b"\xc2\xb2", b"\xef\xbc\x95", b"\xe2\x80\xa8", b"\xe2\x80\xae", b"\xcc\x81" * 200, b"=?utf-8?b?////?=", b"{{" * 200,
    b"[[File:" * 50, b"'" * 200, b"http://[", b"file:///etc/passwd", b"../../x", b"%00", b"KILL KILL KILL",
    b"ANNULE ET REMPLACE", b"HOLD HOLD HOLD",
)  # fmt: skip
VALUES = (
    b"null", b"true", b"0", b"-1", b"1e308", b"12345678901234567890123", b'""', b'" "', b"[]", b"{}", b"[[]]",
    b'[null, 1, "a", {}]', b'{"name": null}', b'{"name": ["a"]}', b'{"value": {}}', b'"\\ud800"', b'"<p>"', b'"2020-13-45"',
    b'"9999-12-31"', b'"stat:canceled"', b'"canceled"', b"", b"><", b"x",
)  # fmt: skip
_VALUE = re.compile(rb'"[^"<>\n]{0,120}"|>[^<]{1,120}<|\d+|null|true|\{[^{}]{0,120}\}|\[[^][]{0,120}\]')

places = st.integers(0, (1 << 16) - 1)
mutations = st.lists(
    st.one_of(
        st.tuples(st.just("flip"), places, st.integers(0, 255)),
        st.tuples(st.just("insert"), places, st.sampled_from(TOKENS)),
        st.tuples(st.just("value"), places, st.sampled_from(VALUES)),
        st.tuples(st.just("cut"), places, places),
        st.tuples(st.just("end"), places, st.none()),
        st.tuples(st.just("repeat"), places, places),
        st.tuples(st.just("swap"), places, places),
    ),
    min_size=1,
    max_size=5,
)


def broken(content: bytes, acts: list[tuple[str, int, object]]) -> bytes:
    for act, where, what in acts:
        at = where * len(content) >> 16
        if act == "flip" and content:
            at = min(at, len(content) - 1)
            content = content[:at] + bytes([content[at] ^ (int(str(what)) or 0x80)]) + content[at + 1 :]
        elif act == "insert":
            assert isinstance(what, bytes)
            content = content[:at] + what + content[at:]
        elif act == "value" and (found := list(_VALUE.finditer(content))):
            assert isinstance(what, bytes)
            chosen = found[where * len(found) >> 16]
            content = content[: chosen.start()] + what + content[chosen.end() :]
        elif act == "end":
            content = content[:at]
        elif act in ("cut", "repeat", "swap"):
            to = int(str(what)) * len(content) >> 16
            first, last = min(at, to), max(at, to)
            middle = content[first:last]
            if act == "cut":
                content = content[:first] + content[last:]
            elif act == "repeat":
                content = content[:last] + middle * 2 + content[last:]
            else:
                content = content[last:] + middle + content[:first]
    return content


class Guard:
    """What Python does to the world while it is on: files written, connections, programs."""

    forbidden: list[str]

    def __init__(self) -> None:
        self.is_on = False
        self.forbidden = []
        self.own = (tempfile.gettempdir(), "/dev/null")
        sys.addaudithook(self._seen)

    def _seen(self, event: str, arguments: tuple[object, ...]) -> None:
        if not self.is_on:
            return
        if (
            event == "open"
            and isinstance(arguments[2], int)
            and arguments[2] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT)
        ):
            # A temporary file without a name shows as its folder, or as a number; modules are compiled when imported
            path = str(arguments[0])
            is_own = isinstance(arguments[0], int) or path.startswith(self.own) or "__pycache__" in path
            if not is_own:
                self.forbidden.append(f"wrote {arguments[0]}")
        elif event == "subprocess.Popen" and "pdf_worker" not in str(arguments[1]):
            self.forbidden.append(f"ran {arguments[1]}")
        elif event in (
            "socket.connect",
            "socket.getaddrinfo",
            "os.system",
            "os.exec",
            "os.posix_spawn",
            "exec.x",
        ):
            self.forbidden.append(f"{event} {arguments}")


@pytest.fixture(scope="module")
def guard() -> Iterator[Guard]:
    with pytest.MonkeyPatch.context() as patch:
        # As on a machine without Tesseract: what breaks a picture's recognition is not ours, and takes minutes.
        patch.setattr("ingest.readers.pdf.shutil.which", lambda _: None)
        yield Guard()


@contextmanager
def watched(guard: Guard, name: str) -> Iterator[None]:
    """Fails when what happens within takes more than MOST_CPU or does what `guard` forbids."""

    def overrun(_number: int, _frame: object) -> None:
        raise TimeoutError(f"{name}: one item took more than {MOST_CPU} s of processor time")

    previous = signal.signal(signal.SIGVTALRM, overrun)
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_CPU)
    guard.is_on = True
    try:
        yield
    finally:
        guard.is_on = False
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, previous)
    assert guard.forbidden == []


def assert_storable(item: Item) -> None:
    """Fit for the database, for the pipe between processes, and, a story, for being cut."""
    pickle.dumps(item)
    assert isinstance(item, Version | Directive | Rejected | SetAside), item
    _texts(item)
    if isinstance(item, Rejected):
        assert item.reason.strip()
        assert item.remedy.strip()
        assert len(item.excerpt) <= MAX_EXCERPT_BYTES
    elif isinstance(item, Version):
        assert item.guid
        assert item.provider
        assert item.published.utcoffset() is not None
        assert -(1 << 63) <= item.version < 1 << 63
        assert item.urgency is None or 1 <= item.urgency <= 9
        assert item.content_hash
        for passage in cut(item, count_tokens=count_tokens, sentences=split_sentences(item.body)):
            assert passage.text == item.body[passage.start : passage.end] != ""
        if found := directives.find(item):
            _texts(found)


def _texts(item: object) -> None:
    """No text of an item holds what a database or a terminal cannot take."""
    for name in item.__slots__:  # type: ignore[attr-defined]
        value = getattr(item, name)
        for one in value if isinstance(value, tuple) else (value,):
            if isinstance(one, str):
                one.encode()
                assert "\0" not in one, name
            elif hasattr(one, "__slots__") and not isinstance(one, str):
                _texts(one)


def rounds() -> Iterator[int]:
    """Numbers of rounds: ROUNDS of them, or in a long run until the time is up."""
    end = time.monotonic() + SECONDS
    number = FIRST_ROUND
    while number < FIRST_ROUND + ROUNDS or time.monotonic() < end:
        yield number
        number += 1


def seeds_of(name: str, collection: Path | None) -> list[bytes]:
    found = list(SEEDS[name])
    for file in sorted(collection.rglob("*")) if collection else ():
        if len(found) >= SEEDS_A_READER:
            break
        if file.is_file() and file.stat().st_size <= LARGEST_SEED:
            content = file.read_bytes()
            if (
                content.strip()
                and next((one.name for one in readers._READERS if one.accepts(source(content))), "") == name
            ):
                found.append(content)
    return found


@pytest.fixture(scope="module")
def collection() -> Path | None:
    shared = ROOT / os.environ.get("DEPECHE_SHARED", "../shared")
    folder = shared.resolve() / "data" / "press-formats"
    return folder if folder.is_dir() else None


def test_every_reader_has_a_sound_seed() -> None:
    """Otherwise the other test would break what was broken."""
    assert SEEDS.keys() == set(readers.names())
    for name, contents in SEEDS.items():
        for content in contents:
            of = source(content)
            reader = readers.choose(of)
            assert reader.name == name
            assert any(isinstance(item, Version) for item in reader.read(of, provider=None)), name


@pytest.mark.parametrize("name", readers.names())
def test_no_broken_item_breaks_its_reader(name: str, guard: Guard, collection: Path | None) -> None:
    (reader,) = (one for one in readers._READERS if one.name == name)
    seeds = seeds_of(name, collection)

    @settings(
        max_examples=EXAMPLES_A_ROUND, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(st.integers(0, len(seeds) - 1), mutations)
    def survive(which: int, acts: list[tuple[str, int, object]]) -> None:
        content = broken(seeds[which], acts)
        of = source(content)
        with watched(guard, name):
            for one in readers._READERS:
                one.accepts(of)
            items = list(reader.read(of, provider=None))
        for item in items:
            assert_storable(item)

    for number in rounds():
        seed(number)(survive)()


PACKED = packed()


@pytest.mark.parametrize("form", PACKED)
def test_no_broken_archive_breaks_the_reading_of_files(form: str, guard: Guard, tmp_path: Path) -> None:
    file = tmp_path / f"feed.{form}"

    @settings(
        max_examples=EXAMPLES_A_ROUND, deadline=None, database=None, phases=[Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(mutations)
    def survive(acts: list[tuple[str, int, object]]) -> None:
        file.write_bytes(broken(PACKED[form], acts))
        with watched(guard, form):
            items = [one.item for one in read_file(file, format="auto", provider=None, meter=Meter())]
        assert items, "a file gave nothing: neither a story nor a reason"
        for item in items:
            assert_storable(item)
            assert not (isinstance(item, Rejected) and "report it" in item.remedy), item.reason

    for number in rounds():
        seed(number)(survive)()
