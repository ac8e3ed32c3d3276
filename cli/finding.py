"""`similar`: more like a story."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.options import (
    ArchiveOption,
    AsOfOption,
    FromOption,
    JsonOption,
    LangOption,
    PlaceOption,
    ProviderOption,
    SubjectOption,
    ToOption,
    open_archive,
)
from cli.shapes import print_json, search_shape
from cli.text import hit_lines
from runtime.filters import make_filters


def register(app: typer.Typer) -> None:
    app.command(epilog="Example:  depeche similar urn:newsml:afp.com:20240101:1 -k 5 --lang fr")(similar)


def similar(
    guid: Annotated[str, typer.Argument(help="The story's guid, as `search` and `ask` print it.")],
    archive: ArchiveOption = None,
    limit: Annotated[int, typer.Option("-k", min=1, max=1000, help="Stories at most.")] = 10,
    start: FromOption = None,
    end: ToOption = None,
    lang: LangOption = None,
    provider: ProviderOption = None,
    subject: SubjectOption = None,
    place: PlaceOption = None,
    as_of: AsOfOption = None,
    json: JsonOption = False,
) -> None:
    """Find more stories like one: near in meaning and in words, in any language; no copies of it."""
    filters = make_filters(
        start=start, end=end, as_of=as_of, languages=lang or (), providers=provider or (), subjects=subject or (),
        places=place or (),
    )  # fmt: skip
    with open_archive(archive) as opened:
        result = opened.similar(guid, filters=filters, limit=limit)
    if json:
        print_json(search_shape(result) | {"guid": guid})
    else:
        typer.echo("\n".join(hit_lines(result.hits)) or "nothing like it")
