"""`saved add|list|run|remove`: questions kept, and asked again for what is new."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cli.options import (
    ArchiveOption,
    FromOption,
    JsonOption,
    LangOption,
    PlaceOption,
    ProviderOption,
    SubjectOption,
    ToOption,
    open_archive,
)
from cli.shapes import hit_shape, print_json
from cli.text import clean, hit_lines
from db.store import SavedQuery
from runtime.filters import make_filters
from runtime.saved import MOST_REPORTED, SavedReport

NameArgument = Annotated[str, typer.Argument(help="What you call the question.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Saved questions that report what is new.", no_args_is_help=True)
    group.command(epilog="Example:  depeche saved add strikes 'headline:strike place:paris' --lang en")(add)
    group.command(name="list", epilog="Example:  depeche saved list --json")(list_saved)
    group.command(epilog="Example:  depeche saved run strikes --json")(run)
    group.command(epilog="Example:  depeche saved remove strikes")(remove)
    app.add_typer(group, name="saved")


def add(
    name: NameArgument,
    query: Annotated[str, typer.Argument(help="An expression, or a plain question.")],
    archive: ArchiveOption = None,
    start: FromOption = None,
    end: ToOption = None,
    lang: LangOption = None,
    provider: ProviderOption = None,
    subject: SubjectOption = None,
    place: PlaceOption = None,
    existing: Annotated[
        bool, typer.Option("--existing", help="Report, the first time, what is in the archive already.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Save a question; from now on `saved run` reports the stories that match it and arrive or change."""
    filters = make_filters(
        start=start, end=end, languages=lang or (), providers=provider or (), subjects=subject or (),
        places=place or (),
    )  # fmt: skip
    with open_archive(archive) as opened:
        saved = opened.saved.add(name, query, filters=filters, existing=existing)
    if json:
        print_json(saved_shape(saved))
    else:
        typer.echo(f"saved: {clean(saved.name)}")


def list_saved(archive: ArchiveOption = None, json: JsonOption = False) -> None:
    """List the saved questions."""
    with open_archive(archive) as opened:
        rows = opened.saved.all()
    if json:
        print_json({"saved": [saved_shape(row) for row in rows]})
        return
    for row in rows:
        last = f"last {row.last_run_at:%Y-%m-%d %H:%M} UTC" if row.last_run_at else "not run yet"
        typer.echo(f"{clean(row.name)}  {clean(row.text)}  ({row.runs} reports, {last})")
    if not rows:
        typer.echo("no question is saved")


def run(
    name: Annotated[str | None, typer.Argument(help="One question; all of them without a name.")] = None,
    archive: ArchiveOption = None,
    limit: Annotated[
        int, typer.Option("-k", min=1, max=100_000, help="Stories in one report at most; the rest come next.")
    ] = MOST_REPORTED,
    again: Annotated[
        bool, typer.Option("--again", help="Show the last report that held anything; record nothing.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Report the stories that match and arrived or changed since the last report; each is reported once."""
    with open_archive(archive) as opened:
        names = [name] if name is not None else opened.saved.names()
        reports = [opened.saved.again(one) if again else opened.saved.run(one, limit=limit) for one in names]
    if json:
        print_json({"reports": [report_shape(report) for report in reports]})
        return
    for report in reports:
        changes = sum(match.is_change for match in report.matches)
        new = len(report.matches) - changes
        typer.echo(f"{clean(report.name)}: {new} new, {changes} changed")
        for line in hit_lines([match.hit for match in report.matches]):
            typer.echo(line)
        if report.is_cut:
            typer.echo(f"more: depeche saved run {clean(report.name)}", err=True)


def remove(name: NameArgument, archive: ArchiveOption = None) -> None:
    """Forget a saved question and what it reported."""
    with open_archive(archive) as opened:
        opened.saved.remove(name)
    typer.echo(f"removed: {clean(name)}")


def saved_shape(saved: SavedQuery) -> dict[str, Any]:
    return {
        "name": saved.name,
        "query": saved.text,
        "from": saved.filters.start,
        "to": saved.filters.end,
        "lang": saved.filters.languages,
        "provider": saved.filters.providers,
        "created": saved.created_at,
        "runs": saved.runs,
        "last_run": saved.last_run_at,
        "waiting": len(saved.waiting),
    }


def report_shape(report: SavedReport) -> dict[str, Any]:
    return {
        "name": report.name,
        "query": report.text,
        "run": report.run,
        "stories": [hit_shape(match.hit) | {"changed": match.is_change} for match in report.matches],
        "more": report.is_cut,
    }
