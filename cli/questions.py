"""`search`, `ask` and `answers`: what is found, what is answered, what has gone stale since."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from enum import StrEnum
from typing import Annotated

import typer

from answering.exporting import Format
from cli.options import (
    ArchiveOption,
    AsOfOption,
    FromOption,
    JsonOption,
    LangOption,
    ModelOption,
    PlaceOption,
    ProviderOption,
    SubjectOption,
    ToOption,
    open_archive,
)
from cli.shapes import (
    answer_shape,
    facets_shape,
    given_answer_shape,
    print_json,
    search_shape,
    stored_answer_shape,
)
from cli.text import (
    answer_lines,
    clue_lines,
    facet_lines,
    given_answer_lines,
    hit_lines,
    stored_answer_lines,
)
from domain.answer import AnswerEvent, EvidenceFound, TextDelta
from domain.query import Mode, Order, Query
from runtime.filters import make_filters


class Sort(StrEnum):
    """How `search` lays out what it found."""

    RELEVANCE = "relevance"
    DATE = "date"
    NEWEST = "-date"


ORDERS = {Sort.RELEVANCE: Order.RELEVANCE, Sort.DATE: Order.OLDEST, Sort.NEWEST: Order.NEWEST}
ModeOption = Annotated[Mode, typer.Option("--mode", help="Which halves of the search to use.")]


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  depeche search 'wheat subsidy' --from 1987-03 --to 1987-04 --lang en")(
        search
    )
    app.command(epilog='Example:  depeche ask "Combien de membres comptait l\'UE ?" --as-of 2005-01-01')(ask)
    app.command(epilog="Example:  depeche answers 12 --export bibtex")(answers)


def search(
    query: Annotated[str, typer.Argument(help="Words, a phrase in quotes, or a question.")],
    archive: ArchiveOption = None,
    limit: Annotated[int, typer.Option("-k", min=1, max=1000, help="Stories at most.")] = 10,
    start: FromOption = None,
    end: ToOption = None,
    lang: LangOption = None,
    provider: ProviderOption = None,
    subject: SubjectOption = None,
    place: PlaceOption = None,
    mode: ModeOption = Mode.HYBRID,
    as_of: AsOfOption = None,
    sort: Annotated[
        Sort, typer.Option("--sort", help="By relevance, by date, or by date with the newest first.")
    ] = Sort.RELEVANCE,
    facets: Annotated[
        bool, typer.Option("--facets", help="Count all stories that match, by year, language and so on.")
    ] = False,
    json: JsonOption = False,
) -> None:
    """Find stories; the filters hold inside the search, not after it."""
    filters = make_filters(
        start=start, end=end, as_of=as_of, languages=lang or (), providers=provider or (), subjects=subject or (),
        places=place or (),
    )  # fmt: skip
    with open_archive(archive) as opened:
        asked = opened.understand(Query(text=query, filters=filters, mode=mode, limit=limit))
        result = opened.search_query(replace(asked, order=ORDERS[sort]))
        counted = opened.facets(asked) if facets else None
    if json:
        shape = search_shape(result)
        print_json(shape | {"facets": facets_shape(counted)} if counted else shape)
        return
    lines = [*clue_lines(result.query.clues), *hit_lines(result.hits)] or ["nothing found"]
    typer.echo("\n".join([*lines, *(facet_lines(counted) if counted else ())]))


def ask(
    question: Annotated[str, typer.Argument(help="A question, in any of the archive's languages.")],
    archive: ArchiveOption = None,
    start: FromOption = None,
    end: ToOption = None,
    lang: LangOption = None,
    provider: ProviderOption = None,
    subject: SubjectOption = None,
    place: PlaceOption = None,
    mode: ModeOption = Mode.HYBRID,
    as_of: AsOfOption = None,
    limit: Annotated[
        int | None, typer.Option("-k", min=1, max=100, help="Stories offered as evidence.")
    ] = None,
    model: ModelOption = None,
    budget: Annotated[int | None, typer.Option("--budget", min=200, help="Prompt tokens at most.")] = None,
    max_wait: Annotated[
        float | None,
        typer.Option("--max-wait", min=0.1, help="Seconds to the first word at most: less is read."),
    ] = None,
    extractive: Annotated[
        bool, typer.Option("--extractive", help="Quote the best sentences; no language model.")
    ] = False,
    after: Annotated[
        int | None,
        typer.Option("--after", help="Id of the answer that this follows: “and in 1991?” is written out."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Answer from the archive, each sentence with the words it rests on."""
    filters = make_filters(
        start=start, end=end, as_of=as_of, languages=lang or (), providers=provider or (), subjects=subject or (),
        places=place or (),
    )  # fmt: skip
    with open_archive(
        archive,
        model__name=model,
        answer__budget=budget,
        answer__max_wait=max_wait,
        answer__evidence=limit,
    ) as opened:
        text = opened.written_out(question, after=after)
        if text != question:
            typer.echo(f"understood as: {text}", err=True)
        query = opened.understand(
            Query(text=text, filters=filters, mode=mode, limit=opened.settings.answer.evidence)
        )
        if not (json or extractive) and not opened.model_installed:
            typer.echo(
                f"{opened.settings.model.name} is not installed: quoting instead (depeche models pull {opened.settings.model.name})",
                err=True,
            )
        extractive = extractive or not opened.model_installed
        if json:
            print_json(answer_shape(opened.answer_query(query, extractive=extractive)))
        else:
            _print_as_it_comes(opened.stream(query, extractive=extractive))


def _print_as_it_comes(events: Iterable[AnswerEvent]) -> None:
    """The checked answer goes to standard output, what comes before it to standard error."""
    streaming = False
    for event in events:
        if isinstance(event, EvidenceFound):
            if not event.settled:
                continue  # a terminal cannot take back what it has printed
            lines = [*clue_lines(event.query.clues), *hit_lines(event.hits[:5], brief=True), ""]
            typer.echo("\n".join(lines), err=True)
        elif isinstance(event, TextDelta):
            if not streaming:
                typer.echo("draft, being checked: ", err=True, nl=False)
            streaming = True
            typer.echo(event.text, err=True, nl=False)
        else:
            typer.echo("\n" if streaming else "", err=True)
            typer.echo("\n".join(answer_lines(event.answer)))


def answers(
    answer_id: Annotated[
        int | None, typer.Argument(metavar="ID", help="One answer in full, with its citations.")
    ] = None,
    archive: ArchiveOption = None,
    stale: Annotated[
        bool, typer.Option("--stale", help="Only answers whose stories were corrected or killed since.")
    ] = False,
    limit: Annotated[int, typer.Option("-k", min=1, help="Answers at most, newest first.")] = 50,
    export: Annotated[
        Format | None, typer.Option("--export", help="Print the answer named by ID in this format.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the answers given, and what has happened to their sources since; or show one of them."""
    if export and answer_id is None:
        raise typer.BadParameter("name the answer: depeche answers ID --export FORMAT")
    with open_archive(archive) as opened:
        if export and answer_id is not None:
            typer.echo(opened.given.exports(answer_id)[export], nl=False)
            return
        if answer_id is not None:
            given = opened.given.get(answer_id)
            if json:
                print_json(given_answer_shape(given))
            else:
                typer.echo("\n".join(given_answer_lines(given)))
            return
        rows = opened.answers(limit=limit, stale_only=stale)
    if json:
        print_json({"answers": [stored_answer_shape(row) for row in rows]})
    else:
        typer.echo(
            "\n".join(stored_answer_lines(rows)) or "no answers" + (" have gone stale" if stale else " yet")
        )
