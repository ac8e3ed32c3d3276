"""Spanish words of time."""

from __future__ import annotations

from retrieval.time.calendar import Grain, Part
from retrieval.time.grammar import Bound, Grammar, forms, preceded, table

# fmt: off  (tables: what belongs together stays on a line)
_MONTH = r"{month}\.?"
_YEAR = r"(?:de |del |del ano )?(?:{y}|{ydir})"
_LAST = (*forms("pasad", "o a os as"), *forms("últim", "o a os as"), *forms("anterior", "- es"))
_NEXT = (*forms("próxim", "o a os as"), "que viene", "entrante", "venidero")
_THIS = ("este", "esta", "en curso", "actual", "presente")
_SEASON = r"(?P<season>primavera|verano|otono|invierno)"
_AFTER_PREPOSITION = preceded("en de desde antes_de después_de hasta y a entre mediados_de durante")
_STORIES = (
    r"articulos?|noticias?|despachos?|notas(?: de prensa)?|cables?|titulares|reportajes?|teletipos?|"
    r"informaciones|cobertura|prensa"
)
_MEDIA = r"la afp|afp|efe|reuters|la agencia|la prensa|las agencias|los diarios|los periodicos|los medios"

SPANISH = Grammar(
    code="es",
    function_words="el la los las de del un una y en al que qué quién quiénes cuál cuáles dónde cuándo "
    "cuánto cuántos cuántas cómo por para con desde antes después entre hasta es era fue son fueron ha "
    "hubo hay su sus se lo año años pasado pasada ayer hoy último última primer primera primero "
    "artículos publicado publicados hace a más dos murió ocurrió pasó ganó dijo está",
    months=table(
        "1 enero ene; 2 febrero feb; 3 marzo mar; 4 abril abr; 5 mayo; 6 junio jun; 7 julio jul; 8 "
        "agosto ago; 9 septiembre setiembre sept sep; 10 octubre oct; 11 noviembre nov; 12 diciembre dic"
    ),
    weekdays=table("0 lunes; 1 martes; 2 miércoles; 3 jueves; 4 viernes; 5 sábado; 6 domingo"),
    units={
        "día": Grain.DAY,
        "días": Grain.DAY,
        "semana": Grain.WEEK,
        "semanas": Grain.WEEK,
        "mes": Grain.MONTH,
        "meses": Grain.MONTH,
        "trimestre": Grain.SEASON,
        "trimestres": Grain.SEASON,
        "año": Grain.YEAR,
        "años": Grain.YEAR,
        "década": Grain.DECADE,
        "décadas": Grain.DECADE,
        "siglo": Grain.CENTURY,
        "siglos": Grain.CENTURY,
    },
    numbers=table(
        "1 un una uno; 2 dos; 3 tres; 4 cuatro; 5 cinco; 6 seis; 7 siete; 8 ocho; 9 nueve; 10 diez; 11 "
        "once; 12 doce; 13 trece; 14 catorce; 15 quince; 16 dieciséis; 17 diecisiete; 18 dieciocho; 19 "
        "diecinueve; 20 veinte; 25 veinticinco; 30 treinta; 40 cuarenta; 50 cincuenta; 60 sesenta; 70 "
        "setenta; 80 ochenta; 90 noventa; 100 cien"
    ),
    ordinals=table(
        "1 primer primero primera primeros primeras; 2 segundo segunda; 3 tercer tercero tercera; 4 "
        "cuarto cuarta; 5 quinto quinta; 6 sexto; 7 séptimo; 8 octavo; 9 noveno; 10 décimo décima; 20 "
        "vigésimo; 25 vigésimo_quinto vigesimoquinto; 30 trigésimo; 40 cuadragésimo; 50 quincuagésimo; "
        "100 centésimo; -1 último última últimos últimas"
    ),
    day_suffix="º|°|o|er|ro|a|ª",
    directions={**dict.fromkeys(_LAST, -1), **dict.fromkeys(_THIS, 0), **dict.fromkeys(_NEXT, 1)},
    years_away={"año pasado": -1, "este año": 0, "próximo año": 1, "año que viene": 1},
    phrases={
        "ayer": (Grain.DAY, -1),
        "anteayer": (Grain.DAY, -2),
        "antes de ayer": (Grain.DAY, -2),
        "antier": (Grain.DAY, -2),
        "anoche": (Grain.DAY, -1),
        "hoy": (Grain.DAY, 0),
        "esta mañana": (Grain.DAY, 0),
        "esta tarde": (Grain.DAY, 0),
        "esta noche": (Grain.DAY, 0),
        "mañana": (Grain.DAY, 1),
        "pasado mañana": (Grain.DAY, 2),
        "el año antepasado": (Grain.YEAR, -2),
        "la semana antepasada": (Grain.WEEK, -2),
    },
    seasons=table("3 primavera; 6 verano; 9 otoño; 12 invierno"),
    decades=table(
        "20 veinte; 30 treinta; 40 cuarenta; 50 cincuenta; 60 sesenta; 70 setenta; 80 ochenta; 90 noventa; "
        "2000 dos_mil"
    ),
    holidays={
        "navidad": "12-25",
        "nochebuena": "12-24",
        "nochevieja": "12-31",
        "año nuevo": "01-01",
        "domingo de resurrección": "easter",
        "pascua": "easter",
    },
    rules=(
        ("date", rf"(?:{{weekday}},? )?{{d}} (?:de )?{_MONTH}(?:,? {_YEAR})?"),
        ("date", rf"{{d}}(?: ?- ?| al | y | a ){{d2}} de {_MONTH}(?: {_YEAR})?"),
        ("date", rf"{_MONTH} {_YEAR}"),
        ("date", rf"{_MONTH}(?: ?- ?| a | y | hasta ){{month2}} {_YEAR}"),
        ("date", rf"{_AFTER_PREPOSITION}{{month}}"),
        (
            "date",
            r"(?P<month>enero|febrero|marzo|abril|junio|julio|agosto|septiembre|setiembre|octubre|"
            r"noviembre|diciembre)",
        ),
        ("date", r"{month} (?P<dir>pasado|proximo|ultimo|que viene)"),
        ("date", r"(?:el )?(?P<dir>pasado|proximo|ultimo|este) (?:mes de )?{month}"),
        ("weekday_of_week", r"{weekday} de la semana {dir}"),
        ("weekday", r"{weekday} {dir}"),
        ("weekday", r"(?P<dir>pasado|proximo|ultimo|este) {weekday}"),
        ("weekday", r"{weekday}"),
        ("relative", r"(?:el |la )?{unit} {dir}"),
        (
            "relative",
            r"(?:el |la )?(?P<dir>pasado|pasada|proximo|proxima|este|esta|ultimo|ultima|"
            r"presente|actual) (?P<unit>semana|mes|trimestre|ano|decada|siglo)",
        ),
        ("past", r"(?:los |las )?(?:ultimos|ultimas|pasados|pasadas) {n} {unit}"),
        ("past", r"(?:los |las )?{n} (?:ultimos|ultimas) {unit}"),
        ("recent", r"(?:los |las )?(?:ultimos|ultimas|recientes) {unit}"),
        ("recent", r"recientemente|ultimamente"),
        ("coming", r"(?:los |las )?(?:proximos|proximas) {n} {unit}"),
        ("ago", r"hace (?:unos |unas |casi |cerca de )?{n} {unit}"),
        ("ago", r"{n} {unit} atras"),
        ("few_ago", r"hace (?:unos|unas|algunos|algunas|varios|varias|pocos|pocas) {unit}"),
        ("to_the_day", r"(?:hoy )?hace {n} {unit} (?:exactos|exactamente)"),
        ("hours_ago", r"hace {n} horas?"),
        ("last_hours", r"(?:las )?ultimas {n} horas"),
        ("ahead", r"dentro de {n} {unit}"),
        ("phrase", r"(?<!de la )(?<!por la )(?<!la ){phrase}"),
        ("decade", r"(?:los |anos |los anos ){dd}"),
        ("decade", r"(?:los anos|anos|decada de los|decada del|decada de) (?:{y}|{dd}|{decade})"),
        (
            "decade",
            r"los (?P<decade>veinte|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|"
            r"noventa)(?= |[?.,;!]|\Z)(?! (?:y|mil|anos|millones|por))",
        ),
        ("century", r"siglo (?:{roman}|{n})(?! a)"),
        ("turn", r"cambio de (?:siglo|milenio)"),
        ("season", r"{season} (?:de |del |del ano )?(?:{y}[-/](?:{yy}|{y2})|{y}|{ydir})"),
        ("season", rf"{_SEASON} {{dir}}"),
        ("season", rf"(?P<dir>pasado|pasada|proximo|proxima|este|esta|ultimo|ultima) {_SEASON}"),
        (
            "season",
            rf"{preceded('en_el en_la en durante_el durante_la desde_el desde_la')}{_SEASON}(?! "
            rf"arabe| de praga)",
        ),
        ("quarter", r"{ord} trimestre (?:de |del |del ano )?(?:{y}|{ydir})"),
        ("part_of_month", rf"{{ord}} (?:semana|{{weekday}}) de {_MONTH}(?: {_YEAR})?"),
        ("part_of_month", rf"{{weekday}} (?P<ord>ultimo) de {_MONTH}(?: {_YEAR})?"),
        (
            "first_units",
            rf"(?P<ord>primeros|primeras|ultimos|ultimas) {{n}} {{unit}} (?:de |del |del ano )"
            rf"(?:{_MONTH} (?:de |del )?)?(?:{{y}}|{{ydir}})",
        ),
        ("holiday", r"{holiday} (?:de |del )?{y}"),
        ("holiday", rf"{preceded('en desde antes_de después_de hasta por')}{{holiday}}"),
        ("holiday", r"(?P<dir>pasada|proxima|ultima) {holiday}"),
        ("this_day_in", r"(?:un dia como hoy|tal dia como hoy|este dia) (?:de|en) {y}"),
        ("year", r"ano {y}"),
    ),
    parts_before={
        "principios": Part.EARLY,
        "a principios": Part.EARLY,
        "comienzos": Part.EARLY,
        "a comienzos": Part.EARLY,
        "inicios": Part.EARLY,
        "a inicios": Part.EARLY,
        "el inicio": Part.EARLY,
        "el comienzo": Part.EARLY,
        "mediados": Part.MIDDLE,
        "a mediados": Part.MIDDLE,
        "fines": Part.LATE,
        "a fines": Part.LATE,
        "finales": Part.LATE,
        "a finales": Part.LATE,
        "el final": Part.LATE,
        "la primera mitad": Part.FIRST_HALF,
        "primer semestre": Part.FIRST_HALF,
        "primera mitad": Part.FIRST_HALF,
        "la segunda mitad": Part.SECOND_HALF,
        "segunda mitad": Part.SECOND_HALF,
        "segundo semestre": Part.SECOND_HALF,
    },
    part_link=r" (?:de |del )?(?:la |los |las |el )?(?:mes de |ano )?",
    around_before=r"(?:hacia|alrededor de|en torno a) (?:el |la )?(?:ano )?",
    moved_before=r"(?:(?:{n}|un) {unit} (?:despues|(?P<back>antes)) (?:de |del )(?:el |la )?|"
    r"{ord} aniversario (?:de la |de los |del |de )(?:el )?)",
    prepositions=r"en|el|la|los|las|de|del|durante|el ano|ano|al|a|dia",
    leads=r"en|desde|antes de|despues de|de|del|el ano|ano|entre|hasta|durante|hacia|mediados de|fines de",
    bounds_before={
        Bound.BEFORE: r"antes de|antes del|anterior(?:es)? al?|previos? a",
        Bound.AFTER: r"despues de|despues del|posterior(?:es)? al?|tras",
        Bound.SINCE: r"desde|a partir de|a partir del",
        Bound.UNTIL: r"hasta|a mas tardar",
    },
    bounds_after={Bound.SINCE: r" en adelante(?!\w)| o despues(?!\w)", Bound.UNTIL: r" o antes(?!\w)"},
    range_open="entre|de|desde|del",
    range_joint="a|al|hasta|-",
    range_weak_joint="y",
    list_joint="y|e|o|,",
    published_before=rf"(?:{_STORIES})(?: (?:publicad[oa]s?|escrit[oa]s?|aparecid[oa]s?|fechad[oa]s?|"
    rf"difundid[oa]s?|"
    r"de|del|en))*|publicad[oa]s?|escrit[oa]s?|se publico|se escribio|redactad[oa]s?",
    published_apart=rf"(?:{_STORIES}) (?:sobre|acerca de|referentes a) [^.?!;,]*(?:fechad[oa]s?|"
    rf"publicad[oa]s?|"
    r"escrit[oa]s?)|(?:escrit[oa]s?|escribio|escribia|publicad[oa]s?|publico|informo|dijo la prensa) "
    r"(?:sobre|acerca de) "
    rf"[^.?!;,]*|(?:{_MEDIA}) (?:escribio|informo|publico|cubrio|conto|describio|relato|"
    rf"reporto)(?!\w)[^.?!;,]*|(?:escribio|informo|publico|cubrio|conto|describio|reporto) "
    rf"(?:{_MEDIA})(?!\w)[^.?!;,]*",
    works=r"libros?|novelas?|album|albumes|canciones|cancion|poemas?|obras?|memorias|biografias?|"
    r"estudios?|informes?|constitucion|cartas?|ensayos?|enciclicas?|revistas?|diccionario|tratados?|ley",
    known_before=r"tal como se (?:conocia|sabia)|lo que se (?:sabia|conocia) (?:[^.?!;,]*)?(?:en|el|al)|"
    r"que se sabia (?:[^.?!;,]*)?(?:en|el|al)|a fecha de|a fecha del|con fecha de corte|segun se conocia|"
    r"el archivo (?:a|al)",
    oldest=r"(?:el |la |los |las |lo )?primer(?:o|a|os|as)?(?! (?:ministr[oa]s?|dama|guerra mundial|"
    r"plano|division|semestre|trimestre|mitad|tiempo|auxilios|mundo|mano|nombre|clase|plana|piso|"
    r"mandatari[oa]|republica|fila|vicepresident[ea]|secretari[oa]|semanas?|meses|mes|ano|anos|dias?|"
    r"lugar|{n}|{weekday}))|por primera vez",
    newest=r"(?:el |la |los |las |lo )ultim(?:o|a|os|as)(?! (?:palabras?|minuto|hora|cena|recurso|rey|"
    r"emperador|semana|mes|ano|{unit}|{n}))|mas recientes?|actualmente|ahora(?: mismo)?|en la "
    r"actualidad|hoy en dia|hoy|en estos momentos|por ultima vez|hasta la fecha|hasta ahora",
    counted=r"personas?|hombres|mujeres|ninos|trabajadores|empleos|empleados|obreros|soldados|militares|"
    r"efectivos|toneladas?|kg|kilos?|kilogramos|gramos|kms?|kilometros?|metros?|hectareas?|barriles|"
    r"dolares|euros|pesos|pesetas|francos|libras|marcos|yenes|rublos|puntos|muertos|heridos|victimas|"
    r"fallecidos|refugiados|migrantes|pasajeros|alumnos|estudiantes|policias|agentes|casas|viviendas|"
    r"familias|hogares|horas?|h|minutos|segundos|votos|escanos|casos|pacientes|camas|acciones|tiendas|"
    r"escuelas|hospitales|pueblos|municipios|ejemplares|paginas|palabras|veces|coches|vehiculos|"
    r"camiones|aviones|barcos|tanques|misiles|presos|rehenes|manifestantes|aficionados|espectadores|"
    r"delegados|miembros|empresas|compañias|bancos|gmt|utc|habitantes|millones|mil|puestos|despidos|kwh|"
    r"mw|calorias|grados|a\.c|antes de cristo|civiles|rebeldes|agricultores|medicos|periodistas|"
    r"docentes|ciudadanos",
    counting=r"mas de|menos de|cerca de|casi|unos|unas|alrededor|al menos|por lo menos|otros|otras|total "
    r"de|altura de|distancia de|suma de|precio de|resolucion|vuelo|ruta|articulo|no\.|nº|n°|numero|"
    r"pagina|habitacion|windows|boeing|airbus|peugeot|modelo|tren|seccion|directiva|agenda|los|las|sus|"
    r"solo|poblacion de|grupo de",
    clashes_before=r"plaza de|viernes|avenida|calle",
    clashes_after=r"santo|negro|sangriento|de ramos",
    future=r"proximo|va a|van a|debe|deben|previst[oa]s?|tendra|tendran|sera|seran|se celebrara|"
    r"[a-z]{3,}aran?|jugara",
)
