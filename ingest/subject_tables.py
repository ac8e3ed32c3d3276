"""Reads code tables as IPTC publishes them: NewsML-G2 knowledge items, and the JSON of cv.iptc.org.

Streams: memory is bounded by one concept. A concept without a code or a name is reported and the next
goes on; people, places and events that a knowledge item holds are no subjects and are set aside.
Mappings are taken from `sameAs` and from links named after SKOS (exactMatch, closeMatch, broadMatch,
narrowMatch); links to what is no code of a table (Wikidata, say) are left out.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO

from lxml import etree

from domain.errors import SourceError
from domain.subjects import Concept, Link, RejectedConcept, Relation, subject_code
from ingest.normalise import MAX_ITEM_BYTES
from ingest.readers.json_items import looks_like_json, parse
from ingest.readers.xml import XmlItem, local_name, root_name, xml_items
from ingest.readers.xml_fields import find, find_all, text_of

_BLOCK = 1 << 16
_ROOTS = frozenset({"knowledgeItem", "conceptItem", "newsMessage", "conceptSet"})
_HINT = "give a knowledge item (NewsML-G2) or the JSON of cv.iptc.org, each with all languages"
_NO_SUBJECT = re.compile(r"cpnat:(?!abstract)\w+|.*/cpnature/(?!abstract)\w+")
_CODE = re.compile(r"[a-z][\w-]*:[^\s/]+")
_RELATIONS = {
    "exactmatch": Relation.EXACT, "closematch": Relation.CLOSE, "broadmatch": Relation.BROADER,
    "narrowmatch": Relation.NARROWER, "broader": Relation.BROADER, "narrower": Relation.NARROWER,
    "sameas": Relation.EXACT,
}  # fmt: skip

Found = Concept | RejectedConcept | None  # None: set aside


def read_table(path: Path) -> Iterator[Found]:
    """The concepts of the file, in its order. SourceError when it is no such table."""
    try:
        with path.open("rb") as file:
            head = file.read(_BLOCK)
            file.seek(0)
            if looks_like_json(head):
                yield from _from_json(file)
            elif root_name(head) in _ROOTS:
                yield from (_of_element(item) for item in xml_items(file, frozenset({"concept"})))
            else:
                raise SourceError(f"{path} is no table of codes", hint=_HINT)
    except OSError as error:
        raise SourceError(f"{path} cannot be read: {error.strerror}", hint="check the path") from error


def _of_element(item: XmlItem) -> Found:
    concept = item.element
    if concept is None:
        return RejectedConcept(position=item.position, reason=item.error or "not readable")
    identity = find(concept, "conceptId")
    code = "" if identity is None else identity.get("qcode") or identity.get("uri") or ""
    kind = find(concept, "type")
    detailed = any(local_name(child).endswith("Details") for child in concept)
    if detailed or (kind is not None and _NO_SUBJECT.fullmatch(kind.get("qcode") or kind.get("uri") or "")):
        return None
    names = [
        (_language(name), text) for name in find_all(concept, "name") if (text := text_of(name)) is not None
    ]
    retired = identity is not None and identity.get("retired") is not None
    return _concept(item.position, code, names, _element_links(concept), is_retired=retired)


def _element_links(concept: etree._Element) -> Iterator[tuple[str, str]]:
    for tag in ("broader", "narrower", "sameAs", "related"):
        for one in find_all(concept, tag):
            said = (one.get("rel") or "").rpartition(":")[2]
            relation = said if said.lower() in _RELATIONS else tag
            yield relation, one.get("qcode") or one.get("uri") or ""


def _language(element: etree._Element) -> str:
    return element.get("{http://www.w3.org/XML/1998/namespace}lang") or "und"


def _concept(
    position: int,
    code: str,
    names: Iterable[tuple[str, str]],
    links: Iterable[tuple[str, str]],
    *,
    is_retired: bool,
) -> Found:
    own, named = subject_code(code), tuple(dict.fromkeys(names))
    if not _CODE.fullmatch(own):
        return RejectedConcept(position=position, reason=f"no code with a scheme: {code[:80]!r}")
    if not named:
        return RejectedConcept(position=position, reason=f"{own} has no name")
    found = dict.fromkeys(
        Link(relation=relation, code=target)
        for name, text in links
        if (relation := _RELATIONS.get(name.lower())) is not None
        and _CODE.fullmatch(target := subject_code(text))
        and target != own
    )
    return Concept(code=own, names=named, links=tuple(found), is_retired=is_retired)


def _from_json(stream: BinaryIO) -> Iterator[Found]:
    for position, value in enumerate(_json_concepts(stream)):
        if isinstance(value, dict):
            yield _of_object(position, value)
        else:
            yield RejectedConcept(position=position, reason="not a JSON object")


def _of_object(position: int, value: Mapping[str, Any]) -> Found:
    code = value.get("qcode") or value.get("uri")
    labels = value.get("prefLabel")
    names = [
        (str(tag), " ".join(name.split()))
        for tag, name in (labels.items() if isinstance(labels, dict) else ())
        if isinstance(name, str) and name.strip()
    ]
    links = [(name, target) for name in _RELATIONS_IN_JSON for target in _texts(value.get(name))]
    return _concept(
        position, code if isinstance(code, str) else "", names, links, is_retired=bool(value.get("retired"))
    )


_RELATIONS_IN_JSON = (
    "broader",
    "narrower",
    "exactMatch",
    "closeMatch",
    "broadMatch",
    "narrowMatch",
    "sameAs",
)


def _texts(value: object) -> Iterator[str]:
    """A code or address, or a list of them, plain or as {"uri": …} and {"qcode": …}."""
    for one in value if isinstance(value, list) else [value]:
        text = one.get("qcode") or one.get("uri") if isinstance(one, dict) else one
        if isinstance(text, str):
            yield text


def _json_concepts(stream: BinaryIO) -> Iterator[object]:
    """The members of `conceptSet`, one at a time; a file without one is a single concept."""
    decode = codecs.getincrementaldecoder("utf-8-sig")("replace").decode
    text = ""
    while (start := re.search(r'"conceptSet"\s*:\s*\[', text)) is None:
        block = stream.read(_BLOCK)
        if not block:
            yield _whole(text)
            return
        if len(text) > MAX_ITEM_BYTES:
            raise SourceError(f"no conceptSet in the first {MAX_ITEM_BYTES >> 20} MiB", hint=_HINT)
        text += decode(block)
    text = text[start.end() :]
    scanner = json.JSONDecoder(strict=False)
    while True:
        text = text.lstrip(" \t\r\n,")
        if text.startswith("]"):
            return
        try:
            value, end = scanner.raw_decode(text)
        except RecursionError as error:
            raise SourceError("brackets are nested too deeply", hint=_HINT) from error
        except ValueError as error:
            # Cut by the end of a block, or broken: doubling what is read keeps the repeated scans few.
            block = stream.read(max(_BLOCK, len(text)))
            if not block or len(text) > MAX_ITEM_BYTES:
                raise SourceError(f"the JSON breaks off or is broken: {error}", hint=_HINT) from error
            text += decode(block)
            continue
        yield value
        text = text[end:]


def _whole(text: str) -> object:
    try:
        return parse(text.encode("utf-8", "surrogatepass"))
    except ValueError as error:
        raise SourceError(f"not JSON: {error}", hint=_HINT) from error
