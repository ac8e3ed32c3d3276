"""What linking a story costs as the archive grows, and how right it is: `python -m benchmarks.duplicates`.

Stores Reuters-21578 in batches as an ingestion does and links each, timing the linking alone. `--times N`
stores the collection N times over, each a year and more after the last, under other guids: the archive
grows and nothing else changes. Printed: microseconds a story, by the clock and of processor, against the
archive's size; then precision and recall on tests/ingest/duplicates_labels.tsv, by halves and by how the pairs
were drawn.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

from benchmarks.real_passages import reuters_files
from db.records import PreparedVersion
from db.store import StoryStore
from domain.story import Version
from ingest.duplicates.linking import Linker
from ingest.frames import Task, frames
from tests.ingest.duplicates_labelled import Judged, judged, labelled

BATCH = 500  # stories, as in ingest.pipeline
SHIFT = timedelta(days=400)  # of each repetition; the collection spans 236
PRINTED_EVERY = 5_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1, help="how many times the collection is stored")
    arguments = parser.parse_args()
    stories = [*_stories()]
    if not stories:
        raise SystemExit("no Reuters-21578: set DEPECHE_SHARED to the folder of the shared data")
    with tempfile.TemporaryDirectory() as folder, StoryStore.open(f"sqlite:///{folder}/a.sqlite") as store:
        _fill(store, stories, times=arguments.times)
        _print_all(store)


def _stories() -> Iterator[Version]:
    for file in reuters_files():
        for frame in frames(Task((file,), "auto", None)):
            yield from (one.item for one in frame.items if isinstance(one.item, Version))


def _fill(store: StoryStore, stories: Sequence[Version], *, times: int) -> None:
    linker = Linker(store.links)
    print(f"{'archive':>9}  {'µs a story':>10}  {'of processor':>12}")
    size, linked, clock, processor = 0, 0, 0.0, 0.0
    printed = [1_000, *range(PRINTED_EVERY, len(stories) * times, PRINTED_EVERY), len(stories) * times]
    for turn in range(times):
        for start in range(0, len(stories), BATCH):
            batch = [_shifted(one, turn) for one in stories[start : start + BATCH]]
            store.add_batch([PreparedVersion(version=one, passages=()) for one in batch])
            size += len(batch)
            began, worked = time.perf_counter(), time.process_time()
            waiting = store.links.backlog()
            if size == len(stories) * times:
                linker.catch_up()
            else:
                linker.keep_up()
            linked += waiting - store.links.backlog()
            clock, processor = clock + time.perf_counter() - began, processor + time.process_time() - worked
            if size >= printed[0] and linked:
                print(
                    f"{size:>9,}  {clock / linked * 1e6:>10.0f}  {processor / linked * 1e6:>12.0f}",
                    flush=True,
                )
                printed = [one for one in printed if one > size]
                linked, clock, processor = 0, 0.0, 0.0


def _shifted(version: Version, turn: int) -> Version:
    if not turn:
        return version
    return replace(version, guid=f"{version.guid}:{turn}", published=version.published + turn * SHIFT)


def _print_all(store: StoryStore) -> None:
    """Over all pairs, over each half, and over each way of drawing them."""
    labels = labelled()
    parts = {"all": labels}
    for half, name in enumerate(("half that thresholds were set on", "half that they were not")):
        parts[name] = {pair: one for pair, one in labels.items() if one.half == half}
    for drawn in sorted({one.drawn for one in labels.values()}):
        parts[f"drawn: {drawn}"] = {pair: one for pair, one in labels.items() if one.drawn == drawn}
    parts["all but near"] = {pair: one for pair, one in labels.items() if one.drawn != "near"}
    for name, part in parts.items():
        verdict = judged(store, part)
        if any(one.relation == "copy" for one in part.values()):
            _print(f"copies, {name}", verdict.copies)
        _print(f"events, {name}", verdict.events)


def _print(name: str, found: Judged) -> None:
    print(
        f"{name}: precision {found.precision:.3f}, recall {found.recall:.3f}"
        f" ({len(found.right)} right, {len(found.wrong)} wrong, {len(found.missed)} missed)"
    )


if __name__ == "__main__":
    main()
