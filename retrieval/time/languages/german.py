"""German words of time, of Germany, Austria and Switzerland."""

from __future__ import annotations

from retrieval.time.calendar import Grain, Part
from retrieval.time.grammar import Bound, Grammar, forms, preceded, table

# fmt: off  (tables: what belongs together stays on a line)
_MONTH = r"{month}\.?"
_ENDINGS = "e en er es em"
_LAST = (*forms("letzt", _ENDINGS), *forms("vorig", _ENDINGS), *forms("vergangen", _ENDINGS))
_NEXT = (*forms("nächst", _ENDINGS), *forms("kommend", _ENDINGS))
_THIS = (*forms("dies", "e en er es em"), *forms("laufend", _ENDINGS))
_YEAR = r"(?:des jahres )?(?:{y}|{ydir})"
_SEASON = r"(?P<season>fruhling|fruhjahr|sommer|herbst|winter)"
_ONE_UNIT = (
    r"(?P<unit>woche|monats|monat|quartals|quartal|jahres|jahr|jahrzehnts|jahrzehnt|jahrhunderts|"
    r"jahrhundert)"
)
_AFTER_PREPOSITION = preceded("im anfang mitte ende seit vor nach ab bis zum vom und oder zwischen von monat")
_STORIES = (
    r"artikeln?|meldung(?:en)?|nachrichten|berichten?|agenturmeldung(?:en)?|agenturberichten?|schlagzeilen|"
    r"presse|berichterstattung|pressemeldungen|texten?"
)
_MEDIA = r"die afp|afp|dpa|die dpa|reuters|die agentur(?:en)?|die presse|die zeitungen|die medien"
_TENS = {
    "zwanzig": 20,
    "dreißig": 30,
    "vierzig": 40,
    "fünfzig": 50,
    "sechzig": 60,
    "siebzig": 70,
    "achtzig": 80,
    "neunzig": 90,
}
_ORDINAL_STEMS = {
    1: "erst",
    2: "zweit",
    3: "dritt",
    4: "viert",
    5: "fünft",
    6: "sechst",
    7: "siebt",
    8: "acht",
    9: "neunt",
    10: "zehnt",
    11: "elft",
    12: "zwölft",
    15: "fünfzehnt",
    18: "achtzehnt",
    19: "neunzehnt",
    20: "zwanzigst",
    21: "einundzwanzigst",
    25: "fünfundzwanzigst",
    30: "dreißigst",
    40: "vierzigst",
    50: "fünfzigst",
    75: "fünfundsiebzigst",
    100: "hundertst",
    -1: "letzt",
}

GERMAN = Grammar(
    code="de",
    function_words="der die das des dem den ein eine einer und in im am an auf was wer wie wo wann welche "
    "welcher welches warum ist war waren sind hat hatte haben wurde wurden viele viel seit vor nach "
    "zwischen von bis zum zur mit für über letzte letzten erste ersten artikel jahr jahren gab es nicht "
    "sich bei aus heute gestern geschah um wie",
    months=table(
        "1 januar jänner jan; 2 februar feber feb; 3 märz mrz; 4 april apr; 5 mai; 6 juni jun; 7 juli jul; "
        "8 august aug; 9 september sept sep; 10 oktober okt; 11 november nov; 12 dezember dez"
    ),
    weekdays=table(
        "0 montag; 1 dienstag; 2 mittwoch; 3 donnerstag; 4 freitag; 5 samstag sonnabend; 6 sonntag; 0 "
        "montagabend; 1 dienstagabend; 2 mittwochabend; 3 donnerstagabend; 4 freitagabend; 5 samstagabend; "
        "6 sonntagabend; 0 montagmorgen; 1 dienstagmorgen; 2 mittwochmorgen; 3 donnerstagmorgen; 4 "
        "freitagmorgen; 5 samstagmorgen; 6 sonntagmorgen"
    ),
    units={
        "tag": Grain.DAY,
        "tage": Grain.DAY,
        "tagen": Grain.DAY,
        "woche": Grain.WEEK,
        "wochen": Grain.WEEK,
        "monat": Grain.MONTH,
        "monats": Grain.MONTH,
        "monate": Grain.MONTH,
        "monaten": Grain.MONTH,
        "quartal": Grain.SEASON,
        "quartals": Grain.SEASON,
        "quartale": Grain.SEASON,
        "quartalen": Grain.SEASON,
        "jahr": Grain.YEAR,
        "jahres": Grain.YEAR,
        "jahre": Grain.YEAR,
        "jahren": Grain.YEAR,
        "jahrzehnt": Grain.DECADE,
        "jahrzehnts": Grain.DECADE,
        "jahrzehnte": Grain.DECADE,
        "jahrzehnten": Grain.DECADE,
        "jahrhundert": Grain.CENTURY,
        "jahrhunderts": Grain.CENTURY,
        "jahrhunderte": Grain.CENTURY,
        "jahrhunderten": Grain.CENTURY,
    },
    numbers=table(
        "1 ein eine einem einen einer; 2 zwei; 3 drei; 4 vier; 5 fünf; 6 sechs; 7 sieben; 8 acht; 9 neun; "
        "10 zehn; 11 elf; 12 zwölf; 13 dreizehn; 14 vierzehn; 15 fünfzehn; 16 sechzehn; 17 siebzehn; 18 "
        "achtzehn; 19 neunzehn; 20 zwanzig; 25 fünfundzwanzig; 30 dreißig; 40 vierzig; 50 fünfzig; 60 "
        "sechzig; 70 siebzig; 80 achtzig; 90 neunzig; 100 hundert"
    ),
    ordinals={word: value for value, stem in _ORDINAL_STEMS.items() for word in forms(stem, "e en er es em")},
    day_suffix=r"\.",
    directions={**dict.fromkeys(_LAST, -1), **dict.fromkeys(_THIS, 0), **dict.fromkeys(_NEXT, 1)},
    years_away={
        "letzten jahres": -1,
        "vorigen jahres": -1,
        "vergangenen jahres": -1,
        "des vorjahres": -1,
        "des letzten jahres": -1,
        "des vergangenen jahres": -1,
        "dieses jahres": 0,
        "nächsten jahres": 1,
        "des kommenden jahres": 1,
        "kommenden jahres": 1,
    },
    phrases={
        "gestern": (Grain.DAY, -1),
        "vorgestern": (Grain.DAY, -2),
        "gestern abend": (Grain.DAY, -1),
        "heute": (Grain.DAY, 0),
        "heute morgen": (Grain.DAY, 0),
        "heute abend": (Grain.DAY, 0),
        "übermorgen": (Grain.DAY, 2),
        "vorletzte woche": (Grain.WEEK, -2),
        "vorletzter woche": (Grain.WEEK, -2),
        "vorletzten monat": (Grain.MONTH, -2),
        "vorletztes jahr": (Grain.YEAR, -2),
        "im vorletzten jahr": (Grain.YEAR, -2),
        "im vorjahr": (Grain.YEAR, -1),
        "im vormonat": (Grain.MONTH, -1),
        "heuer": (Grain.YEAR, 0),
        "in der vorwoche": (Grain.WEEK, -1),
        "morgen": (Grain.DAY, 1),
    },
    seasons=table("3 frühling frühjahr; 6 sommer; 9 herbst; 12 winter"),
    decades={
        **{
            f"{word}{ending}": value
            for word, value in _TENS.items()
            for ending in ("er", "er-jahre", "er-jahren", "er jahre", "er jahren", "erjahre", "erjahren")
        },
        "zweitausender": 2000,
        "zweitausenderjahre": 2000,
        "nullerjahre": 2000,
        "nullerjahren": 2000,
    },
    holidays={
        "weihnachten": "12-25",
        "heiligabend": "12-24",
        "silvester": "12-31",
        "neujahr": "01-01",
        "neujahrstag": "01-01",
        "ostern": "easter",
        "ostersonntag": "easter",
    },
    rules=(
        ("date", rf"(?:{{weekday}},? (?:de[nmr] )?)?{{d}} {_MONTH}(?:,? {_YEAR})?"),
        ("date", rf"{{d}}(?: ?- ?| bis(?: zum)? | und (?:am )?){{d2}} {_MONTH}(?: {_YEAR})?"),
        ("date", rf"{_MONTH} {_YEAR}"),
        ("date", rf"{_MONTH}(?: ?- ?| bis | und ){{month2}} {_YEAR}"),
        ("date", rf"{_AFTER_PREPOSITION}{{month}}"),
        (
            "date",
            r"(?P<month>januar|janner|februar|marz|april|juni|juli|september|oktober|november|dezember)",
        ),
        ("date", r"{dir} {month}"),
        ("weekday_of_week", r"{weekday} {dir} woche"),
        ("weekday_of_week", r"{weekday} (?:der |in der ){dir} woche"),
        ("weekday", r"{dir} {weekday}"),
        ("weekday", r"{weekday}"),
        ("relative", rf"(?:(?:im|in der|in den|des|der|das|die|am) )?{{dir}} {_ONE_UNIT}"),
        ("past", r"(?:den |die |der )?(?:letzten|vergangenen) {n} {unit}"),
        (
            "recent",
            r"(?:den |die |der )?(?:letzten|vergangenen|jungsten) (?P<unit>tagen?|wochen|monaten?|"
            r"jahren?|jahrzehnten?)",
        ),
        ("recent", r"kurzlich|neulich|in letzter zeit|jungst"),
        ("coming", r"(?:den |die |der )?(?:nachsten|kommenden) {n} {unit}"),
        ("ago", r"vor (?:rund |etwa |fast |uber |genau )?{n} {unit}"),
        ("few_ago", r"vor (?:einigen|wenigen|mehreren|ein paar) {unit}"),
        ("to_the_day", r"vor (?:genau )?{n} {unit} auf den tag genau"),
        ("to_the_day", r"heute vor (?:genau )?{n} {unit}"),
        ("hours_ago", r"vor {n} stunden?"),
        ("last_hours", r"(?:den |die )?(?:letzten|vergangenen) {n} stunden"),
        ("phrase", r"(?<!am ){phrase}"),
        ("decade", r"{y}er(?:n|[ -]?jahren?)?"),
        (
            "decade",
            r"(?:(?<=den )|(?<=die )|(?<=der )|(?<=anfang )|(?<=mitte )|(?<=ende )|(?<=fruhen )|"
            r"(?<=spaten )){dd}er(?:n|[ -]?jahren?)?",
        ),
        ("decade", r"{dd}er[ -]?jahren?"),
        (
            "decade",
            r"(?:(?<=den )|(?<=die )|(?<=der )|(?<=anfang )|(?<=mitte )|(?<=ende )|(?<=fruhen )|"
            r"(?<=spaten )){decade}",
        ),
        (
            "decade",
            r"(?P<decade>zwanziger|dreissiger|vierziger|funfziger|sechziger|siebziger|achtziger|"
            r"neunziger)[ -]?jahren?",
        ),
        ("century", r"(?:{ord}|{roman}\.?) jahrhunderts?(?! v)"),
        ("turn", r"jahrhundertwende|jahrtausendwende"),
        ("season", r"{season} (?:des jahres )?(?:{y}[-/](?:{yy}|{y2})|{y}|{ydir})"),
        ("season", rf"{{dir}} {_SEASON}"),
        ("season", rf"{preceded('im zum seit_dem seit vor_dem nach_dem')}{_SEASON}"),
        ("quarter", r"{ord} quartal(?:s)? (?:des jahres )?(?:{y}|{ydir})"),
        ("part_of_month", rf"{{ord}} (?:{{weekday}}) im {_MONTH}(?: {_YEAR})?"),
        ("part_of_month", rf"{{ord}} woche (?:des |im ){_MONTH}s?(?: {_YEAR})?"),
        (
            "first_units",
            rf"(?P<ord>ersten|letzten) {{n}} {{unit}} (?:des jahres |von |des |im )?(?:{_MONTH} "
            rf")?"
            r"(?:{y}|{ydir})",
        ),
        ("holiday", r"{holiday} (?:des jahres )?{y}"),
        ("holiday", rf"{preceded('an zu vor nach seit bis über')}{{holiday}}"),
        ("holiday", r"{dir} {holiday}"),
        ("this_day_in", r"(?:an diesem tag|heute) im jahr {y}"),
        ("year", r"jahre?s? {y}"),
    ),
    parts_before={
        "anfang": Part.EARLY,
        "zu beginn": Part.EARLY,
        "beginn": Part.EARLY,
        "frühen": Part.EARLY,
        "mitte": Part.MIDDLE,
        "ende": Part.LATE,
        "späten": Part.LATE,
        "ausgehenden": Part.LATE,
        "erste hälfte": Part.FIRST_HALF,
        "ersten hälfte": Part.FIRST_HALF,
        "erstes halbjahr": Part.FIRST_HALF,
        "ersten halbjahr": Part.FIRST_HALF,
        "zweite hälfte": Part.SECOND_HALF,
        "zweiten hälfte": Part.SECOND_HALF,
        "zweites halbjahr": Part.SECOND_HALF,
        "zweiten halbjahr": Part.SECOND_HALF,
    },
    part_link=r" (?:der |des |dem |den |die |im |von )?(?:jahres |monats )?",
    around_before=r"(?:um|etwa|circa|ca\.|gegen) (?:das jahr |den |die )?",
    moved_before=r"(?:(?:{n}) {unit} (?:nach|(?P<back>vor)) (?:dem |der |den )?|"
    r"{ord} (?:jahrestag|jubilaum) (?:des |der |von |vom )(?:ereignisse )?)",
    prepositions=r"im jahre?|im|in|am|an|der|die|das|des|dem|den|vom|von|aus dem jahr|aus|jahre?s?|wahrend|"
    r"zum|zu",
    leads=r"in|im|jahren|jahr|jahre|jahres|seit|vor|nach|von|vom|bis|ab|zwischen|anfang|mitte|ende|um|"
    r"herbst|aus|sommer|winter",
    bounds_before={
        Bound.BEFORE: r"vor|bevor|fruher als",
        Bound.AFTER: r"nach|spater als",
        Bound.SINCE: r"seit|ab|beginnend",
        Bound.UNTIL: r"bis|bis zum|bis zu|bis ende|spatestens",
    },
    bounds_after={
        Bound.SINCE: r" an(?=[ ,.?!]*\Z)| und (?:spater|danach)(?!\w)| oder spater(?!\w)",
        Bound.UNTIL: r" (?:oder|und) (?:fruher|davor)(?!\w)",
    },
    range_open="zwischen|von|vom|zwischen dem",
    range_joint="bis|bis zum|-",
    range_weak_joint="und|und dem",
    list_joint="und|oder|,",
    published_before=rf"(?:{_STORIES})(?: (?:aus dem jahre?|aus|vom|von|im|veroffentlicht|erschienen|"
    rf"geschrieben))*|"
    r"veroffentlichte[nrs]? (?:artikel|meldungen|berichte|nachrichten)|veroffentlicht|erschienene[nrs]?|"
    r"geschrieben",
    published_after=r" (?:veroffentlichte|erschienene|geschriebene|verfasste)[nrs]?(?!\w)|"
    r" (?:wurde[n]? )?(?:uber [^.?!;,]{1,50} )?(?:geschrieben|berichtet)(?!\w)",
    published_apart=rf"(?:{_STORIES}) (?:uber|zu|zum|zur) [^.?!;,]*(?:aus dem jahre?|aus|vom)|"
    rf"(?:schrieb(?:en)?|berichtete[n]?|veroffentlicht|geschrieben) (?:{_MEDIA})?[^.?!;,]*(?:uber|zu|zum|"
    rf"zur) [^.?!;,]*|(?:{_MEDIA}) "
    r"(?:schrieb(?:en)?|berichtete[n]?|meldete[n]?)(?!\w)[^.?!;,]*|(?:schrieb(?:en)?|berichtete[n]?|"
    r"meldete[n]?) "
    rf"(?:{_MEDIA})(?!\w)[^.?!;,]*",
    works=r"buch|bucher|roman[es]?|album|alben|lied|lieder|gedichte?|theaterstuck|memoiren|biografien?|"
    r"studien?|gutachten|verfassung|briefe?|essays?|enzyklika|zeitschrift|worterbuch|vertrag|gesetz|oper",
    known_before=r"stand(?: vom)?|mit stand(?: vom)?|nach (?:dem )?(?:kenntnisstand|wissensstand|stand) "
    r"(?:vom|von|im)|wie (?:er|sie|es) (?:am|im) bekannt war|was wusste man (?:[^.?!;,]*)?(?:am|im)",
    known_after=r" (?:bekannt war(?:en)?|bekannt(?=[?.! ]*\Z))",
    oldest=r"(?:(?:der|die|das|dem|den) )(?:aller)?erste[nrsm]?(?! (?:weltkrieg|minister|dame|halbzeit|"
    r"halfte|klasse|quartal|halbjahr|bundesliga|liga|hilfe|stock|rang|reihe|runde|vorsitzende|"
    r"vizeprasident|tage?n?|wochen?|monate?n?|jahre?n?|{n}))|zum ersten mal|erstmals|als erste[rs]?",
    newest=r"(?:(?:der|die|das|dem|den) )(?:neueste|letzte|jungste)[nrsm]?(?! (?:{unit}|{n}|kaiser|worte?|"
    r"wille|minute|instanz|konig|{weekday}|{month}|{season}))|derzeit|zurzeit|zur zeit|momentan|jetzt|"
    r"heutzutage|gegenwartig|aktuell|heute|zuletzt|zum letzten mal|bislang|bis heute|gerade",
    counted=r"menschen|personen|leute|manner|frauen|kinder|arbeiter|beschaftigte|mitarbeiter|stellen|"
    r"arbeitsplatze|jobs|soldaten|tonnen|kg|kilo|kilogramm|gramm|km|kilometern?|metern?|m|hektar|barrel|"
    r"dollar|euro|franken|mark|d-mark|pfund|yen|rubel|punkten?|toten?|verletzten?|opfer|tote|fluchtlinge|"
    r"migranten|passagiere|schuler|studenten|polizisten|beamte|hauser|haushalte|familien|wohnungen|stunden|"
    r"uhr|minuten|sekunden|stimmen|sitze|falle|patienten|betten|aktien|laden|schulen|krankenhauser|dorfer|"
    r"gemeinden|exemplare|seiten|worter|mal|autos|fahrzeuge|lastwagen|flugzeuge|schiffe|boote|panzer|"
    r"raketen|gefangene|geiseln|demonstranten|fans|zuschauer|delegierte|mitglieder|firmen|unternehmen|"
    r"banken|gmt|utc|mez|einwohner|bewohner|millionen|milliarden|kwh|mw|watt|kalorien|grad|ps|v\. ?chr|vor "
    r"christus|zivilisten|rebellen|bauern|arzte|journalisten|lehrer|burger",
    counting=r"mehr als|weniger als|fast|rund|knapp|mindestens|hochstens|uber|unter|weitere|insgesamt|hohe "
    r"von|entfernung von|summe von|preis von|resolution|flug|route|artikel|nr\.|nummer|seite|zimmer|"
    r"windows|boeing|airbus|peugeot|modell|zug|paragraf|paragraph|richtlinie|verordnung|agenda|vision|nur|"
    r"alle|etwa",
    clashes_before=r"rosen|kar|prager|arabischer|arabischen|schwarzer|blutiger",
    bare_years=True,
    future=r"wird|werden|soll|sollen|geplant|will|wollen|muss|nachste[nrs]?|kommende[nrs]?|bevorstehend",
)
