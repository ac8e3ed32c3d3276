"""Messages about another item, recognised in their words: "KILL KILL KILL", "DÉPÊCHE ANNULÉE", "HOLD LIFTED".

Only at the head of a message, where desks put them: the headline, the editor's note, the slugline, the
first words of the body, and only in the fixed forms of desks. A headline that merely speaks of killing,
cancelling or withdrawing is a story; over Reuters-21578 and OrangeSum none is taken for a message
(tests/ingest/test_directives.py).

What the message names is handed on in its own words: a guid if it gives one, otherwise a number, a quoted
headline or a slugline. An item whose own status already takes it off names nobody else.
"""

from __future__ import annotations

import re

from domain.story import Action, Directive, Status, Version

_HEAD_CHARACTERS = 240  # of the body: two lines of a wire message

# Case counts: desks write these in capitals, reporters do not. Each alternative names its language.
_KILL = re.compile(
    r"\bKILL[ ,.-]+KILL\b|\b(?:BULLETIN|MANDATORY|URGENT) KILL\b|\bKILL ADVISORY\b|\bADVISORY KILL\b"
    r"|\bSTORY (?:KILLED|WITHDRAWN|RETRACTED)\b|\bATTENTION EDITORS[^\n]{0,40}\bKILL\b|^WITHDRAWN?:|^KILL:"
    r"|\b(?i:please|editors:?|eds:?) (?i:kill|withdraw|disregard) (?i:the |our )?(?i:story|item|dispatch)\b"
    r"|\b(?:DÉPÊCHE|DEPECHE|INFORMATION|ARTICLE) ANNULÉE?\b"  # fr
    r"|^ANNULATION(?:[ ]*[:.–-]|$| (?:DE |D')?(?:LA |NOTRE )?(?:DÉPÊCHE|DEPECHE))|\bÀ ANNULER\b"
    r"|\b(?i:veuillez|prière d[e']) ?(?i:annuler|ne pas utiliser) (?i:la|notre|cette) (?i:dépêche)\b"
    # de; "nicht verwenden vor" is an embargo, and a withdrawn picture is no story
    r"|\bACHTUNG\b(?![^\n]{0,120}\b(?i:foto|bild|video|grafik))"
    r"[^\n]{0,120}\b(?i:nicht verwenden)\b(?! (?i:vor|bis))"
    r"|\bMELDUNG (?:ZURÜCKGEZOGEN|GESTRICHEN|ANNULLIERT)\b"
    r"|\b(?i:bitte verwenden sie die meldung)\b[^\n]{0,80}\bnicht\b"
    r"|^ANULACIÓN(?:[ ]*[:.–-]|$| DE(?:L| LA)? (?:DESPACHO|NOTICIA))"
    r"|\bDESPACHO ANULADO\b|\bNOTICIA ANULADA\b"  # es
    r"|\b(?i:rogamos|por favor),? (?i:anul(?:ar|en) (?:la noticia|el despacho))\b"
    r"|^ANULAÇÃO(?:[ ]*[:.–-]|$| D[OA] (?:DESPACHO|NOTÍCIA))|\b(?:DESPACHO|NOTÍCIA) ANULAD[OA]\b"  # pt
    r"|\b(?i:favor (?:anular|desconsiderar) (?:a notícia|o despacho))\b"
    r"|إلغاء (?:خبر|برقية)|(?:خبر|برقية) (?:ملغاة|ملغى|ملغي)|يرجى (?:إلغاء|عدم استخدام)",
    re.M,
)
_HOLD = re.compile(
    r"\bHOLD[ ,.-]+HOLD\b|\bSTORY (?:ON HOLD|WITHHELD)\b|\bHOLD (?:STORY|ADVISORY)\b|^HOLD:"
    r"|\b(?i:please|editors:?|eds:?) (?i:hold) (?i:the |our )?(?i:story|item|dispatch)\b"
    r"|\bDÉPÊCHE (?:SUSPENDUE|EN ATTENTE)\b|\bMELDUNG (?:GESPERRT|ZURÜCKGEHALTEN)\b"
    r"|\bDESPACHO (?:RETENIDO|SUSPENDIDO|SUSPENSO)\b"
    r"|\bNOTICIA RETENIDA\b|\bNOTÍCIA SUSPENSA\b|تعليق (?:خبر|برقية)"
)
_RELEASE = re.compile(
    r"\b(?:HOLD|KILL) LIFTED\b|\bSTORY (?:RELEASED|REINSTATED)\b|\bSUSPENSION LEVÉE\b|\bSPERRE AUFGEHOBEN\b"
    r"|\bRETENCIÓN LEVANTADA\b|\bSUSPENSÃO LEVANTADA\b"
)
_ORDERED = ((_RELEASE, Action.RELEASE), (_KILL, Action.KILL), (_HOLD, Action.HOLD))

# One of these stands in every such message: looked for first, which costs a tenth of the patterns.
_STEMS = (
    "KILL", "HOLD", "WITHDR", "RETRACT", "ithdraw", "isregard", "kill", "hold th", "hold our", "hold story",
    "hold item", "ANNUL", "annul", "ANUL", "anul", "ne pas utiliser", "ACHTUNG", "ZURÜCK", "GESTRICHEN",
    "GESPERRT", "nicht", "WITHHELD", "RELEASED", "REINSTATED", "SUSPEN", "RETEN", "AUFGEHOBEN", "LEVANTAD",
    "desconsiderar", "EN ATTENTE", "إلغاء", "ملغ", "عدم استخدام", "تعليق",
)  # fmt: skip

_URN = re.compile(r"\b(?:urn|tag):[^\s,;<>\"'»”)]+[^\s,;.<>\"'»”)]")
_NUMBERED = re.compile(
    r"\b(?i:item|story|dispatch|dépêche|depeche|meldung|despacho|noticia|notícia|no\.?|nr\.?|n°|nº|n\.º)"
    r"(?: (?i:no\.?|nr\.?|n°|nº|number|numéro|número))?[ :#]+((?:[A-Za-z]{2,12} )?[A-Z]{0,6}\d[\w./-]*)"
)
_QUOTED = re.compile(r"[\"“„«»]\s*([^\"“”„«»\n]{8,200}?)\s*[\"“”«»]")
_SLUGGED = re.compile(
    r"\b(?i:slug(?:ged|line)?):? +([A-Z0-9][\w<>.'/&-]{3,60})|\b(BC-[A-Z0-9][\w<>.'/&-]{2,60})"
)


def find(version: Version) -> Directive | None:
    """What `version` asks to be done to another item, if it is such a message."""
    if version.status is not Status.USABLE:
        return None
    head = "\n".join(
        filter(None, (version.headline, version.ed_note, version.slugline, version.body[:_HEAD_CHARACTERS]))
    )
    if not any(stem in head for stem in _STEMS):
        return None
    for pattern, action in _ORDERED:
        if pattern.search(head):
            return _directive(version, action)
    return None


def _directive(version: Version, action: Action) -> Directive | None:
    words = "\n".join(filter(None, (version.ed_note, version.headline, version.body)))
    named = _URN.search(words)
    target = named[0] if named else None
    return Directive(
        action=action,
        provider=version.provider,
        issued=version.published,
        target=target,
        reference=None if target else _reference(version, words),
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


def _strip_orders(line: str) -> str:
    """A headline without the order in it: "STORY WITHDRAWN: Minister resigns" names "Minister resigns"."""
    for pattern, _ in _ORDERED:
        line = pattern.sub("", line)
    return line.strip(" \t:;,.-–—/()[]")
