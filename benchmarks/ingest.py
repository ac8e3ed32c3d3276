"""How fast stories come in, beside what would limit it: `python -m benchmarks.ingest --files 22`.

Prints, of one run on one machine: the rate at which stories are read, cut, stored and linked by the real
pipeline with its own number of processes, without linking and with it; each of these stages alone on one core; what the disk alone
would allow; the rate of embedding and indexing through the product, and the embedder's own.
`--format newsml-g2` wraps the same words in NewsML-G2 messages first.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.feeds import newsml_g2, real_stories
from benchmarks.real_passages import real_passages, reuters_files
from db.records import PreparedVersion
from db.store import StoryStore
from domain.protocols import Embedder
from domain.story import Version
from ingest.chunk import cut
from ingest.duplicates.linking import Linker
from ingest.frames import Task, frames
from ingest.pipeline import ingest
from ingest.reading import ReadItem
from ingest.tokens import WordCounter
from retrieval.index import SearchIndex
from runtime import load_settings
from runtime.embedders import make_embedder

BATCH = 500  # as the pipeline's
DISK_BYTES = 256 << 20
DISK_BLOCK = 1 << 20
WARMING = 8  # passages embedded before the clock starts

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """By the clock, and of all processors together: the second tells the same on a busy machine."""

    seconds: float
    processor: float


def main() -> None:
    arguments = _arguments()
    embedder = make_embedder(load_settings())
    with tempfile.TemporaryDirectory(dir=arguments.folder) as made:
        folder = Path(made)
        files = _files(folder, arguments)
        cores = len(os.sched_getaffinity(0))
        print(f"{len(files)} files, {sum(file.stat().st_size for file in files) / 1e6:.1f} MB, {cores} cores")
        stored = _whole(folder, files, embedder)
        _stages(folder, files[: arguments.stage_files], embedder)
        _disk(folder, stored)
        if arguments.passages:
            _embedding(folder, embedder, arguments.passages)


def _files(folder: Path, arguments: argparse.Namespace) -> list[Path]:
    if arguments.format == "newsml-g2":
        feed = folder / "feed"
        feed.mkdir()
        return sorted(newsml_g2(feed, real_stories(), arguments.items).iterdir())
    files = reuters_files(arguments.files)
    if not files:
        raise SystemExit("Reuters-21578 is not here: set DEPECHE_SHARED, or use --format newsml-g2")
    return files


def _whole(folder: Path, files: Sequence[Path], embedder: Embedder) -> float:
    """Prints the pipeline's rates; returns bytes on disk a story."""
    for linking in (False, True):
        path = folder / f"linking-{linking}.sqlite"
        with StoryStore.open(f"sqlite:///{path}") as store:
            count_tokens = embedder.count_tokens
            report, taken = _timed(
                lambda store=store, linking=linking, count_tokens=count_tokens: ingest(
                    files, store=store, count_tokens=count_tokens, linking=linking
                )
            )
        what = "pipeline: read, cut, store" + (", link" if linking else "")
        _print(what, report.read, taken)
    written = path.stat().st_size / max(1, report.new)
    print(f"  {report.new} stories, {report.passages} passages, {written / 1000:.1f} kB each on disk")
    return written


def _stages(folder: Path, files: Sequence[Path], embedder: Embedder) -> None:
    """Each stage after the other in this process: what one core could do if it did nothing else."""
    print(f"each stage alone, one process, the first {len(files)} files:")
    items, taken = _timed(
        lambda: [one for frame in frames(Task(tuple(files), "auto", None)) for one in frame.items]
    )
    _print("  reading (parse, clean, sentences)", len(items), taken)
    counter = WordCounter(embedder.count_tokens)
    ready, taken = _timed(lambda: [_cut(one, counter) for one in items if isinstance(one.item, Version)])
    _print("  cutting into passages", len(ready), taken)
    with StoryStore.open(f"sqlite:///{folder / 'stages.sqlite'}") as store:
        _, taken = _timed(
            lambda: [store.add_batch(ready[at : at + BATCH]) for at in range(0, len(ready), BATCH)]
        )
        _print("  storing (hash, insert, fsync)", len(ready), taken)
        _, taken = _timed(lambda: Linker(store.links).catch_up())
        _print("  linking near-duplicates", len(ready), taken)


def _cut(one: ReadItem, counter: WordCounter) -> PreparedVersion:
    assert isinstance(one.item, Version)
    return PreparedVersion(
        version=one.item, passages=cut(one.item, count_tokens=counter, sentences=one.sentences or None)
    )


def _disk(folder: Path, bytes_a_story: float) -> None:
    """Writing in order, then fsync: what the disk alone allows. The log and the table: written twice."""
    block = os.urandom(DISK_BLOCK)

    def write() -> None:
        with (folder / "block").open("wb") as file:
            for _ in range(DISK_BYTES // DISK_BLOCK):
                file.write(block)
            file.flush()
            os.fsync(file.fileno())

    _, taken = _timed(write)
    rate = DISK_BYTES / taken.seconds
    stories = rate / (2 * bytes_a_story)
    print(f"disk: {rate / 1e6:.0f} MB a second written and synced: {stories:,.0f} stories a second")


def _embedding(folder: Path, embedder: Embedder, passages: int) -> None:
    texts = real_passages(passages, count_tokens=embedder.count_tokens)
    embedder.embed_passages(texts[:WARMING])
    _, taken = _timed(lambda: embedder.embed_passages(texts))
    _print("the embedder alone", len(texts), taken, of="passages")
    with StoryStore.open(f"sqlite:///{folder / 'linking-True.sqlite'}") as whole:
        some = next(whole.iter_passages(passages))
        bodies = [whole.version(guid) for guid in {one.guid for one in some}]
    with StoryStore.open(f"sqlite:///{folder / 'embedded.sqlite'}") as store:
        counter = WordCounter(embedder.count_tokens)
        store.add_batch([_cut(ReadItem(version), counter) for version in bodies])
        index = SearchIndex.open(folder / "index", store=store, embedder=embedder)
        done, taken = _timed(index.index_pending)
    _print("embedded and indexed (the pipeline)", done, taken, of="passages")


def _timed(work: Callable[[], Value]) -> tuple[Value, Taken]:
    began, before = time.perf_counter(), _processor()
    done = work()
    return done, Taken(seconds=time.perf_counter() - began, processor=_processor() - before)


def _processor() -> float:
    """Seconds of processor time, of this process and those it has ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _print(what: str, count: int, taken: Taken, *, of: str = "stories") -> None:
    clock, work = count / taken.seconds, count / max(taken.processor, 0.01)
    print(f"{what:42} {clock:9,.0f} {of} a second, {work:9,.0f} a processor second", flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--format", choices=("reuters", "newsml-g2"), default="reuters")
    parser.add_argument("--files", type=int, default=22, help="of Reuters-21578's 22, 1,000 stories each")
    parser.add_argument("--items", type=int, default=20_000, help="of NewsML-G2")
    parser.add_argument("--stage-files", type=int, default=22, help="read for the stages one by one")
    parser.add_argument("--passages", type=int, default=512, help="embedded; 0 leaves that out")
    parser.add_argument("--folder", type=Path, help="where the archive is made; default: the system's own")
    return parser.parse_args()


if __name__ == "__main__":
    main()
