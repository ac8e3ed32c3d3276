"""How search behaves as the archive grows: `python -m benchmarks.scale --passages 1000000`.

Builds an archive (see synthetic_archive, synthetic_vectors) with the product's own writers, opens it in
a fresh process and prints build rate, size on disk and in memory, latency with and without filters,
recall against exact search, the time a kill takes, and what memory bandwidth alone would allow.
`--dense-only` leaves out the database and the words; `--rivals` also builds other tools' indexes over
the first passages and asks them the same questions in the same run.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.scale_measures import disk_bytes
from benchmarks.synthetic_archive import (
    SyntheticArchive,
    Words,
    build_vectors,
    build_whole,
    save_questions,
    shared_folder,
)
from benchmarks.synthetic_vectors import PER_STORY


def main() -> None:
    arguments = _arguments()
    if arguments.opened:
        _measure(arguments)
        return
    folder = arguments.folder or Path(tempfile.mkdtemp(prefix="depeche-scale-"))
    try:
        _build(folder, arguments)
        _again("--opened", folder, arguments)
        if arguments.rivals:
            _again("--opened", folder, arguments, "--rivals", str(arguments.rivals))
    finally:
        if not arguments.keep:
            shutil.rmtree(folder, ignore_errors=True)


def _build(folder: Path, arguments: argparse.Namespace) -> None:
    if (folder / "built").exists():
        print(f"already built in {folder}")
        return
    folder.mkdir(parents=True, exist_ok=True)
    archive = SyntheticArchive(arguments.passages // PER_STORY)
    passages = archive.stories * PER_STORY
    print(f"building {passages:,} passages of {archive.stories:,} stories in {folder}", flush=True)
    words = None if arguments.dense_only else Words(shared_folder())
    save_questions(folder, archive.questions(arguments.questions, words=words))
    if words is None:
        seconds = build_vectors(folder, archive)
        sizes = {"vectors, codes and attributes": folder / "dense"}
    else:
        seconds = build_whole(folder, archive, words)
        print(f"  stored: {passages / seconds.store:,.0f} passages a second ({seconds.store:.0f} s)")
        generation = folder / "index" / "generation-1"
        sizes = {
            "database": folder / "archive.sqlite",
            "words": generation / "lexical",
            "vectors, codes and attributes": generation / "dense",
        }
    print(f"  indexed: {passages / seconds.index:,.0f} passages a second ({seconds.index:.0f} s)")
    for name, part in sizes.items():
        print(f"  on disk, {name}: {disk_bytes(part) / passages:.0f} bytes a passage")
    (folder / "built").touch()


def _measure(arguments: argparse.Namespace) -> None:
    # Imported here, so that the building process does not load them and the measuring one says so.
    if arguments.rivals:
        from benchmarks.scale_rivals import compare

        compare(arguments.passages // PER_STORY, passages=arguments.rivals, questions=arguments.questions)
    else:
        from benchmarks.scale_opened import measure

        measure(
            arguments.folder,
            stories=arguments.passages // PER_STORY,
            questions=arguments.questions,
            whole=not arguments.dense_only,
        )


def _again(mode: str, folder: Path, arguments: argparse.Namespace, *more: str) -> None:
    """The same program in a fresh process: what building left in memory must not be counted."""
    command = [sys.executable, "-m", "benchmarks.scale", mode, "--folder", str(folder)]
    command += ["--passages", str(arguments.passages), "--questions", str(arguments.questions), *more]
    if arguments.dense_only:
        command.append("--dense-only")
    subprocess.run(command, check=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--dense-only", action="store_true", help="no database and no words")
    parser.add_argument("--rivals", type=int, default=0, metavar="PASSAGES", help="other tools, at this size")
    parser.add_argument("--folder", type=Path, help="where to build; a built archive there is used again")
    parser.add_argument("--keep", action="store_true", help="leave the archive in its folder")
    parser.add_argument("--opened", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


if __name__ == "__main__":
    main()
