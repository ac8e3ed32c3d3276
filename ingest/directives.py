"""Messages about another item, recognised in their words: "KILL KILL KILL", "DÉPÊCHE ANNULÉE", "HOLD LIFTED".

Only at the head of a message, where desks put them: the headline, the editor's note, the slugline, the
first words of the body, and only in the fixed forms of desks (`ingest.desk_words`). A headline that merely
speaks of killing, cancelling or withdrawing is a story; over Reuters-21578 and OrangeSum none is taken for
a message (tests/ingest/test_directives.py).

What the message names is handed on in its own words: a guid if it gives one, otherwise a number, a quoted
headline or a slugline. An item whose own status already takes it off names nobody else. A correction is
the corrected story itself: it goes in, and takes the place of the story whose headline it repeats.
"""

from __future__ import annotations

import re

from domain.story import Action, Directive, Status, Version
from ingest.desk_words import ERRATUM, LONGEST_ERRATUM, ORDERED, STEMS
from ingest.normalise import GUID_RECIPE

_HEAD_CHARACTERS = 240  # of the body: two lines of a wire message
_MADE_HERE = f"urn:depeche:{GUID_RECIPE}:"

_URN = re.compile(r"\b(?:urn|tag):[^\s,;<>\"'»”)]+[^\s,;.<>\"'»”)]")
_ITEM = r"(?i:item|story|dispatch|dépêche|depeche|meldung|despacho|noticia|notícia|nota|matéria|teletipo)"
_NO_AGENCY = r"(?!(?i:in|of|on|at|from|about|with|the|that|sent|moved|du|de|des|le|sur|vom|von|am|im|del|el|da|do|em|um) )"
_NUMBER = rf"((?:{_NO_AGENCY}[A-Za-z]{{2,12}} )?[A-Za-z]{{0,6}}\d(?:[\w./-]*\w)?)"
_NUMBERED = re.compile(
    rf"\b(?:{_ITEM}|(?i:no\.?|nr\.?|n°|nº|n\.º|story_number))"
    rf"(?: (?i:no\.?|nr\.?|n°|nº|number|numéro|número|nummer))?[ :#]+{_NUMBER}"
)
_CORRECTED_NUMBER = re.compile(rf"\b{_ITEM}(?: (?i:no\.?|nr\.?|n°|nº))?[ :#]+{_NUMBER}")
_QUOTED = re.compile(r"[\"“„«»]\s*([^\"“”„«»\n]{8,200}?)\s*[\"“”«»]")
_SLUGGED = re.compile(
    r"\b(?i:slug(?:ged|line)?):? +\"?([A-Z0-9][^\n\",;]{3,80}?)(?=[\",;\n]|\.\s|\.?$|,? (?:sent|moved|of|from|was|is|until|which|that|because|as|pending)\b)"
    r"|\b(BC-[A-Z0-9][\w<>.'/&-]{2,60})"
)
_CALL = re.compile(
    r"^\W*(?:ATTENTION(?: EDITORS| R[ÉE]DACTIONS)?|EDITORS|ACHTUNG|ATENCI[ÓO]N|ATEN[ÇC][ÃA]O|OFFICIAL)\)?[ ]*(?:[-–—:]\s*|$)"
)


def find(version: Version) -> Directive | None:
    """What `version` asks to be done to another item, if it is such a message.

    CORRECT: `version` is a story too, and is to be stored; any other message is not.
    """
    if version.status is not Status.USABLE:
        return None
    head = _head(version)
    if not any(stem in head for stem in STEMS):
        return None
    for pattern, action in ORDERED:
        if found := pattern.search(head):
            return _correction(version, found) if action is Action.CORRECT else _order(version, action)
    return None


def _head(version: Version) -> str:
    parts = (version.headline, version.ed_note, version.slugline, version.body[:_HEAD_CHARACTERS])
    return "\n".join(filter(None, parts))


def _order(version: Version, action: Action) -> Directive:
    words = "\n".join(filter(None, (version.ed_note, version.headline, version.body)))
    named = _URN.search(words)
    own = None if version.guid.startswith(_MADE_HERE) else version.guid  # a kill may be sent as a revision
    return Directive(
        action=action,
        provider=version.provider,
        issued=version.published,
        target=named[0] if named else own,
        reference=None if named else _reference(version, words),
        reason=" ".join(words.split())[:500],
        source=version.source,
    )


def _reference(version: Version, words: str) -> str:
    """The words that name the other item, surest first; messages usually carry its slugline or headline."""
    for pattern in (_NUMBERED, _SLUGGED, _QUOTED):
        if match := pattern.search(words):
            return next(group for group in match.groups() if group)
    for own in (version.slugline, version.headline):
        if own and (rest := _strip_orders(own)):
            return rest
    return " ".join(version.body.split())[:200]


def _correction(version: Version, found: re.Match[str]) -> Directive | None:
    """Which story the version takes the place of: one that it numbers, or of the same headline."""
    if len(version.body) <= LONGEST_ERRATUM and ERRATUM.search(version.body):
        return None
    head = _head(version)
    line = head[found.start() :].partition("\n")[0]
    numbered = _CORRECTED_NUMBER.search(line)
    named = _URN.search(line)
    reference = numbered[1] if numbered else _strip_orders(version.headline or "")
    if not (reference or named):
        return None
    return Directive(
        action=Action.CORRECT,
        provider=version.provider,
        issued=version.published,
        target=named[0] if named else None,
        reference=None if named else reference,
        reason=" ".join((version.ed_note or line).split())[:500],
        source=version.source,
        replacement=version.guid,
    )


def _strip_orders(line: str) -> str:
    """A headline without the order in it: "STORY WITHDRAWN: Minister resigns" names "Minister resigns"."""
    for pattern, _ in ORDERED:
        line = pattern.sub("", line)
    return _CALL.sub("", line.strip(" \t:;,.-–—/()[]")).strip()
