"""`eval`: run an evaluation set and print its measures; `eval sets` validates, `eval make` makes one."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from cli.options import ArchiveOption, JsonOption, ModelOption, open_archive, settings_for
from cli.progress import IngestBars, QuestionsBar
from cli.shapes import print_json
from domain.errors import CorpusNotHere, SetError
from evaluation.comparison import Change, Comparison
from evaluation.floors import below, read_floors
from evaluation.runner import Run
from evaluation.sets.review import count as count_review
from evaluation.sets.review import read_review
from runtime.evaluation import Prepared, compare, find_run, find_sets, prepare, rescored
from runtime.sets import read_as_made
from runtime.settings import Settings, shared_folder
from runtime.synthetic import make_set_of

FormatOption = Annotated[
    str | None,
    typer.Option("--format", metavar="NAME", help="Format of the set, if it is not to be recognised."),
]
MULTIHOP_MEASURES = frozenset({"hits@4", "hits@10", "multihop_map@10"})
_UNKNOWN_SHOWN = 5  # guids named in full


class _RunByDefault(TyperGroup):
    """`depeche eval SET` is `depeche eval run SET`: what is not the name of a command is a set."""

    def parse_args(
        self, ctx: Any, args: list[str]
    ) -> list[str]:  # Typer's own copy of click has no public name
        return super().parse_args(ctx, args if args and args[0] in self.commands else ["run", *args])


def register(app: typer.Typer) -> None:
    group = typer.Typer(cls=_RunByDefault, help="Evaluation sets: run, compare, validate, make.")
    group.command(
        name="run",
        epilog="Example:  depeche eval questions.csv --archive ~/archives/desk --extractive",
    )(run_evaluation)
    group.command(name="sets", epilog="Example:  depeche eval sets data")(list_sets)
    group.command(name="make", epilog="Example:  depeche eval make my-set --questions 100")(make_one)
    group.command(name="review", epilog="Example:  depeche eval review my-set --json")(show_review)
    app.add_typer(group, name="eval")


def run_evaluation(
    path: Annotated[
        Path,
        typer.Argument(
            metavar="SET",
            help="A set: a folder or file, see docs/sets.md. With --compare, also a run's folder.",
        ),
    ],
    archive: ArchiveOption = None,
    name: Annotated[
        str | None, typer.Option("--name", help="Name of the run; an interrupted one resumes under its name.")
    ] = None,
    retrieval_only: Annotated[
        bool, typer.Option("--retrieval-only", help="Rank stories; ask no model.")
    ] = False,
    extractive: Annotated[
        bool, typer.Option("--extractive", help="Answer by quoting, without a model.")
    ] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=1, help="Only the first N questions.")] = None,
    jobs: Annotated[
        int, typer.Option("--jobs", min=1, help="Questions asked at the same time, where a server answers.")
    ] = 1,
    model: ModelOption = None,
    corpus: Annotated[
        list[Path] | None,
        typer.Option("--corpus", metavar="PATH", help="Ask these stories instead; repeatable."),
    ] = None,
    format: FormatOption = None,
    against: Annotated[
        str | None, typer.Option("--compare", metavar="RUN", help="Show what changed against that run.")
    ] = None,
    again: Annotated[
        str | None,
        typer.Option("--rescore", metavar="RUN", help="Measure that run's answers anew; ask nothing."),
    ] = None,
    floors: Annotated[
        Path | None,
        typer.Option("--floors", metavar="FILE", help="Fail when a measure is below the floor pinned there."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="Also copy the run's files, report.html too, there.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Run an evaluation set and print every measure; the run's folder keeps a report to open in a browser.

    A set with stories of its own is run in an archive of its own (cached by content); one without is asked
    of the archive named. `eval sets` validates sets, `eval --compare A B` compares two runs.
    """
    settings = settings_for(archive, model__name=model)
    stories = corpus or []
    pinned = read_floors(floors) if floors else None  # before the run: a bad file is told at once
    if against and (path / "results.jsonl").is_file():
        _print_comparison(_of_two(against, path), json=json)
        return
    if again:
        run = rescored(path, again, settings, format=format, corpus=stories)
    else:
        with IngestBars(enabled=not json) as bars:
            prepared = prepare(
                path, settings, format=format, corpus=stories, reading=bars.reading, indexing=bars.indexing
            )
        _warn(prepared)
        with prepared:
            run = _run(
                prepared,
                name=name,
                retrieval_only=retrieval_only,
                extractive=extractive,
                limit=limit,
                jobs=jobs,
                json=json,
            )
    comparison = _against(against, run, settings) if against else None
    if report:
        shutil.copytree(run.folder, report, dirs_exist_ok=True)
    _print_run(run, comparison, report or run.folder, json=json)
    if pinned and (broken := below(pinned, corpus=run.corpus, summary=run.summary)):
        for line in broken:
            typer.echo(f"depeche: {line}", err=True)
        raise typer.Exit(1)


def list_sets(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[PATH]…", help="Sets, or folders that hold some; the working folder if none."
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Find evaluation sets, read them wholly and say what is in them, or what is wrong and in which line."""
    rows = []
    for found in find_sets(paths or [Path()], shared=shared_folder()):
        row: dict[str, Any] = {
            "path": str(found.path),
            "format": found.format,
            "problem": None,
            "missing": None,
        }
        if found.read is not None:
            of = found.read
            row |= {
                "questions": len(of.queries),
                "with_answers": sum(bool(q.answers) for q in of.queries),
                "unanswerable": sum(q.answerable is False for q in of.queries),
                "not_scored": sum(q.answerable is None for q in of.queries),
                "judged": len(of.qrels),
                "corpus": "files"
                if of.corpus
                else f"{len(of.stories)} stories"
                if of.stories
                else "an archive",
                "synthetic": of.synthetic,
            }
        elif isinstance(found.problem, CorpusNotHere):  # nothing is wrong with the set
            row["missing"] = str(found.problem)
        else:
            row["problem"] = str(found.problem)
        rows.append(row)
    if json:
        print_json({"sets": rows})
    else:
        for row in rows:
            typer.echo(_set_line(row))
        if not rows:
            typer.echo("no set here", err=True)
    if any(row["problem"] for row in rows):
        raise typer.Exit(1)


def make_one(
    out: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where to write the set: a new folder.")],
    archive: ArchiveOption = None,
    questions: Annotated[int, typer.Option("--questions", min=1, help="At most so many.")] = 100,
    stories: Annotated[
        int, typer.Option("--stories", min=1, help="Drawn from the archive; they are the set's corpus.")
    ] = 500,
    seed: Annotated[int, typer.Option("--seed", help="The same seed and archive give the same set.")] = 7,
    json: JsonOption = False,
) -> None:
    """Make a set from the archive, without a model: stories to find again, gaps to fill, gaps whose story was
    taken away, and questions whose answer is left in another language only. Marked as synthetic.
    """
    with open_archive(archive) as opened:
        made = make_set_of(opened, out, questions=questions, stories=stories, seed=seed)
    kinds = Counter(query.kind for query in made.queries)
    if json:
        print_json({"folder": str(out), "stories": len(made.corpus), "questions": dict(kinds)})
        return
    for kind, count in sorted(kinds.items()):
        typer.echo(f"{kind:24} {count}")
    typer.echo(f"{len(made.corpus)} stories in {out}; next:  depeche eval {out} --extractive", err=True)


def show_review(
    path: Annotated[Path, typer.Argument(metavar="SET", help="A folder that `eval make` wrote.")],
    json: JsonOption = False,
) -> None:
    """Say how far people have reviewed a made set, and what they decided. It is reviewed on the Evaluate page."""
    made, decided = read_as_made(path), read_review(path)
    counts = count_review(made, decided)
    rows = [
        {
            "id": query.query_id,
            "question": query.text,
            "decision": one.decision if (one := decided.get(query.query_id)) else None,
            "by": one.by if one else None,
            "at": one.at.isoformat() if one else None,
            "edited": one.text if one else None,
        }
        for query in made.queries
    ]
    if json:
        print_json(asdict(counts) | {"reviewed": counts.reviewed, "decisions": rows})
        return
    typer.echo(
        f"{counts.reviewed} of {counts.questions} reviewed: {counts.accepted} accepted, "
        f"{counts.edited} edited, {counts.rejected} rejected"
    )
    for row in rows:
        typer.echo(f"{row['decision'] or '–':9} {row['id']}  {row['edited'] or row['question']}")


def _set_line(row: Mapping[str, Any]) -> str:
    if row["problem"]:
        return f"{row['path']}: NOT VALID\n  {row['problem']}"
    if row["missing"]:
        return str(row["missing"])
    marks = ", synthetic" if row["synthetic"] else ""
    line = (
        f"{row['path']}: {row['format']}{marks}, {row['questions']} questions ({row['with_answers']} with answers, "
        f"{row['unanswerable']} to be declined), {row['judged']} with judged stories; asked of {row['corpus']}"
    )
    if row["not_scored"] and row["not_scored"] < row["questions"]:
        line += (
            f"\n  {row['not_scored']} questions have neither an answer nor answerable = no: "
            "their answers are not scored"
        )
    return line


def _warn(prepared: Prepared) -> None:
    if unknown := prepared.unknown_guids():
        named = ", ".join(unknown[:_UNKNOWN_SHOWN])
        typer.echo(
            f"depeche: not in the archive, though the set calls them relevant: {len(unknown)} of the guids, {named}"
            f"{' …' if len(unknown) > _UNKNOWN_SHOWN else ''}",
            err=True,
        )


def _run(
    prepared: Prepared,
    *,
    name: str | None,
    retrieval_only: bool,
    extractive: bool,
    limit: int | None,
    jobs: int,
    json: bool,
) -> Run:
    with QuestionsBar(enabled=not json) as bar:
        return prepared.run(
            name=name,
            retrieval_only=retrieval_only,
            extractive=extractive,
            limit=limit,
            jobs=jobs,
            progress=bar.show,
        )


def _of_two(first: str, second: Path) -> Comparison:
    """Two runs, and nothing to run: the first is named by its folder, or by its name beside the second."""
    beside = second.parent / first
    return compare(beside if beside.is_dir() else Path(first), second)


def _against(named: str, run: Run, settings: Settings) -> Comparison:
    beside = run.folder.parent / named
    before = beside if beside.is_dir() else find_run(named, settings)
    if before.resolve() == run.folder.resolve():
        raise SetError(f"{named} is this very run", hint="keep the one before under a --name")
    return compare(before, run.folder)


def comparison_shape(found: Comparison) -> dict[str, Any]:
    """`changes` as it always was; `comparison`: measure → before, after, p and the p that Holm corrects."""
    texts = found.texts()
    return {
        "comparison": {name: asdict(moved) for name, moved in found.measures.items()},
        "changes": [_change_shape(change, *texts[change.query_id]) for change in found.changes],
    }


def _change_shape(change: Change, before: str, after: str) -> dict[str, Any]:
    return {
        "query_id": change.query_id,
        "before": change.before,
        "after": change.after,
        "text_before": before,
        "text": after,
        "moved": change.moved,
    }


def _print_run(run: Run, comparison: Comparison | None, report: Path, *, json: bool) -> None:
    if json:
        print_json(run.summary | (comparison_shape(comparison) if comparison else {}))
        return
    _print_summary(run)
    if comparison:
        _print_comparison(comparison, json=False)
    typer.echo(f"run kept in {run.folder}; open {report / 'report.html'}", err=True)


def _print_summary(run: Run) -> None:
    """What applies to this set: a measure of nothing has no value, and MultiHop-RAG's are for its questions."""
    bounds = run.summary["intervals"]
    left_out = {"intervals", "slices", "risk_coverage", "scored"}
    if run.format != "multihop-rag":
        left_out |= MULTIHOP_MEASURES
    for measure, value in run.summary.items():
        if measure in left_out or value is None:
            continue
        if isinstance(value, dict):
            if lines := [f"  {k:18} {_shown(v)}" for k, v in value.items() if v is not None]:
                typer.echo("\n".join([f"{measure}:", *lines]))
        elif measure in bounds:
            typer.echo(f"{measure:24} {value}  ({bounds[measure][0]} to {bounds[measure][1]})")
        else:
            typer.echo(f"{measure:24} {value}")
    if curve := run.summary.get("risk_coverage"):
        typer.echo(f"{'aurc':24} {curve['aurc']}")


def _shown(value: object) -> str:
    if not isinstance(value, dict):
        return str(value)
    return ", ".join(f"{k} {_shown(v)}" for k, v in value.items() if v is not None)


def _print_comparison(found: Comparison, *, json: bool) -> None:
    if json:
        print_json(comparison_shape(found))
        return
    typer.echo(f"{'measure':24} {'before':>8} {'after':>8} {'better':>7} {'worse':>7} {'p (Holm)':>9}")
    for name, moved in found.measures.items():
        mark = " *" if moved.holm < 0.05 else ""
        typer.echo(
            f"{name:24} {moved.before:8.4f} {moved.after:8.4f} {moved.better:7} {moved.worse:7} {moved.holm:9.4f}{mark}"
        )
    texts = found.texts()
    for change in found.changes:
        before, after = texts[change.query_id]
        moved_by = ", ".join(f"{n} {b:.2f} → {a:.2f}" for n, (b, a) in change.moved.items())
        outcomes = f"{change.before} → {change.after}" if change.before != change.after else f"{change.after}"
        typer.echo(f"{change.query_id}: {outcomes}  {moved_by}\n  - {before}\n  + {after}")
