"""The pages under load.

    python -m benchmarks.pages                        ten readers at once, on the sample's archive
    python -m benchmarks.pages --cancel               how soon a press of Cancel is obeyed
    python -m benchmarks.pages --passages 1000000     first paint, and what reruns ask of the database, at that size

`--folder` keeps what is built, and uses what is there; `--archive` takes an archive that exists.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks.pages import cancelling, paint, readers
from benchmarks.pages.server import served
from benchmarks.synthetic_archive import SyntheticArchive, Words, build_whole, shared_folder
from benchmarks.synthetic_vectors import PER_STORY
from runtime import Archive, load_settings

ROOT = Path(__file__).resolve().parents[2]
READERS = 10
LONG = "What happened in the Soviet Union before and after {year}, in order?"  # each read anew by the model
YEARS = (1985, 1986, 1987, 1988, 1989, 1990)
BUILT = "built"  # written last: a folder without it is begun anew


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory(prefix="depeche-pages-") as scratch:
        folder = arguments.folder or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        if arguments.passages:
            _drawn(arguments, folder, Path(scratch))
        else:
            _read(arguments, folder, Path(scratch))


def _read(arguments: argparse.Namespace, folder: Path, scratch: Path) -> None:
    archive = arguments.archive or folder / "sample"
    if arguments.archive is None and not (folder / BUILT).exists():
        with Archive.open(load_settings(archive)) as opened:
            opened.ingest([ROOT / "data" / "sample"])
        (folder / BUILT).touch()
    environment = {"DEPECHE_MODEL__NAME": arguments.model} if arguments.model else {}
    environment |= {"DEPECHE_ANSWER__MAX_TOKENS": str(arguments.max_tokens)}
    asked = readers.questions(READERS + 1, file=ROOT / "data" / "evaluation" / "queries.jsonl")
    with served(archive, beside=scratch, environment=environment) as server:
        first = readers.ask_one(server.address, asked[0])
        print(f"the first question of a server, which loads embedder and model: {readers.table([first])}\n")
        if arguments.cancel:
            taken = [cancelling.cancel(server.address, LONG.format(year=year), phase=phase, server=server.pid)
                     for year in YEARS for phase in cancelling.PHASES]  # fmt: skip
            print(cancelling.table(taken))
            return
        print(
            f"{READERS} readers at once, {os.cpu_count()} cores, {os.getloadavg()[0]:.1f} processes busy before:\n"
        )
        print(readers.table(readers.ask_at_once(server.address, asked[1:])))


def _drawn(arguments: argparse.Namespace, folder: Path, scratch: Path) -> None:
    archive = arguments.archive or folder / str(arguments.passages)
    if arguments.archive is None and not (archive / BUILT).exists():
        archive.mkdir(exist_ok=True)
        seconds = build_whole(
            archive, SyntheticArchive(arguments.passages // PER_STORY), Words(shared_folder())
        )
        (archive / BUILT).touch()
        print(", ".join(f"{name}: {took:.0f} s" for name, took in seconds.items()), flush=True)
    drawn = {} if arguments.archive else {"DEPECHE_EMBEDDER__NAME": "benchmarks.pages.drawn:embedder"}
    pages = (
        ("", ""), ("search", ""), ("search", "q=government&mode=lexical"), ("story", ""),
        ("story", "guid=urn:synthetic:1000"), ("ingest", ""), ("ingest", "part=failures"), ("ingest", "part=trail"),
        ("evaluate", ""), ("health", ""),
    )  # fmt: skip
    with served(archive, beside=scratch, environment=drawn) as server:
        for number, (painted, field) in enumerate(
            paint.first_paints(server.address, times=arguments.visits, profile=scratch / "profile"), start=1
        ):
            print(
                f"visit {number}: first paint {painted:.2f} s, the question's field {field:.2f} s", flush=True
            )
        plans = paint.Plans(archive / "archive.sqlite")
        drawings = []
        for page, query in pages:
            for one in paint.redrawn(server, page, query=query):
                named = f"{page or 'ask'}{'?' + query if query else ''}"
                drawings.append(paint.Drawing(page=named, seconds=one.seconds, statements=one.statements,
                                              exceptions=one.exceptions))  # fmt: skip
        print(paint.table(drawings, plans))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument(
        "--passages", type=int, default=0, help="first paint and reruns, with so many drawn passages"
    )
    parser.add_argument("--archive", type=Path, help="an archive that exists")
    parser.add_argument("--folder", type=Path, help="where to build; kept, and used again")
    parser.add_argument("--model", help="of the catalogue; that of the settings by default")
    parser.add_argument("--max-tokens", type=int, default=256, help="of an answer")
    parser.add_argument("--cancel", action="store_true", help="measure cancellation")
    parser.add_argument("--visits", type=int, default=5, help="of the ask page")
    return parser.parse_args()


if __name__ == "__main__":
    main()
