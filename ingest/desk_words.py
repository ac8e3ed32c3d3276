"""The fixed words with which agencies' desks take a story off, hold it, let it go, or correct it.

One table an act, one line a language. Case counts: desks write these in capitals, reporters do not; where
lower case is taken, the sentence can only be a desk's ("please kill the story", "bitte nicht verwenden").
Accents on capitals are optional, as on the wire. Each phrase is held to its meaning by
tests/ingest/messages.jsonl, where every line is a message or a story that resembles one.
"""

from __future__ import annotations

import re

from domain.story import Action

_END = (
    r"[ ]*(?:[:.!/–—-]|$)"  # after an order that could also begin a headline: "ANULACIÓN DE LAS ELECCIONES"
)
_EN = r"(?i:story|item|dispatch|article|report|copy|version)"
_FR = r"(?i:d[ée]p[êe]che|information|papier|article|texte)"
_DE = r"(?i:meldung|text|bericht|beitrag)"
_ES = r"(?i:noticia|despacho|nota|informaci[óo]n|teletipo)"
_PT = r"(?i:not[íi]cia|mat[ée]ria|despacho|nota|texto|pe[çc]a)"
_AR = r"(?:ال)?(?:خبر|برقية|نبأ|تقرير)"
_PICTURE = r"(?![^\n]{0,120}\b(?i:foto|bild|video|grafik|photo|picture|image|imagen|imagem|graphic))"

KILL = (
    # en: AP, Reuters, AFP
    r"\bKILL(?:[ ,.!/*-]+KILL)+\b|\b(?:BULLETIN|MANDATORY|URGENT|COMPLETE) (?:KILL|ELIMINATION)\b"
    r"|\b(?:Bulletin|Mandatory) Kill\b|\bKILL (?:ADVISORY|MANDATORY|NOTICE)\b|\b(?:ADVISORY|NOTICE) KILL\b"
    r"|\b(?i:a kill is mandatory)\b|\b(?:STORY|ITEM|DISPATCH|ARTICLE)(?: IS| HAS BEEN)? "
    r"(?:KILLED|WITHDRAWN|RETRACTED|CANCELL?ED|ELIMINATED)\b|^(?:WITHDRAWN?|RETRACT(?:ED|ION)|KILL):|^WITHDRAWN ?[-–—]"
    rf"|^ADVISORY[ ]*[-–—][^\n]{{0,120}}\b{_EN}\b[^\n]{{0,30}}\b(?i:withdrawn|killed|retracted)\b"
    rf"|\b(?:The|Our) (?:[\w/-]+ ){{0,4}}?{_EN} (?i:headlined|slugged|transmitted|moved|sent)\b[^\n]{{0,200}}"
    r"\b(?i:is|has been|is being|is wrong and is) (?:hereby )?(?i:withdrawn|killed|retracted)\b"
    r"|\bATTENTION EDITORS[^\n]{0,40}\bKILL\b"
    rf"|\b(?i:please|editors|eds|clients|subscribers):? (?i:kill|withdraw|disregard|eliminate|delete) "
    rf"(?i:the |our |this |all copies of the )?(?i:above |earlier |previous |following |entire )?{_EN}\b"
    rf"|\b(?:ATTENTION|EDITORS)\b{_PICTURE}[^\n]{{0,80}}\bDO NOT USE\b(?! (?:BEFORE|UNTIL|PENDING))",
    # fr: AFP, Belga, ATS
    rf"\b{_FR} (?:ANNUL[ÉE]E?|SUPPRIM[ÉE]E?|RETIR[ÉE]E?)\b|\bANNULATION(?:[ ,.!/*-]+ANNULATION)+\b"
    rf"|^ANNULATION(?:{_END}| (?:DE |D')?(?:LA |NOTRE |CETTE )?{_FR}\b)|\b[ÀA] ANNULER\b"
    r"|\b(?i:veuillez|pri[èe]re d[e']|merci d[e'])[ ]?(?i:annuler|ne pas (?:utiliser|diffuser|tenir compte de)) "
    rf"(?i:la |notre |cette |le |ce )?{_FR}\b|\bRETRAIT (?:DE |D')(?:LA |NOTRE )?{_FR}\b"
    rf"|\b(?:ATTENTION|R[ÉE]DACTIONS)\b{_PICTURE}[^\n]{{0,80}}\bNE PAS (?:UTILISER|DIFFUSER)\b"
    r"(?! (?:AVANT|JUSQU))",
    # de: dpa, AFP, Reuters, APA
    rf"\bACHTUNG\b{_PICTURE}[^\n]{{0,120}}\b(?<!weiteres )(?<!Weiteres )(?<!vorerst )(?i:nicht (?:mehr )?verwenden)\b(?! (?i:vor|bis))"
    rf"|\b{_DE} (?:ZUR[ÜU]E?CKGEZOGEN|GESTRICHEN|ANNULLIERT|GEL[ÖO]E?SCHT)\b|\b(?:ANNULLIERUNG|STORNO|STORNIERUNG)"
    rf"(?:{_END}| (?:DER|DES) {_DE})|\b(?i:bitte verwenden sie (?:die|unsere|diese) {_DE})\b[^\n]{{0,80}}\bnicht\b"
    rf"|\b(?i:bitte (?:die |unsere |diese )?{_DE})\b[^\n]{{0,60}}\b(?i:streichen|löschen|nicht (?:mehr )?verwenden)\b"
    rf"|\b(?:Die|Unsere) {_DE} [^\n]{{1,120}}\b(?:wird|ist) (?:hiermit )?zurückgezogen\b",
    # es: EFE, AFP, Reuters
    rf"^ANULACI[ÓO]N(?:{_END}| DE(?:L| LA| NUESTRA)? {_ES})|\bANULACI[ÓO]N(?:[ ,.!/*-]+ANULACI[ÓO]N)+\b"
    rf"|\b{_ES} (?:ANULAD[AO]|RETIRAD[AO]|ELIMINAD[AO])\b|^ANULAD[AO]{_END}"
    r"|\b(?i:rogamos|por favor|se ruega|sírvanse),? (?i:anul(?:ar|en|e)|no (?:utilizar|utilicen|usar|difundir|difundan)) "
    rf"(?i:la |el |nuestra |nuestro |esta |este )?{_ES}\b|\b(?i:queda|quedan) (?i:anulad[ao]s?) (?i:la |el |nuestra )?{_ES}\b"
    rf"|\bATENCI[ÓO]N\b{_PICTURE}[^\n]{{0,80}}\bNO (?:UTILIZAR|USAR|DIFUNDIR)\b(?! (?:ANTES|HASTA))",
    # pt: Lusa, AFP, Reuters
    rf"^(?:ANULA[ÇC][ÃA]O|CANCELAMENTO)(?:{_END}| D[EOA] {_PT})|\b{_PT} (?:ANULAD[OA]|CANCELAD[OA]|RETIRAD[OA])\b"
    rf"|^CANCELAD[AO]{_END}|\b(?i:favor|por favor|pedimos que|solicitamos que),? "
    r"(?i:anul(?:ar|em)|cancel(?:ar|em)|desconsider(?:ar|em)|não (?:utilizar|utilizem|usar|publicar)) "
    rf"(?i:a |o |esta |este |nossa )?{_PT}\b"
    rf"|\bATEN[ÇC][ÃA]O\b{_PICTURE}[^\n]{{0,80}}\bN[ÃA]O (?:UTILIZAR|USAR|PUBLICAR)\b(?! (?:ANTES|AT[ÉE]))",
    # ar: AFP, Reuters
    rf"إلغاء(?:[ ،.!/*-]+إلغاء)+|^إلغاء{_END}|(?:إلغاء|سحب) {_AR}\b|\b{_AR} (?:ملغاة|ملغى|ملغي)"
    r"|يرجى (?:إلغاء|سحب|عدم استخدام|عدم نشر)",
)

HOLD = (
    r"\bHOLD(?:[ ,.!/*-]+HOLD)+\b|\bSTORY (?:ON HOLD|WITHHELD)\b|\b(?:HOLD|WITHHOLD) (?:STORY|ADVISORY)\b|^(?:WITH)?HOLD:"
    r"|\b(?:BULLETIN|MANDATORY|URGENT) (?:WITH)?HOLD\b"
    rf"|\b(?i:please|editors|eds):? (?i:withhold|hold) (?i:the |our |this ){_EN}\b"
    r"|\bDO NOT USE (?:UNTIL FURTHER NOTICE|PENDING)\b",
    rf"\b{_FR} (?:SUSPENDUE?|EN ATTENTE|GEL[ÉE]E?)\b|\b(?i:veuillez|merci de|prière de) (?i:suspendre|garder en attente) "
    rf"(?i:la |notre |cette ){_FR}\b|\bNE PAS (?:UTILISER|DIFFUSER) JUSQU'[ÀA] NOUVEL (?:ORDRE|AVIS)\b",
    rf"\b{_DE} (?:GESPERRT|ZUR[ÜU]E?CKGEHALTEN)\b|\b(?:vorerst|bis auf [Ww]eiteres) (?i:nicht verwenden)\b",
    rf"\b{_ES} (?:RETENID[AO]|SUSPENDID[AO]|EN SUSPENSO)\b|\b(?i:rogamos|por favor),? (?i:retener|retengan) "
    rf"(?i:la |el ){_ES}\b|\bNO (?:UTILIZAR|DIFUNDIR) HASTA (?:NUEVO AVISO|NUEVA ORDEN)\b",
    rf"\b{_PT} (?:SUSPENS[OA]|RETID[OA])\b|\bN[ÃA]O (?:UTILIZAR|PUBLICAR) AT[ÉE] (?:NOVO AVISO|NOVA ORDEM)\b",
    rf"تعليق {_AR}|يرجى تعليق",
)

RELEASE = (
    r"\b(?:HOLD|WITHHOLD|KILL) (?:LIFTED|RELEASED)\b|\bSTORY (?:RELEASED|REINSTATED|CLEARED FOR USE)\b",
    rf"\bSUSPENSION LEV[ÉE]E\b|\b{_FR} (?:R[ÉE]TABLIE?|LIB[ÉE]R[ÉE]E?)\b",
    rf"\bSPERRE AUFGEHOBEN\b|\b{_DE} FREIGEGEBEN\b",
    rf"\bRETENCI[ÓO]N LEVANTADA\b|\b{_ES} LIBERADA\b",
    rf"\bSUSPENS[ÃA]O LEVANTADA\b|\b{_PT} LIBERADA\b",
    r"رفع التعليق",
)

# At the beginning of a line only; the message is the corrected story itself, and its headline the other's.
CORRECT = (
    r"^\W{0,3}(?:CORRECT(?:ED|S|ION)|REFILE[DS]?)\)?(?:[ ]*\([^)\n]{0,40}\))?[ ]*(?:[-–—:]|$)"
    r"|^CORRECTING and REPLACING\b|^/?C O R R E C T I O N\b",
    r"^\W{0,3}(?:RECTIFICATIF|CORRECTIF|RECTIFICATION|CORRECTION)\)?[ ]*(?:[-–—:]|$)"
    r"|\b(?:ANNULE (?:ET|&) REMPLACE|Annule et remplace)\b|^ATTENTION[ ]*[-–—:][ ]*(?:CORRIGE|RECTIFIE)\b",
    r"^\W{0,3}(?:BERICHTIGUNG|KORREKTUR|KORRIGIERT|BERICHTIGT)\)?[ ]*(?:[-–—:]|$)|^\((?:Berichtigung|Korrektur)\b"
    rf"|\b(?:ERSETZT|Ersetzt) (?:DIE |die |UNSERE |unsere )?{_DE}\b",
    r"^\W{0,3}(?:CORRECCI[ÓO]N|RECTIFICACI[ÓO]N|CORREGID[AO]|CORRIGE)\)?[ ]*(?:[-–—:]|$)"
    r"|\bANULA Y (?:SUSTITUYE|REEMPLAZA)\b",
    r"^\W{0,3}(?:CORRE[ÇC][ÃA]O|RETIFICA[ÇC][ÃA]O|CORRIGID[AO])\)?[ ]*(?:[-–—:]|$)|\bANULA E SUBSTITUI\b",
    r"^تصحيح[ ]*[-–—:]|يلغي ويحل محل",
)

# A release first: "KILL LIFTED" holds the word of the other. A hold before a kill: it is the milder act where
# "not to be used until further notice" says both.
ORDERED: tuple[tuple[re.Pattern[str], Action], ...] = tuple(
    (re.compile("|".join(phrases), re.M), action)
    for phrases, action in (
        (RELEASE, Action.RELEASE), (HOLD, Action.HOLD), (KILL, Action.KILL), (CORRECT, Action.CORRECT),
    )
)  # fmt: skip

# A correction that says what to read instead of what, without the story itself: it replaces nothing.
ERRATUM = re.compile(
    r"\A(?:CORRECTION\b[^\n]*\n+)?(?i:in (?:[\w.,'’-]+ ){0,5}?(?:story|item)\b|dans (?:notre|la|une) d[ée]p[êe]che\b"
    r"|in (?:unserer|der) meldung\b|en (?:nuestra|la) noticia\b|na (?:nossa )?not[íi]cia\b)"
    r"|\b(?i:(?:please|pls) (?:read|reverse|note)|should read|bien lire|(?:prière de|veuillez) lire"
    r"|lire\b[^\n]{1,80}\b(?:au lieu|et non)|bitte lesen|muss (?:es )?(?:richtig )?heißen|richtig (?:ist|muss)"
    r"|debe (?:leerse|decir)|léase|leia-se|deve ler-se|onde se lê)\b|والصحيح"
)
LONGEST_ERRATUM = 1000  # characters; the longest of Reuters-21578 has 691

# One of these stands in every such message: looked for first, which costs a tenth of the patterns.
STEMS = (
    "KILL", "Kill", "kill ", "HOLD", "old th", "old our", "WITHDR", "withdraw", "RETRACT", "retract", "RETIR", "ELIMINAT",
    "eliminate", "delete ", "isregard", "CANCEL", "cancel", "ANNUL", "annul", "nnule et", "ANUL", "anul", "SUPPRIM",
    "RETRAIT", "tiliser", "iffuser", "TILISER", "IFFUSER", "tenir compte", "suspendre", "en attente", "EN ATTENTE", "GEL",
    "verwenden", "VERWENDEN", "ZUR", "zurück", "STREICHE", "GESTRICHEN", "streichen", "lösche", "STORN", "GESPERRT",
    "AUFGEHOBEN", "FREIGEGEBEN", "RELEASED", "REINSTATED", "CLEARED", "LIFTED", "SUSPEN", "RETEN", "RETID", "reten",
    "LEVANTAD", "LEV", "LIBER", "TABLI", "DO NOT USE", "NO UTIL", "NO USAR", "NO DIFUND", "no util", "no usar", "no difund",
    "UTILIZAR", "USAR", "PUBLICAR", "não ", "desconsider", "CORR", "C O R R", "REFILE", "RECTIF", "RETIFICA", "BERICHT",
    "Berichtigung", "KORR", "Korrektur", "RSETZT", "rsetzt", "SUSTITUYE", "REEMPLAZA", "SUBSTITUI", "إلغاء", "ملغ", "سحب",
    "عدم", "تعليق", "تصحيح", "يلغي",
)  # fmt: skip
