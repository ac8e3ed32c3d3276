"""Whether memory stays bounded whatever comes in: `python -m benchmarks.ingest_memory --items 300000`.

A stream of synthetic ninjs (benchmarks/feeds) goes through the real pipeline up to storing and linking;
nothing is embedded. Printed as it goes: items, rate, and the resident memory of all its processes
together, shared pages counted in each of them, so that the sum errs upwards.

`--day` takes a day's feed (2,300 stories) into an archive, embedding included, in a process of its own
while this one answers questions: what they take alone, and what they take beside it.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import psutil

from benchmarks.feeds import ninjs_files, real_stories
from benchmarks.real_passages import SAMPLE
from db.store import StoryStore
from ingest.pipeline import IngestProgress, ingest
from runtime import Archive, load_settings
from runtime.embedders import make_embedder

QUESTIONS = (
    "When did the Berlin Wall open?",
    "How many miners were rescued in Chile in 2010?",
    "What did the finance ministry say about the dollar?",
    "Qui a remporté la Coupe du monde 1998 ?",
    "Which company raised its dividend?",
)
WARMING = 3  # questions asked before the clock starts
ALONE = 30  # questions asked before the feed comes


def main() -> None:
    arguments = _arguments()
    if arguments.measured:
        _measured(arguments.measured, every=arguments.every)
        return
    with tempfile.TemporaryDirectory(dir=arguments.folder) as made:
        feed = Path(made, "feed")
        feed.mkdir()
        items = arguments.day_stories if arguments.day else arguments.items
        ninjs_files(feed, real_stories(), items)
        size = sum(file.stat().st_size for file in feed.iterdir())
        print(f"{items:,} items of ninjs, {size / 1e6:,.0f} MB packed", flush=True)
        if arguments.day:
            _day(Path(made), feed)
            return
        command = [sys.executable, "-m", "benchmarks.ingest_memory", "--measured", str(feed)]
        subprocess.run([*command, "--every", str(arguments.every)], check=True)


def _measured(feed: Path, *, every: int) -> None:
    """In a process that has generated nothing."""
    embedder = make_embedder(load_settings())
    meter = _Meter(every)
    with StoryStore.open(f"sqlite:///{feed.parent / 'archive.sqlite'}") as store:
        report = ingest(
            [feed],
            store=store,
            count_tokens=embedder.count_tokens,
            progress=meter.see,
        )
    print(
        f"{report.read:,} items in {report.seconds:.0f} s, {report.read / report.seconds:,.0f} a second; "
        f"{report.new:,} new; at most {meter.peak / 1e6:.0f} MB resident"
    )


class _Meter:
    """Prints a line every so many items."""

    def __init__(self, every: int) -> None:
        self.peak = 0
        self._every = every
        self._due = every
        self._last = (0, 0.0)

    def see(self, progress: IngestProgress) -> None:
        if progress.items < self._due:
            return
        self._due += self._every
        resident = _resident(psutil.Process())
        self.peak = max(self.peak, resident)
        items, seconds = self._last
        rate = (progress.items - items) / (progress.seconds - seconds)
        self._last = (progress.items, progress.seconds)
        print(f"{progress.items:>10,} items {rate:8,.0f} a second {resident / 1e6:8.0f} MB", flush=True)


def _resident(process: psutil.Process) -> int:
    total = 0
    for one in (process, *process.children(recursive=True)):
        try:
            total += one.memory_info().rss
        except psutil.NoSuchProcess:
            continue  # ended meanwhile
    return total


def _day(folder: Path, feed: Path) -> None:
    settings = load_settings(folder / "archive")
    with Archive.open(settings) as archive:
        archive.ingest([SAMPLE])
        asked = itertools.cycle(QUESTIONS)

        def ask() -> float:
            began = time.perf_counter()
            archive.ask(next(asked), extractive=True)
            return time.perf_counter() - began

        for _ in range(WARMING):
            ask()
        _print("alone", [ask() for _ in range(ALONE)])
        command = [sys.executable, "-m", "cli.main", "--archive", str(settings.archive), "ingest", str(feed)]
        began = time.perf_counter()
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL)
        taken, peak = _while(running, ask)
        seconds = time.perf_counter() - began
        _print("beside the feed", taken)
        counts = archive.counts()
        print(
            f"the feed took {seconds:.0f} s, at most {peak / 1e6:.0f} MB resident; "
            f"{counts.stories:,} stories, {counts.pending} passages still to index, "
            f"exit code {running.returncode}"
        )


def _while(running: subprocess.Popen[bytes], ask: Callable[[], float]) -> tuple[list[float], int]:
    taken: list[float] = []
    peak = 0
    while running.poll() is None:
        taken.append(ask())
        try:
            peak = max(peak, _resident(psutil.Process(running.pid)))
        except psutil.NoSuchProcess:
            break
    running.wait()
    return taken, peak


def _print(when: str, seconds: list[float]) -> None:
    cuts = statistics.quantiles(seconds, n=20) if len(seconds) > 1 else seconds * 20
    print(
        f"{len(seconds):5} questions {when:16} median {1000 * statistics.median(seconds):6.0f} ms, "
        f"95 % under {1000 * cuts[18]:6.0f} ms, longest {1000 * max(seconds):6.0f} ms",
        flush=True,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--items", type=int, default=5_000_000, help="1.1 kB each; packed, 0.35 kB on disk")
    parser.add_argument("--every", type=int, default=20_000, help="items between two lines")
    parser.add_argument("--day", action="store_true", help="a day's feed beside questions instead")
    parser.add_argument("--day-stories", type=int, default=2_300)
    parser.add_argument("--folder", type=Path, help="for feed and archive; default: the system's own")
    parser.add_argument("--measured", type=Path, help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
