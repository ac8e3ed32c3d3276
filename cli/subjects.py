"""`subjects load|list|show`: the code tables that make old and new subject codes one."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer

from cli.options import ArchiveOption, JsonOption, open_archive
from cli.shapes import print_json
from cli.text import clean
from domain.subjects import Concept
from runtime.subjects import SubjectPage, SubjectReport

LanguageOption = Annotated[
    str | None, typer.Option("--lang", metavar="LANG", help="Language of the names shown (fr, de …).")
]
_REJECTED_SHOWN = 10
_CODES_SHOWN = 12


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Tables of subject codes: load, list, look up.", no_args_is_help=True)
    group.command(epilog="Example:  depeche subjects load cptall-mediatopic.xml")(load)
    group.command(name="list", epilog="Example:  depeche subjects list --scheme medtop --lang fr")(
        list_subjects
    )
    group.command(epilog='Example:  depeche subjects show "économie"')(show)
    app.add_typer(group, name="subjects")


def load(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="FILE…", help="Knowledge items (NewsML-G2 XML), or JSON of cv.iptc.org."),
    ],
    archive: ArchiveOption = None,
    json: JsonOption = False,
) -> None:
    """Load code tables and their mapping; loading one again changes nothing, and no index is made anew."""
    reports: dict[str, SubjectReport] = {}
    with open_archive(archive, makes=True) as opened:
        for file in files:
            reports[str(file)] = opened.subjects.load(file)
    if json:
        print_json({"files": [{"file": file} | asdict(report) for file, report in reports.items()]})
        return
    for name, report in reports.items():
        typer.echo(
            f"{clean(name)}: {report.new} new, {report.updated} updated, {report.unchanged} unchanged, "
            f"{report.set_aside} set aside, {len(report.rejected)} rejected"
        )
        for one in report.rejected[:_REJECTED_SHOWN]:
            typer.echo(f"  entry {one.position}: {clean(one.reason)}", err=True)


def list_subjects(
    archive: ArchiveOption = None,
    scheme: Annotated[
        str | None, typer.Option("--scheme", help="Only codes of this table: medtop, subj …")
    ] = None,
    lang: LanguageOption = None,
    json: JsonOption = False,
) -> None:
    """List the codes of the tables loaded."""
    with open_archive(archive) as opened:
        concepts = opened.subjects.all(scheme=scheme)
    if json:
        print_json({"subjects": [concept_shape(one) for one in concepts]})
    else:
        typer.echo("\n".join(_line(one, lang) for one in concepts) or "no table is loaded")


def show(
    subject: Annotated[str, typer.Argument(help="A code, or a name in any language.")],
    archive: ArchiveOption = None,
    lang: LanguageOption = None,
    json: JsonOption = False,
) -> None:
    """Show a subject: its names, its place in the table, and the codes that a search for it takes in."""
    with open_archive(archive) as opened:
        pages = opened.subjects.show(subject)
    if json:
        print_json({"subjects": [page_shape(page) for page in pages]})
    else:
        typer.echo("\n\n".join(_page(page, lang) for page in pages))


def concept_shape(concept: Concept) -> dict[str, Any]:
    return {
        "code": concept.code,
        "names": [{"lang": tag, "name": name} for tag, name in concept.names],
        "links": [{"relation": link.relation, "code": link.code} for link in concept.links],
        "retired": concept.is_retired,
    }


def page_shape(page: SubjectPage) -> dict[str, Any]:
    return concept_shape(page.concept) | {
        "broader": [one.code for one in page.broader],
        "narrower": [one.code for one in page.narrower],
        "same": [one.code for one in page.same],
        "searched": list(page.searched),
    }


def _line(concept: Concept, lang: str | None) -> str:
    retired = "  (retired)" if concept.is_retired else ""
    return f"{clean(concept.code)}  {clean(concept.name(lang))}{retired}".rstrip()


def _page(page: SubjectPage, lang: str | None) -> str:
    lines = [_line(page.concept, lang)]
    lines += [f"  {clean(tag)}: {clean(name)}" for tag, name in page.concept.names]
    for title, concepts in (("broader", page.broader), ("narrower", page.narrower), ("same", page.same)):
        lines += [f"  {title}: {_line(one, lang)}" for one in concepts]
    listed = ", ".join(map(clean, page.searched[:_CODES_SHOWN]))
    more = len(page.searched) - _CODES_SHOWN
    return "\n".join([*lines, f"  a search takes in: {listed}{f' and {more} more' if more > 0 else ''}"])
