"""French words of time."""

from __future__ import annotations

from retrieval.time.calendar import Grain, Part
from retrieval.time.grammar import Bound, Grammar, forms, preceded, table

# fmt: off  (tables: what belongs together stays on a line)
_MONTH = r"{month}\.?"
_LAST = (*forms("derni", "er ère ers ères"), *forms("passé", "- e s es"), *forms("écoulé", "- e s es"))
_NEXT = (*forms("prochain", "- e s es"), "qui vient", "à venir", "suivant", "suivante")
_THIS = (*forms("en cours", "-"), *forms("courant", "- e"), "actuel", "actuelle")
_SEASON = r"(?P<season>printemps|ete|automne|hiver)"
_AFTER_PREPOSITION = preceded(
    "en de depuis avant après début fin mi dès mois_de courant à jusqu'en jusqu'à et"
)
_STORIES = (
    r"articles?|depeches?|reportages?|actualites|infos|informations|nouvelles|gros titres|brèves|breves|"
    r"presse|papiers?"
)
_MEDIA = r"l'afp|afp|reuters|l'agence|la presse|les agences|les journaux|les medias"

FRENCH = Grammar(
    code="fr",
    function_words="le la les de des du un une et en au aux qui que quoi quel quelle quels quelles où est "
    "sont était a ont été il elle dans sur par pour avec depuis avant après entre combien comment pourquoi "
    "quand ce cette ces l d qu s c n y dernier dernière première premier articles publié parus qu'est-ce "
    "pas ans année années dès jusqu fut ne se son sa ses plus",
    months=table(
        "1 janvier janv; 2 février févr fév; 3 mars; 4 avril avr; 5 mai; 6 juin; 7 juillet juil; 8 août; "
        "9 septembre sept; 10 octobre oct; 11 novembre nov; 12 décembre déc"
    ),
    weekdays=table("0 lundi; 1 mardi; 2 mercredi; 3 jeudi; 4 vendredi; 5 samedi; 6 dimanche"),
    units={
        "jour": Grain.DAY,
        "jours": Grain.DAY,
        "semaine": Grain.WEEK,
        "semaines": Grain.WEEK,
        "mois": Grain.MONTH,
        "trimestre": Grain.SEASON,
        "trimestres": Grain.SEASON,
        "an": Grain.YEAR,
        "ans": Grain.YEAR,
        "année": Grain.YEAR,
        "années": Grain.YEAR,
        "décennie": Grain.DECADE,
        "décennies": Grain.DECADE,
        "siècle": Grain.CENTURY,
        "siècles": Grain.CENTURY,
    },
    numbers=table(
        "1 un une; 2 deux; 3 trois; 4 quatre; 5 cinq; 6 six; 7 sept; 8 huit; 9 neuf; 10 dix; 11 onze; 12 "
        "douze; 13 treize; 14 quatorze; 15 quinze; 16 seize; 17 dix-sept; 18 dix-huit; 19 dix-neuf; 20 "
        "vingt; 25 vingt-cinq; 30 trente; 40 quarante; 50 cinquante; 60 soixante; 70 soixante-dix; 80 "
        "quatre-vingts quatre-vingt; 90 quatre-vingt-dix; 100 cent"
    ),
    ordinals=table(
        "1 premier première premiers premières; 2 deuxième second seconde; 3 troisième; 4 quatrième; 5 "
        "cinquième; 6 sixième; 7 septième; 8 huitième; 9 neuvième; 10 dixième; 15 quinzième; 16 seizième; "
        "17 dix-septième; 18 dix-huitième; 19 dix-neuvième; 20 vingtième; 21 vingt-et-unième "
        "vingt_et_unième; 25 vingt-cinquième; 30 trentième; 40 quarantième; 50 cinquantième; 60 "
        "soixantième; 70 soixante-dixième; 80 quatre-vingtième; 100 centième; -1 dernier dernière derniers "
        "dernières"
    ),
    day_suffix="er|re|eme|e|nd|nde",
    directions={**dict.fromkeys(_LAST, -1), **dict.fromkeys(_THIS, 0), **dict.fromkeys(_NEXT, 1)},
    years_away={
        "l'année dernière": -1,
        "l'an dernier": -1,
        "l'an passé": -1,
        "l'année passée": -1,
        "cette année": 0,
        "l'an prochain": 1,
        "l'année prochaine": 1,
    },
    phrases={
        "hier": (Grain.DAY, -1),
        "avant-hier": (Grain.DAY, -2),
        "aujourd'hui": (Grain.DAY, 0),
        "ce matin": (Grain.DAY, 0),
        "cet après-midi": (Grain.DAY, 0),
        "ce soir": (Grain.DAY, 0),
        "cette nuit": (Grain.DAY, 0),
        "demain": (Grain.DAY, 1),
        "après-demain": (Grain.DAY, 2),
        "la nuit dernière": (Grain.DAY, -1),
        "cette semaine": (Grain.WEEK, 0),
        "ce mois-ci": (Grain.MONTH, 0),
        "ce mois": (Grain.MONTH, 0),
        "ce trimestre": (Grain.SEASON, 0),
        "cette année": (Grain.YEAR, 0),
        "ce week-end": (Grain.WEEK, 0),
        "cette décennie": (Grain.DECADE, 0),
        "ce siècle": (Grain.CENTURY, 0),
        "l'avant-dernière semaine": (Grain.WEEK, -2),
        "la semaine d'avant": (Grain.WEEK, -1),
    },
    seasons=table("3 printemps; 6 été; 9 automne; 12 hiver"),
    decades=table(
        "20 vingt; 30 trente; 40 quarante; 50 cinquante; 60 soixante; 70 soixante-dix; "
        "80 quatre-vingt quatre-vingts; 90 quatre-vingt-dix; 2000 deux_mille; 2010 deux_mille_dix"
    ),
    holidays={
        "noël": "12-25",
        "la veille de noël": "12-24",
        "le réveillon de noël": "12-24",
        "pâques": "easter",
        "la saint-sylvestre": "12-31",
        "le jour de l'an": "01-01",
        "le nouvel an": "01-01",
    },
    rules=(
        ("date", rf"(?:{{weekday}},? )?{{d}} {_MONTH}(?:,? (?:de )?(?:{{y}}|{{ydir}}))?"),
        ("date", rf"{{d}}(?: ?- ?| au | et | a ){{d2}} {_MONTH}(?: (?:{{y}}|{{ydir}}))?"),
        ("date", rf"{_MONTH} (?:de (?:l'annee )?)?(?:{{y}}|{{ydir}})"),
        ("date", rf"{_MONTH}(?: ?- ?| a | et | au ){{month2}} {{y}}"),
        ("date", rf"{_AFTER_PREPOSITION}{{month}}"),
        ("date", r"(?<=d')(?P<month>avril|aout|octobre)|(?<=mi-){month}"),
        ("date", r"(?P<month>janvier|fevrier|juillet|aout|septembre|octobre|novembre|decembre)"),
        ("date", r"{month} {dir}"),
        ("weekday_of_week", r"{weekday} de la semaine {dir}"),
        ("weekday", r"{weekday} {dir}"),
        ("weekday", r"{weekday}"),
        ("relative", r"(?:l'|la |le )?{unit} {dir}"),
        (
            "relative",
            r"(?:la |le |au |du )?(?P<dir>dernier|derniere|prochain|prochaine) "
            r"(?P<unit>semaine|mois|trimestre|annee|decennie|siecle)",
        ),
        ("past", r"(?:les |des |ces |aux )?{n} (?P<dir>dernieres|derniers) {unit}"),
        ("past", r"(?:les |des |ces )?(?:dernieres|derniers) {n} {unit}"),
        ("recent", r"(?:les |ces |des )?(?:dernieres|derniers) {unit}"),
        ("recent", r"recemment|dernierement|ces temps-ci"),
        ("coming", r"(?:les |des |ces )?{n} (?:prochains|prochaines) {unit}"),
        ("ago", r"(?:il y a|voici|voila) (?:environ |pres de |exactement )?{n} {unit}"),
        ("few_ago", r"il y a (?:quelques|plusieurs) {unit}"),
        ("to_the_day", r"il y a {n} {unit} (?:jour pour jour|aujourd'hui)"),
        ("hours_ago", r"il y a {n} heures?"),
        ("last_hours", r"(?:les |des |ces )?{n} dernieres heures"),
        ("ahead", r"dans {n} {unit}"),
        ("phrase", r"{phrase}"),
        ("decade", r"annees (?:{y}|{dd}|{decade})"),
        ("decade", r"decennie (?:des annees )?(?:{y}|{dd})"),
        ("century", r"{ord} siecle(?! avant)"),
        ("century", r"(?P<roman>[ivx]{1,5}?)(?:e|eme|er) siecle(?! avant)"),
        ("turn", r"tournant d(?:u|e ce) (?:siecle|millenaire)"),
        ("season", r"(?:l'|le |au )?{season} (?:de |de l'annee )?(?:{y}[-/](?:{yy}|{y2})|{y}|{ydir})"),
        ("season", rf"(?:l'|le |cet |ce ){_SEASON} {{dir}}"),  # not "a été passé"
        ("season", r"(?:cet|ce) (?P<season>ete|automne|hiver|printemps)"),
        (
            "season",
            r"(?:(?<=a l')|(?<=de l')|(?<=depuis l')|(?<=avant l')|(?<=en )|(?<=apres "
            r"l'))(?P<season>ete|automne|hiver)",
        ),
        ("season", r"(?:(?<=au )|(?<=le )|(?<=ce ))(?P<season>printemps)(?! arabe| de prague)"),
        ("quarter", r"{ord} trimestre (?:de |de l'annee )?(?:{y}|{ydir})"),
        (
            "part_of_month",
            rf"{{ord}} (?:semaine|{{weekday}}) (?:de |d'|du mois de ){_MONTH}(?: (?:{{y}}|"
            rf"{{ydir}}))?",
        ),
        (
            "first_units",
            rf"{{n}} (?P<ord>premiers|premieres|derniers|dernieres) {{unit}} (?:de l'annee |de "
            rf"|d')(?:{_MONTH} )?(?:{{y}}|{{ydir}})",
        ),
        ("holiday", r"{holiday} {y}"),
        ("holiday", rf"{preceded('à de depuis avant après')}{{holiday}}"),
        ("holiday", r"{holiday} {dir}"),
        ("this_day_in", r"(?:ce jour|un jour comme aujourd'hui) en {y}"),
        ("year", r"(?:l')?(?:an|annee) {y}"),
    ),
    parts_before={
        "début": Part.EARLY,
        "au début": Part.EARLY,
        "aux débuts": Part.EARLY,
        "le début": Part.EARLY,
        "tout début": Part.EARLY,
        "mi": Part.MIDDLE,
        "milieu": Part.MIDDLE,
        "au milieu": Part.MIDDLE,
        "le milieu": Part.MIDDLE,
        "fin": Part.LATE,
        "à la fin": Part.LATE,
        "la fin": Part.LATE,
        "première moitié": Part.FIRST_HALF,
        "la première moitié": Part.FIRST_HALF,
        "premier semestre": Part.FIRST_HALF,
        "seconde moitié": Part.SECOND_HALF,
        "la seconde moitié": Part.SECOND_HALF,
        "la deuxième moitié": Part.SECOND_HALF,
        "deuxième moitié": Part.SECOND_HALF,
        "second semestre": Part.SECOND_HALF,
        "deuxième semestre": Part.SECOND_HALF,
    },
    part_link=r"(?:[ -](?:de la |des |du mois de |du |de l'annee |de l'|de |d'|l'annee )?)",
    around_before=r"(?:vers|autour de|aux alentours de|environ) (?:l'annee |l'an |le |la )?",
    moved_before=r"(?:(?:{n}|un) {unit} (?:apres|(?P<back>avant)) (?:le |la |l'|les )?|"
    r"{ord} anniversaire (?:de la |du |des |de l'|de |d')(?:evenements (?:du |de ))?)",
    prepositions=r"en|le|la|les|du|de l'|de la|de|des|dans|au cours de|pendant|l'annee|annee|au|aux|l'|d'|"
    r"date du",
    leads=r"en|depuis|avant|apres|de|d'|l'an|l'annee|annee|entre|jusqu'en|des|debut|fin|mi-|vers|pendant",
    bounds_before={
        Bound.BEFORE: r"avant|prealablement a|anterieure?s? au?",
        Bound.AFTER: r"apres|posterieure?s? au?|au lendemain d[ue]",
        Bound.SINCE: r"depuis|a partir d[eu']|a compter d[eu']|des le|des l'",
        Bound.UNTIL: r"jusqu'(?:a la|a l'|a|en|au|aux)|au plus tard",
    },
    bounds_after={Bound.SINCE: r" et (?:apres|au-dela)(?!\w)", Bound.UNTIL: r" (?:ou|et) avant(?!\w)"},
    range_open="entre|de|du|d'",
    range_joint=r"a|au|jusqu'a|jusqu'en|jusqu'au|-",
    range_weak_joint="et",
    list_joint="et|ou|,",
    published_before=rf"(?:{_STORIES})(?: (?:parue?s?|publiee?s?|datant|datee?s?|ecrite?s?|diffusee?s?|de|"
    rf"en))*|"
    r"publiee?s?|parue?s?|ecrite?s?|redigee?s?",
    published_apart=rf"(?:{_STORIES}) (?:sur|concernant|a propos de|au sujet de) [^.?!;,]*(?:date?e?s? "
    rf"d[ue]|datant de|"
    r"parue?s? en|publiee?s? en)|(?:ecrite?s?|publiee?s?|parue?s?|dit|rapporte) (?:sur|concernant|a propos "
    r"d|au sujet d)"
    rf"[^.?!;,]*|(?:{_MEDIA})(?:-t-elle| a-t-elle| a| ont| ont-ils| avait)? (?:ecrit|rapporte|couvert|"
    rf"publie|dit|decrit|"
    r"relate|raconte)(?!\w)[^.?!;,]*",
    works=r"livres?|romans?|albums?|chansons?|poemes?|pieces?|memoires|biographies?|etudes?|rapports?|"
    r"constitutions?|lettres?|essais?|recueils?|encycliques?|magazines?|dictionnaires?|bande dessinee|bd|"
    r"traites?|ouvrages?|loi",
    known_before=r"tel(?:le)?s? (?:qu'on|que l'on) (?:le |la |les )?(?:savait|connaissait)|tel(?:le)?s? que "
    r"connue?s?|ce (?:qu'on|que l'on|qu'on en) savait (?:[^.?!;,]*)?(?:en|le|au)|que savait-on "
    r"(?:[^.?!;,]*)?(?:en|le|au)|a la date d[ue]|en date d[ue]|en l'etat (?:au|du|des connaissances (?:au|"
    r"de))|etat des connaissances (?:au|en|de)|l'archive (?:au|du)|connue?s? a la date d[ue]",
    oldest=r"(?:le |la |les |l')(?:tou(?:t|te|s) )?(?:premiere?s?)(?! (?:guerre mondiale|ministres?|dame|"
    r"secretaire|nom|plan|ligue|division|semestre|trimestre|moitie|tour|mi-temps|etage|classe|semaines?|"
    r"jours?|mois|annees?|{n}|lieu|pas|cru))|pour la premiere fois",
    newest=r"(?:le |la |les )(?:tou(?:t|te|s) )?(?:derniere?s?)(?! (?:mots?|noms?|minute|ligne|recours|"
    r"guerre|empereur|roi|{unit}|{n}))|(?:le |la |les )plus recente?s?|actuellement|a l'heure actuelle|en "
    r"ce moment|maintenant|a present|de nos jours|aujourd'hui|pour la derniere fois|a ce jour|jusqu'a "
    r"present",
    counted=r"personnes?|gens|hommes|femmes|enfants|salaries|emplois|employes|ouvriers|travailleurs|"
    r"soldats|militaires|tonnes?|kg|kilos?|kilogrammes|grammes|km|kilometres?|metres?|m|hectares?|barils?|"
    r"dollars?|euros?|francs?|livres|marks?|yens?|roubles?|points?|morts|tues|blesses|victimes|deces|"
    r"refugies|migrants|passagers|eleves|etudiants|policiers|gendarmes|maisons|foyers|familles|logements|"
    r"heures?|h|minutes|secondes|voix|sieges|cas|malades|patients|lits|actions|magasins|ecoles|hopitaux|"
    r"villages|communes|exemplaires|pages|mots|fois|voitures|vehicules|camions|avions|navires|bateaux|"
    r"chars|missiles|prisonniers|detenus|otages|manifestants|supporters|spectateurs|delegues|membres|"
    r"entreprises|societes|banques|gmt|utc|habitants|millions?|milliards?|places|postes|licenciements|kwh|"
    r"mw|watts|calories|degres|chevaux|civils|combattants|rebelles|agriculteurs|medecins|journalistes|"
    r"enseignants|billets|av|avant j",
    counting=r"plus de|moins de|pres de|environ|quelque|quelques|au moins|au plus|jusqu'a|autres|total de|"
    r"foule de|groupe de|hauteur de|altitude de|distance de|somme de|prix de|cout de|resolution|vol|route|"
    r"article|no|nº|n°|numero|page|chambre|windows|boeing|airbus|peugeot|renault|modele|train|section|"
    r"directive|reglement|agenda|les|ces|ses|leurs|seulement|population de",
    clashes_before=r"printemps de|joli|place du|vendredi|rue du|avenue du|le monde du",
    clashes_after=r"marseillais|republicain|arabe|de prague|saint|noir|gras|sanglant",
    future=r"prochain|va|vont|devrait|devraient|doit|doivent|prevue?s?|aura|auront|sera|seront|"
    r"[a-z]{3,}(?:era|eront)|se tiendra",
)
