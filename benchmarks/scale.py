"""How search behaves as the archive grows: `python -m benchmarks.scale --passages 1000000`.

Builds an archive (see synthetic_archive, synthetic_vectors) with the product's own writers, and before it
one of a tenth of the size. Each is opened in a fresh process, which prints latency with and without filters,
memory, recall against exact search, the time a kill takes, and what memory bandwidth alone would allow.
From two sizes follows what a hundred million passages would take, and what would give way first.
`--dense-only` leaves out the database and the words; `--rivals` also builds other tools' indexes and asks
them the same questions in the same run.

A folder that is named is kept: what is built in it is measured again by the same command, and archives of
other sizes in it count for the slope.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.scale_measures import disk_bytes
from benchmarks.scale_slope import BUILT, Built, extrapolate, load, measured_sizes, save
from benchmarks.synthetic_archive import (
    SyntheticArchive,
    Words,
    build_vectors,
    build_whole,
    save_questions,
    shared_folder,
)
from benchmarks.synthetic_vectors import PER_STORY

SMALLER = 10  # times: the archive beside


def main() -> None:
    arguments = _arguments()
    if arguments.opened:
        _measure(arguments.opened, arguments)
        return
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="depeche-scale-"))
    try:
        _run(folder, arguments)
    finally:
        if arguments.folder is None and not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


def _run(folder: Path, arguments: argparse.Namespace) -> None:
    known = {one.passages for one in measured_sizes(folder)}
    for passages in (arguments.beside, arguments.passages):
        if not passages or (passages == arguments.beside and _whole_stories(passages) in known):
            continue
        own = folder / f"{passages}{'-dense' if arguments.dense_only else ''}"
        _build(own, passages, arguments)
        _again(arguments, "--opened", str(own), "--passages", str(passages))
    if arguments.rivals:
        _again(arguments, "--opened", str(folder), "--rivals", str(arguments.rivals))
    extrapolate(measured_sizes(folder), folder=folder)


def _whole_stories(passages: int) -> int:
    return passages // PER_STORY * PER_STORY


def _build(folder: Path, asked: int, arguments: argparse.Namespace) -> None:
    if not (folder / BUILT).exists():
        _build_anew(folder, asked, arguments)
    built = load(folder / BUILT, Built)
    print(f"\n{folder.name}: {built.passages:,} passages, built with at most {built.peak_bytes / 1e9:.1f} GB")
    for name, seconds in built.seconds.items():
        print(f"  {name}: {built.passages / seconds:,.0f} passages a second ({seconds:.0f} s)")
    for name, size in built.disk.items():
        print(f"  on disk, {name}: {size / built.passages:.0f} bytes a passage", flush=True)


def _build_anew(folder: Path, asked: int, arguments: argparse.Namespace) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    archive = SyntheticArchive(asked // PER_STORY)
    passages = archive.stories * PER_STORY
    print(f"building {passages:,} passages of {archive.stories:,} stories in {folder}", flush=True)
    words = None if arguments.dense_only else Words(shared_folder())
    save_questions(folder, archive.questions(arguments.questions, words=words))
    if words is None:
        seconds = build_vectors(folder, archive)
        parts = {"vectors, codes and attributes": folder / "dense"}
    else:
        seconds = build_whole(folder, archive, words)
        generation = folder / "index" / "generation-1"
        parts = {
            "database": folder / "archive.sqlite",
            "words": generation / "lexical",
            "vectors, codes and attributes": generation / "dense",
        }
    built = Built(
        passages=passages,
        seconds=seconds,
        disk={name: disk_bytes(part) for name, part in parts.items()},
        peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    )
    save(folder / BUILT, built)  # last: a folder without it is begun anew


def _measure(folder: Path, arguments: argparse.Namespace) -> None:
    # Imported here, so that the building process does not load them and the measuring one says so.
    if arguments.rivals:
        from benchmarks.scale_rivals import compare

        compare(arguments.rivals // PER_STORY, questions=arguments.questions)
    else:
        from benchmarks.scale_opened import measure

        measure(
            folder,
            stories=arguments.passages // PER_STORY,
            questions=arguments.questions,
            whole=not arguments.dense_only,
        )


def _again(arguments: argparse.Namespace, *more: str) -> None:
    """The same program in a fresh process: what building left in memory must not be counted."""
    command = [sys.executable, "-m", "benchmarks.scale", "--questions", str(arguments.questions), *more]
    if arguments.dense_only:
        command.append("--dense-only")
    subprocess.run(command, check=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--passages", type=int, default=100_000, help="0: none, only --rivals")
    parser.add_argument(
        "--beside", type=int, metavar="PASSAGES", help="the other size; 0: none; a tenth by default"
    )
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--dense-only", action="store_true", help="no database and no words")
    parser.add_argument("--rivals", type=int, default=0, metavar="PASSAGES", help="other tools, at this size")
    parser.add_argument("--folder", type=Path, help="where to build; kept, and used again")
    parser.add_argument("--keep", action="store_true", help="leave the archives even if no folder is named")
    parser.add_argument("--opened", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.beside is None:
        arguments.beside = arguments.passages // SMALLER
    return arguments


if __name__ == "__main__":
    main()
