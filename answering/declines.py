"""Recognises a sentence in which the model says that it has no answer, in six languages.

Such a sentence is never shown nor cited: it is the model declining, and counts as that.
"""

from __future__ import annotations

import re

from answering.folding import fold

_DECLINES = re.compile(
    # English
    r"(?:stor(?:y|ies)|sources?|passages?|text|articles?|information|archive|documents?|context|evidence|excerpts?|reports?)"
    r"\s(?:(?:provided|given|above|available|here|listed)\s)*"
    r"(?:do(?:es)?\s?(?:not|n't)|did\s?(?:not|n't)|never|fails? to)\s(?:\w+\s){0,2}"
    r"(?:mention|say|state|contain|provide|include|specify|give|answer|indicate|reveal|discuss|address|tell|explain|name|list)"
    r"|(?:no|not enough|insufficient) (?:information|mention|evidence|details?|data)\b.{0,40}(?:stor|source|archive|text|provided|given|available|about|on|regarding)"
    r"|(?:is|are|was|were) not (?:mentioned|stated|specified|given|provided|included|available|found|discussed|answered)"
    r"\b.{0,30}(?:stor(?:y|ies)|sources?|text|archives?|passages?|provided|information|context|articles?)"
    r"|\bi (?:do not|don't|cannot|can't|could not|am unable|'m unable|am not able)\b"
    r"|(?:cannot|can't|can not) (?:be )?(?:answer|determin|find|provid)\w*"
    r"|(?:unable|not possible) to (?:answer|determine|find|provide)|\bas an ai\b|not in the archive"
    # French
    r"|(?:depeches?|sources?|articles?|textes?|documents?|informations?|archives?|passages?)\s(?:\w+\s){0,3}ne\s(?:\w+\s){0,2}"
    r"(?:mentionn|precis|dis|contien|fourni|indiqu|donn|repond|parl|permet|font|fait|evoqu|cit)\w*"
    r"|(?:aucune|pas d[e'] ?|pas assez d[e'] ?)\s?(?:information|mention|precision|donnee|indication)s?"
    r"|n'(?:est|etait|a) pas (?:ete )?(?:mentionne|precise|indique|specifie|fourni|disponible)\w*"
    r"|\bje (?:ne|n')\b|il n'est pas (?:possible|precise|mentionne|indique)"
    # Spanish
    r"|(?:despachos?|fuentes?|articulos?|textos?|noticias?|documentos?|informacion|archivos?|historias?)\s(?:\w+\s){0,3}no\s(?:se\s)?"
    r"(?:mencion|dic|contien|proporcion|indic|especific|respond|inform|ofrec|da|incluy|revel|precis)\w*"
    r"|no (?:hay|se (?:menciona|especifica|indica|proporciona|dispone de|encuentra|ofrece|precisa)|dispongo|tengo|puedo|existe)\b"
    r".{0,50}(?:informacion|texto|fuente|noticia|archivo|despacho|mencion|datos?|responder|determinar|historia)"
    # German
    r"|(?:meldung(?:en)?|quellen?|texte?n?|artikeln?|informationen|archiv|berichten?|dokumente?n?|geschichten?|passagen?)\s(?:\w+\s){0,4}"
    r"(?:nicht|kein\w*)\b.{0,40}(?:erwahn|genannt|angegeben|enthalt|enthalten|hervor|steht|beantwort|angaben|informationen|nennen|sagen|geben)\w*"
    r"|(?:keine|nicht genugend) (?:informationen|angaben|hinweise|erwahnung|auskunft)"
    r"|(?:erwahnen|erwahnt|nennen|enthalten|enthalt|sagen) (?:nicht|keine?n?)\b|(?:wird|werden|ist|wurde) nicht (?:erwahnt|genannt|angegeben)"
    r"|\bich (?:kann|habe|weiss|konnte)\b"
    # Portuguese
    r"|(?:despachos?|fontes?|artigos?|textos?|noticias?|documentos?|informac\w+|arquivos?|historias?)\s(?:\w+\s){0,3}nao\s(?:se\s)?"
    r"(?:mencion|diz|contem|fornec|indic|especific|respond|inform|oferec|da|inclu|revel|precis)\w*"
    r"|nao (?:ha|se (?:menciona|especifica|indica)|e (?:mencionad|possivel|especificad|informad)\w*|foi (?:mencionad|informad|especificad)\w*|tenho|posso|existe)\b"
    # Arabic
    r"|(?:لا|لم|ليس|ليست)\s(?:\w+\s){0,3}(?:تذكر|يذكر|تحتوي|يحتوي|تتضمن|يتضمن|معلومات|يرد|ترد|تشر|يشر|توضح|يوضح|تحدد|يحدد|تجيب|يجيب)"
    r"|(?:لا توجد|لا يوجد|لا تتوفر|لا تتوافر|لا يمكنني|لا استطيع|لا اعرف|غير مذكور|غير متوفر|غير محدد)",
)


def is_decline(sentence: str) -> bool:
    """Whether the sentence speaks of the sources' silence instead of the news."""
    return bool(_DECLINES.search(fold(sentence)))
