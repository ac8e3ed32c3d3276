"""English words of time."""

from __future__ import annotations

from retrieval.time.calendar import Grain, Part
from retrieval.time.grammar import Bound, Grammar, preceded, table

# fmt: off  (tables: what belongs together stays on a line)
_MONTH = r"{month}\.?"
_AFTER_PREPOSITION = preceded(
    "in of during since before after until till by between from early mid late mid- around throughout for to"
)
_NOT_AGE = "".join(f"(?<!{word} )" for word in ("his", "her", "their", "my", "our", "your"))
_SEASON = r"(?P<season>spring|summer|autumn|winter)"
_ONE_UNIT = r"(?P<unit>week|weekend|month|quarter|year|decade|century)"
_STORIES = (
    r"(?:news |press |wire |newspaper )?(?:articles?|stories|story|dispatch(?:es)?|despatch(?:es)?|"
    r"headlines?|bulletins?|coverage|reporting)|news(?: items?| reports?| wires?)?|press reports?"
)
_MEDIA = (
    r"afp|reuters|ap|upi|dpa|efe|lusa|kyodo|the (?:agency|agencies|press|media|papers?|newspapers?|wires?|"
    r"archives?)"
)

ENGLISH = Grammar(
    code="en",
    function_words="the of and in on what who when where which how did was were is are has have had does do "
    "many much since before after last between by from to for with first latest why its his her been about "
    "as stories articles published said ago next this early late until during",
    months=table(
        "1 january jan; 2 february feb; 3 march mar; 4 april apr; 5 may; 6 june jun; 7 july jul; 8 august "
        "aug; 9 september sept sep; 10 october oct; 11 november nov; 12 december dec"
    ),
    weekdays=table("0 monday; 1 tuesday; 2 wednesday; 3 thursday; 4 friday; 5 saturday; 6 sunday"),
    units={
        "day": Grain.DAY,
        "days": Grain.DAY,
        "week": Grain.WEEK,
        "weekend": Grain.WEEK,
        "weeks": Grain.WEEK,
        "month": Grain.MONTH,
        "months": Grain.MONTH,
        "quarter": Grain.SEASON,
        "quarters": Grain.SEASON,
        "year": Grain.YEAR,
        "years": Grain.YEAR,
        "decade": Grain.DECADE,
        "decades": Grain.DECADE,
        "century": Grain.CENTURY,
        "centuries": Grain.CENTURY,
    },
    numbers=table(
        "1 one; 2 two; 3 three; 4 four; 5 five; 6 six; 7 seven; 8 eight; 9 nine; 10 ten; 11 eleven; 12 "
        "twelve; 13 thirteen; 14 fourteen; 15 fifteen; 16 sixteen; 17 seventeen; 18 eighteen; 19 nineteen; "
        "20 twenty; 24 twenty-four; 25 twenty-five; 30 thirty; 40 forty; 50 fifty; 60 sixty; 70 seventy; 75 "
        "seventy-five; 80 eighty; 90 ninety; 100 hundred a_hundred one_hundred"
    ),
    ordinals=table(
        "1 first; 2 second; 3 third; 4 fourth; 5 fifth; 6 sixth; 7 seventh; 8 eighth; 9 ninth; 10 tenth; 11 "
        "eleventh; 12 twelfth; 13 thirteenth; 14 fourteenth; 15 fifteenth; 16 sixteenth; 17 seventeenth; 18 "
        "eighteenth; 19 nineteenth; 20 twentieth; 21 twenty-first; 22 twenty-second; 23 twenty-third; 24 "
        "twenty-fourth; 25 twenty-fifth; 26 twenty-sixth; 27 twenty-seventh; 28 twenty-eighth; 29 "
        "twenty-ninth; 30 thirtieth; 31 thirty-first; 40 fortieth; 50 fiftieth; 60 sixtieth; 70 seventieth; "
        "75 seventy-fifth; 80 eightieth; 90 ninetieth; 100 hundredth; -1 last final"
    ),
    day_suffix="st|nd|rd|th",
    directions=table("-1 last previous; 0 this current; 1 next coming"),
    years_away={"last year": -1, "this year": 0, "next year": 1},
    phrases={
        "yesterday": (Grain.DAY, -1),
        "the day before yesterday": (Grain.DAY, -2),
        "last night": (Grain.DAY, -1),
        "today": (Grain.DAY, 0),
        "tonight": (Grain.DAY, 0),
        "this morning": (Grain.DAY, 0),
        "this afternoon": (Grain.DAY, 0),
        "this evening": (Grain.DAY, 0),
        "tomorrow": (Grain.DAY, 1),
        "the day after tomorrow": (Grain.DAY, 2),
        "a fortnight ago": (Grain.WEEK, -2),
        "the week before last": (Grain.WEEK, -2),
        "the month before last": (Grain.MONTH, -2),
        "the year before last": (Grain.YEAR, -2),
        "the week after next": (Grain.WEEK, 2),
    },
    seasons=table("3 spring; 6 summer; 9 autumn fall; 12 winter"),
    decades=table(
        "10 tens nineteen-tens; 20 twenties; 30 thirties; 40 forties; 50 fifties; 60 sixties; 70 seventies; "
        "80 eighties; 90 nineties; 1920 nineteen-twenties nineteen_twenties; 1930 nineteen-thirties "
        "nineteen_thirties; 1940 nineteen-forties nineteen_forties; 1950 nineteen-fifties nineteen_fifties; "
        "1960 nineteen-sixties nineteen_sixties; 1970 nineteen-seventies nineteen_seventies; "
        "1980 nineteen-eighties nineteen_eighties; 1990 nineteen-nineties nineteen_nineties; "
        "2000 noughties two-thousands two_thousands"
    ),
    holidays={
        "christmas": "12-25",
        "christmas day": "12-25",
        "christmas eve": "12-24",
        "boxing day": "12-26",
        "new year's eve": "12-31",
        "new year's day": "01-01",
        "easter": "easter",
        "easter sunday": "easter",
    },
    month_first=None,
    rules=(
        (
            "date",
            rf"(?:{{weekday}},? (?:the )?)?{{d}}(?: day)? (?:of )?(?!may (?:have|be|also|still|not|"
            rf"yet|well|come)){_MONTH}(?:,? (?:of |in )?(?:{{y}}|{{ydir}}))?",
        ),
        ("date", rf"(?:{{weekday}},? )?{_MONTH} (?:the )?{{d}}(?:,? (?:of |in )?(?:{{y}}|{{ydir}}))?"),
        ("date", rf"{{d}}(?: ?- ?| to | through | until | and ){{d2}} (?:of )?{_MONTH}(?:,? {{y}})?"),
        ("date", rf"{_MONTH} {{d}}(?: ?- ?| to | through | until | and ){{d2}}(?:,? {{y}})?"),
        ("date", rf"{_MONTH},? (?:of |in )?(?:{{y}}|'{{yy}}|{{ydir}})"),
        ("date", rf"{_MONTH}(?: ?- ?| to | through | and | or ){{month2}}(?:,? (?:of )?{{y}})"),
        ("date", rf"{_AFTER_PREPOSITION}{{month}}"),
        ("date", r"(?:(?<=and )|(?<=to ))(?P<month>april|june)"),
        ("date", r"(?P<month>january|february|july|september|october|november|december)"),
        ("date", r"{dir} {month}"),
        ("weekday_of_week", r"{weekday}(?: of|,)? {dir} week"),
        ("weekday", r"{dir} {weekday}"),
        ("weekday", r"{weekday}"),
        ("relative", rf"{{dir}} {_ONE_UNIT}"),
        ("past", r"the past {unit}|(?:the )?(?:past|last|previous) {n} {unit}"),
        ("past", r"(?:in|over|during|within) the last {unit}"),
        (
            "recent",
            r"(?:in |over )?(?:the )?(?:past|last|recent) (?:few |several |couple of )?"
            r"(?P<unit>days|weeks|months|years|decades)",
        ),
        ("recent", r"recently|lately|of late"),
        ("coming", r"(?:the )?(?:next|coming) {n} {unit}"),
        ("ago", r"(?:{n}|an?|one) {unit} ago"),
        ("few_ago", r"(?:a few|several|some|a couple of|a number of|many) {unit} ago"),
        ("to_the_day", r"(?:{n}|an?) {unit} ago (?:today|to the day)"),
        ("hours_ago", r"(?:{n}|an) hours? ago"),
        ("last_hours", r"(?:the )?(?:past|last|previous) {n} hours"),
        ("ahead", r"{n} {unit} from now"),
        ("ahead", r"in (?:{n}|an?) {unit}'?s?'? time"),
        ("phrase", r"{phrase}"),
        ("hundred", r"(?:the )?{y}'?s"),
        ("decade", r"(?:the '?|'){dd}'?s"),
        ("decade", rf"{_NOT_AGE}(?:the )?{{part}}[ -]'?{{dd}}'?s"),
        ("decade", r"the {decade}"),
        ("decade", rf"{_NOT_AGE}(?:the )?{{part}}[ -]{{decade}}"),
        ("decade", r"the decade of the {decade}"),
        ("century", r"(?:the )?{ord}[ -]century(?! bc)"),
        ("turn", r"the turn of the (?:{ord} )?(?:century|millennium)"),
        ("season", r"(?:the )?{season}(?: of|,)? (?:{y}[-/](?:{yy}|{y2})|{y}|'{yy}|{ydir})"),
        ("season", rf"{preceded('in during since before after until over by')}the {_SEASON}"),
        ("season", rf"{{dir}} {_SEASON}"),
        ("quarter", r"(?:the )?{ord}[ -]quarter(?: of|,|in)? (?:{y}|{ydir})"),
        ("quarter", r"q(?P<n>[1-4]) (?:of )?{y}"),
        (
            "part_of_month",
            rf"(?:the )?{{ord}} (?:week|{{weekday}}) (?:of|in) {_MONTH}(?:,? (?:{{y}}|"
            rf"{{ydir}}))?",
        ),
        (
            "first_units",
            rf"(?:the )?(?P<ord>first|last|final) (?:{{n}} )?{{unit}} of (?:{_MONTH} )?(?:the "
            rf"year )?"
            r"(?:{y}|{ydir})",
        ),
        ("holiday", r"{holiday},? (?:of |in )?(?:{y}|{ydir})"),
        ("holiday", rf"{preceded('at on before after since over until around')}{{holiday}}"),
        ("holiday", r"{dir} {holiday}"),
        ("this_day_in", r"(?:on )?this day in {y}"),
        ("year", r"(?:the )?year {y}"),
        (
            "year",
            r"(?<=the )(?P<y>1[89]00|2000)(?= [a-z])(?! \w+s(?!\w)| (?:people|men|women|children|"
            r"staff|strong|or)(?!\w))",
        ),
        ("date", rf"{preceded('in of since before after until by')}'{{yy}}"),
    ),
    parts_before={
        "early": Part.EARLY,
        "early in": Part.EARLY,
        "earlier": Part.EARLY,
        "beginning of": Part.EARLY,
        "start of": Part.EARLY,
        "mid": Part.MIDDLE,
        "middle of": Part.MIDDLE,
        "late": Part.LATE,
        "late in": Part.LATE,
        "end of": Part.LATE,
        "close of": Part.LATE,
        "first half of": Part.FIRST_HALF,
        "second half of": Part.SECOND_HALF,
        "latter half of": Part.SECOND_HALF,
    },
    part_link=r"[ -](?:the )?(?:year )?",
    around_before=r"(?:around|circa|c\.|roughly|approximately) (?:the )?(?:year )?",
    moved_before=r"(?:{ord}[ -]anniversary of (?:the )?(?:events of )?|(?:{n}|an?) {unit} "
    r"(?:after|following|(?P<back>before|prior to)) (?:the )?)",
    prepositions=r"in|on|during|of|from|the year|the|year",
    leads=r"in|on|since|before|after|until|till|by|during|between|from|the year|year|early|late|mid|circa|"
    r"around|pre-|post-|mid-|dated",
    bounds_before={
        Bound.BEFORE: r"before|prior to|earlier than|pre-|ahead of|preceding",
        Bound.AFTER: r"after|following|later than|post-|subsequent to",
        Bound.SINCE: r"ever since|since|starting in|starting from|beginning in|as from",
        Bound.UNTIL: r"until|till|up to|up until|through|by|no later than",
    },
    bounds_after={
        Bound.SINCE: r" onwards?(?!\w)| and (?:after|later|since)(?!\w)| or later(?!\w)| on(?=[ ,.?!]*\Z)",
        Bound.UNTIL: r" (?:or|and) (?:before|earlier)(?!\w)",
    },
    range_open="between|from",
    range_joint="to|until|till|through|-",
    range_weak_joint="and",
    list_joint="and|or|,|&",
    published_before=rf"(?:{_STORIES})(?: (?:from|dated|in|on|of|for|published|written|filed|"
    r"that (?:appeared|were published)))*|published|written",
    published_after=rf"(?:'s)?[- ](?:{_STORIES})(?!\w)",
    published_apart=rf"(?:{_STORIES}) (?:about|on|concerning|regarding|covering) [^.?!;,]*(?:from|dated)|"
    r"(?:published|written|reported) (?:about|on|of|concerning|regarding) [^.?!;,]*|"
    rf"(?:{_MEDIA}) (?:say|said|write|wrote|written|report|reported|reporting|cover|covered|describe|"
    rf"described)"
    r"(?!\w)[^.?!;,]*",
    works=r"books?|novels?|albums?|songs?|poems?|plays?|memoirs?|diar(?:y|ies)|biograph(?:y|ies)|"
    r"autobiography|stud(?:y|ies)|papers? by|report|constitutions?|letters?|essays?|screenplays?|"
    r"symphon(?:y|ies)|operas?|treat(?:y|ies)|manifesto|encyclicals?|magazine|comics?|dictionary|bible|"
    r"trilogy|short story",
    known_before=r"as of|as at|as (?:it |they )?(?:was |were )?known(?: on| in| by| at)?|as (?:it|things|"
    r"they) stood(?: on| in| at)?|what (?:was|is) (?:publicly |then )?known (?:(?:about|of|on) "
    r"[^.?!;,]*)?(?:on|in|by|at)|what did (?:we|people|the world) know (?:(?:about|of) [^.?!;,]*)?(?:on|in|"
    r"by)|with what was known(?: on| in| by)?|the archive (?:on|of|at)",
    oldest=r"(?<!at )(?<!of )(?:the )?(?:very )?(?:first|earliest)(?! (?:world war|lady|ladies|minister|"
    r"names?|aid|half|class|round|quarter|lieutenant|secretary|amendment|division|degree|hand|person|floor|"
    r"place|team|leg|vice|deputy|nations?|days?|weeks?|months?|years?|responders?|family|century|edition "
    r"of|{n}|bank|city))(?!-)",
    newest=r"(?<!at )(?:the )?(?:very )?(?:latest|most recent|newest)|most recently|(?<!at )the last(?! "
    r"(?:names?|minute|resort|supper|words?|stand|straw|rites|king of))|last(?= (?:won|win|visit|held?|"
    r"hold|meet|met|play|played|speak|spoke|see|seen|heard|hear|host|hosted|change|changed|beat|lose|lost|"
    r"score|scored|happen|erupt|occur|appear|use|used|made?|make|fly|flew|published|reported|updated|"
    r"known)(?!\w))|now(?!-)|right now|currently|at present|presently|at the moment|nowadays|these days|to "
    r"date|so far|up to now|today",
    counted=r"people|persons?|men|women|children|kids|workers|jobs|soldiers|troops|tonnes?|tons?|kg|kilos?|"
    r"kilograms|grams|kms?|kilomet(?:re|er)s?|miles?|met(?:re|er)s?|feet|ft|yards|acres|hectares|barrels|"
    r"bushels|dollars?|euros?|francs?|pounds?|marks?|yen|pesos|roubles|rubles|rupees|cents|percent|per "
    r"cent|points|employees|staff|victims|dead|deaths|killed|injured|wounded|casualties|refugees|migrants|"
    r"passengers|students|pupils|police|officers|houses|homes|families|households|hours?|hrs?|minutes|"
    r"seconds|votes|seats|cases|patients|beds|shares|stores|shops|schools|hospitals|villages|towns|copies|"
    r"pages|words|times|units|cars|vehicles|trucks|aircraft|planes|ships|boats|tanks|missiles|warheads|"
    r"rockets|prisoners|hostages|protesters|demonstrators|supporters|fans|spectators|delegates|members|"
    r"companies|firms|banks|gmt|utc|bst|est|edt|h|watts|mw|volts|calories|degrees|horsepower|hp|million|"
    r"billion|thousand|or so|-odd|bc|bce|b\.c|others|civilians|guests|residents|inhabitants|teachers|"
    r"doctors|nurses|journalists|farmers|miners|tickets|flights|fighters|rebels",
    counting=r"more than|less than|fewer than|over|under|nearly|almost|at least|at most|as many as|some|"
    r"another|additional|total of|crowd of|group of|army of|force of|distance of|height of|altitude of|sum "
    r"of|cost of|price of|resolution|flight|route|article|no\.|number|page|room|channel|highway|interstate|"
    r"windows|boeing|airbus|peugeot|model|bus|train|opus|section|paragraph|directive|regulation|asteroid|"
    r"agenda|vision|version|rs|inr|usd|eur|gbp|dm|isbn|tel|at|fell|rose|index|dow|ftse|than|only|just|"
    r"exactly|all|these|those",
    clashes_before=r"black|bloody|good|super|palm|ash|easter|cyber|holy|maundy|shrove|prague|arab|sheffield|"
    r"ruby|girl|joe|man",
    clashes_after=r"times|mirror|telegraph|agreement|accords?|massacre|night live|night football|island|"
    r"independent|express|herald|post|magazine|springs|olympics|games|palace",
    future=r"will|due|scheduled|expected|plans? to|set to|going to|upcoming|is to|are to|shall|planned|next",
)
