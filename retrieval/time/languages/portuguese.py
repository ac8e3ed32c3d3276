"""Portuguese words of time, of Portugal and of Brazil."""

from __future__ import annotations

from retrieval.time.calendar import Grain, Part
from retrieval.time.grammar import Bound, Grammar, forms, preceded, table

# fmt: off  (tables: what belongs together stays on a line)
_MONTH = r"{month}\.?"
_YEAR = r"(?:de |do |do ano )?(?:{y}|{ydir})"
_LAST = (*forms("passad", "o a os as"), *forms("últim", "o a os as"), "anterior")
_NEXT = (*forms("próxim", "o a os as"), "que vem", "seguinte", "vindouro")
_THIS = ("este", "esta", "neste", "nesta", "deste", "desta", "em curso", "corrente", "atual", "actual")
_SEASON = r"(?P<season>primavera|verao|outono|inverno)"
# "segunda" alone is "second": short names only where nothing follows
_WEEKDAY = r"(?P<weekday>(?:segunda|terca|quarta|quinta|sexta)[ -]feira|sabado|domingo)"
_STORIES = (
    r"artigos?|noticias?|despachos?|reportagens|reportagem|materias?|manchetes?|cobertura|imprensa|textos "
    r"da agencia"
)
_MEDIA = r"a afp|afp|a lusa|lusa|reuters|a agencia|a imprensa|as agencias|os jornais|a midia|os media"

PORTUGUESE = Grammar(
    code="pt",
    function_words="o a os as de do da dos das um uma e em no na nos nas ao à que quem qual quais onde "
    "quando quanto quantos quantas como por para com desde antes depois entre até é era foi são foram há "
    "houve seu sua se ano anos passado passada ontem hoje último última primeiro primeira notícias artigos "
    "publicados mais não morreu aconteceu ganhou disse está pela pelo",
    months=table(
        "1 janeiro jan; 2 fevereiro fev; 3 março mar; 4 abril abr; 5 maio; 6 junho jun; 7 julho jul; 8 "
        "agosto ago; 9 setembro set; 10 outubro out; 11 novembro nov; 12 dezembro dez"
    ),
    weekdays=table(
        "0 segunda-feira segunda_feira segunda; 1 terça-feira terça_feira terça; 2 quarta-feira "
        "quarta_feira quarta; 3 quinta-feira quinta_feira quinta; 4 sexta-feira sexta_feira sexta; 5 "
        "sábado; 6 domingo"
    ),
    units={
        "dia": Grain.DAY,
        "dias": Grain.DAY,
        "semana": Grain.WEEK,
        "semanas": Grain.WEEK,
        "mês": Grain.MONTH,
        "meses": Grain.MONTH,
        "trimestre": Grain.SEASON,
        "trimestres": Grain.SEASON,
        "ano": Grain.YEAR,
        "anos": Grain.YEAR,
        "década": Grain.DECADE,
        "décadas": Grain.DECADE,
        "século": Grain.CENTURY,
        "séculos": Grain.CENTURY,
    },
    numbers=table(
        "1 um uma; 2 dois duas; 3 três; 4 quatro; 5 cinco; 6 seis; 7 sete; 8 oito; 9 nove; 10 dez; 11 onze; "
        "12 doze; 13 treze; 14 catorze quatorze; 15 quinze; 16 dezasseis dezesseis; 17 dezassete dezessete; "
        "18 dezoito; 19 dezanove dezenove; 20 vinte; 25 vinte_e_cinco; 30 trinta; 40 quarenta; 50 cinquenta; "
        "60 sessenta; 70 setenta; 80 oitenta; 90 noventa; 100 cem"
    ),
    ordinals=table(
        "1 primeiro primeira primeiros primeiras; 2 segundo segunda; 3 terceiro terceira; 4 quarto quarta; "
        "5 quinto; 6 sexto; 7 sétimo; 8 oitavo; 9 nono; 10 décimo; 20 vigésimo; 25 vigésimo_quinto; 30 "
        "trigésimo; 40 quadragésimo; 50 quinquagésimo; 100 centésimo; -1 último última últimos últimas"
    ),
    day_suffix="º|°|o|a|ª",
    directions={**dict.fromkeys(_LAST, -1), **dict.fromkeys(_THIS, 0), **dict.fromkeys(_NEXT, 1)},
    years_away={"ano passado": -1, "este ano": 0, "deste ano": 0, "próximo ano": 1, "ano que vem": 1},
    phrases={
        "ontem": (Grain.DAY, -1),
        "anteontem": (Grain.DAY, -2),
        "antes de ontem": (Grain.DAY, -2),
        "hoje": (Grain.DAY, 0),
        "esta manhã": (Grain.DAY, 0),
        "esta tarde": (Grain.DAY, 0),
        "esta noite": (Grain.DAY, 0),
        "amanhã": (Grain.DAY, 1),
        "depois de amanhã": (Grain.DAY, 2),
        "ano retrasado": (Grain.YEAR, -2),
        "semana retrasada": (Grain.WEEK, -2),
        "mês retrasado": (Grain.MONTH, -2),
    },
    seasons=table("3 primavera; 6 verão; 9 outono; 12 inverno"),
    decades=table(
        "20 vinte; 30 trinta; 40 quarenta; 50 cinquenta; 60 sessenta; 70 setenta; 80 oitenta; 90 noventa; "
        "2000 dois_mil"
    ),
    holidays={
        "natal": "12-25",
        "véspera de natal": "12-24",
        "réveillon": "12-31",
        "véspera de ano novo": "12-31",
        "ano novo": "01-01",
        "páscoa": "easter",
        "domingo de páscoa": "easter",
    },
    rules=(
        ("date", rf"(?:{{weekday}},? )?{{d}} (?:de )?{_MONTH}(?:,? {_YEAR})?"),
        ("date", rf"{{d}}(?: ?- ?| a | e | ao ){{d2}} de {_MONTH}(?: {_YEAR})?"),
        ("date", rf"{_MONTH} {_YEAR}"),
        ("date", rf"{_MONTH}(?: ?- ?| a | e | ate ){{month2}} {_YEAR}"),
        ("date", rf"{preceded('em de desde antes_de depois_de até e a entre meados_de durante')}{{month}}"),
        (
            "date",
            r"(?P<month>janeiro|fevereiro|marco|abril|junho|julho|agosto|setembro|outubro|novembro|"
            r"dezembro)",
        ),
        ("date", r"{month} (?P<dir>passado|proximo|ultimo|que vem)"),
        ("date", r"(?P<dir>passado|proximo|ultimo|este|neste) (?:mes de )?{month}"),
        ("weekday_of_week", r"{weekday} da semana {dir}"),
        ("weekday", r"{weekday} {dir}"),
        (
            "weekday",
            r"(?P<dir>passado|passada|proximo|proxima|ultimo|ultima|este|esta|nesta|neste|desta|"
            r"deste) {weekday}",
        ),
        ("weekday", _WEEKDAY),
        (
            "weekday",
            r"(?:(?<=na )|(?<=nesta )|(?<=desta ))(?P<weekday>segunda|terca|quarta|quinta|"
            r"sexta)(?=[?.,;!]|\Z)",
        ),
        ("relative", r"(?:o |a )?{unit} {dir}"),
        (
            "relative",
            r"(?:o |a )?(?P<dir>passado|passada|proximo|proxima|este|esta|neste|nesta|deste|desta|"
            r"ultimo|ultima) (?P<unit>semana|mes|trimestre|ano|decada|seculo)",
        ),
        ("past", r"(?:os |as |nos |nas )?(?:ultimos|ultimas|passados|passadas) {n} {unit}"),
        ("past", r"(?:os |as |nos |nas )?{n} (?:ultimos|ultimas) {unit}"),
        ("recent", r"(?:os |as |nos |nas )?(?:ultimos|ultimas) {unit}"),
        ("recent", r"recentemente|ultimamente"),
        ("coming", r"(?:os |as |nos |nas )?(?:proximos|proximas) {n} {unit}"),
        ("ago", r"ha (?:cerca de |quase |uns |umas )?{n} {unit}(?: atras)?"),
        ("ago", r"{n} {unit} atras"),
        ("few_ago", r"ha (?:alguns|algumas|varios|varias|poucos|poucas|uns|umas) {unit}"),
        ("few_ago", r"(?:alguns|algumas|varios|varias) {unit} atras"),
        ("hours_ago", r"ha {n} horas?"),
        ("hours_ago", r"{n} horas? atras"),
        ("last_hours", r"(?:as |nas )?ultimas {n} horas"),
        ("ahead", r"(?:dentro de|daqui a) {n} {unit}"),
        ("phrase", r"{phrase}"),
        ("decade", r"anos (?:{y}|{dd}|{decade})"),
        ("decade", r"decada de (?:{y}|{dd}|{decade})"),
        ("century", r"seculo (?:{roman}|{n})(?! a\.)"),
        ("turn", r"virada d[oe] (?:seculo|milenio)"),
        ("season", r"{season} (?:de |do ano de )?(?:{y}[-/](?:{yy}|{y2})|{y}|{ydir})"),
        ("season", r"{season} d[eo] {ydir}"),
        ("season", rf"{_SEASON} {{dir}}"),
        (
            "season",
            rf"(?P<dir>passado|passada|proximo|proxima|este|esta|neste|nesta|ultimo|ultima) {_SEASON}",
        ),
        ("season", rf"{preceded('no na durante_o durante_a desde_o desde_a')}{_SEASON}(?! arabe| de praga)"),
        ("quarter", r"{ord} trimestre (?:de |do ano de |do )?(?:{y}|{ydir})"),
        ("part_of_month", rf"{{ord}} (?:semana|{{weekday}}) de {_MONTH}(?: {_YEAR})?"),
        (
            "first_units",
            rf"(?P<ord>primeiros|primeiras|ultimos|ultimas) {{n}} {{unit}} (?:de |do ano de |do )"
            rf"(?:{_MONTH} (?:de |do )?)?(?:{{y}}|{{ydir}})",
        ),
        (
            "first_units",
            rf"{{n}} (?P<ord>primeiros|primeiras|ultimos|ultimas) {{unit}} (?:de |do ano de |do )"
            rf"(?:{_MONTH} (?:de |do )?)?(?:{{y}}|{{ydir}})",
        ),
        ("holiday", r"{holiday} (?:de |do )?{y}"),
        ("holiday", rf"{preceded('no na desde_o antes_do depois_do até_o')}{{holiday}}"),
        ("holiday", r"{holiday} {dir}"),
        ("this_day_in", r"(?:neste dia|um dia como hoje) (?:de|em) {y}"),
        ("year", r"ano (?:de )?{y}"),
    ),
    parts_before={
        "início": Part.EARLY,
        "no início": Part.EARLY,
        "o início": Part.EARLY,
        "começo": Part.EARLY,
        "no começo": Part.EARLY,
        "princípio": Part.EARLY,
        "no princípio": Part.EARLY,
        "inícios": Part.EARLY,
        "meados": Part.MIDDLE,
        "em meados": Part.MIDDLE,
        "meio": Part.MIDDLE,
        "no meio": Part.MIDDLE,
        "fim": Part.LATE,
        "no fim": Part.LATE,
        "o fim": Part.LATE,
        "final": Part.LATE,
        "no final": Part.LATE,
        "o final": Part.LATE,
        "finais": Part.LATE,
        "primeira metade": Part.FIRST_HALF,
        "na primeira metade": Part.FIRST_HALF,
        "primeiro semestre": Part.FIRST_HALF,
        "segunda metade": Part.SECOND_HALF,
        "na segunda metade": Part.SECOND_HALF,
        "segundo semestre": Part.SECOND_HALF,
    },
    part_link=r" (?:dos |das |do |da |de )?(?:mes de |ano de |ano )?",
    around_before=r"(?:por volta de|cerca de|em torno de|ao redor de) (?:o |a )?(?:ano )?",
    moved_before=r"(?:(?:{n}|um) {unit} (?:depois|apos|(?P<back>antes)) (?:de |do |da |o |a )?(?:o |a )?|"
    r"{ord} aniversario (?:da |do |dos |de ))",
    prepositions=r"em|o|a|os|as|no|na|nos|nas|de|do|da|dos|das|durante|ano de|ano|ao|dia",
    leads=r"em|desde|antes de|depois de|apos|de|ano de|ano|entre|ate|durante|meados de|fim de|final de",
    bounds_before={
        Bound.BEFORE: r"antes de|antes do|antes da|anterior(?:es)? a|anteriormente a",
        Bound.AFTER: r"depois de|depois do|depois da|apos|posterior(?:es)? a",
        Bound.SINCE: r"desde|a partir de|a partir do",
        Bound.UNTIL: r"ate|ate ao|o mais tardar",
    },
    bounds_after={
        Bound.SINCE: r" em diante(?!\w)| ou depois(?!\w)| para ca(?!\w)",
        Bound.UNTIL: r" ou antes(?!\w)",
    },
    range_open="entre|de|desde|do",
    range_joint="a|ao|ate|-",
    range_weak_joint="e",
    list_joint="e|ou|,",
    published_before=rf"(?:{_STORIES})(?: (?:publicad[oa]s?|escrit[oa]s?|said[oa]s?|datad[oa]s?|"
    rf"divulgad[oa]s?|de|do|em))*|"
    r"publicad[oa]s?|escrit[oa]s?|se publicou|se escreveu|redigid[oa]s?",
    published_apart=rf"(?:{_STORIES}) (?:sobre|acerca de|a respeito de) [^.?!;,]*(?:datad[oa]s?|"
    rf"publicad[oa]s?|escrit[oa]s?)|"
    r"(?:escrit[oa]s?|escreveu|escrevia|publicad[oa]s?|publicou|noticiou) (?:sobre|acerca d[eoa]|a respeito "
    r"d[eoa]) [^.?!;,]*|"
    rf"(?:{_MEDIA}) (?:escreveu|escreveram|noticiou|publicou|cobriu|cobriram|contou|descreveu|"
    rf"relatou)(?!\w)[^.?!;,]*|(?:escreveu|noticiou|publicou|cobriu|descreveu|relatou) "
    rf"(?:{_MEDIA})(?!\w)[^.?!;,]*",
    works=r"livros?|romances?|album|albuns|cancoes|cancao|poemas?|obras?|memorias|biografias?|estudos?|"
    r"relatorios?|constituicao|cartas?|ensaios?|enciclicas?|revistas?|dicionario|tratados?|lei",
    known_before=r"tal como se (?:conhecia|sabia)|o que se (?:sabia|conhecia) (?:[^.?!;,]*)?(?:em|no|a)|"
    r"que se sabia (?:[^.?!;,]*)?(?:em|no|a)|a data de|com data de corte|o arquivo (?:em|a)",
    oldest=r"(?:o |a |os |as )?primeir(?:o|a|os|as)(?! (?:ministr[oa]s?|dama|guerra mundial|plano|divisao|"
    r"semestre|trimestre|metade|tempo|socorros|mundo|mao|nome|classe|pagina|andar|republica|liga|vice|"
    r"secretari[oa]|semanas?|meses|mes|ano|anos|dias?|lugar|{n}|{weekday}))(?!-)|pela primeira vez",
    newest=r"(?:o |a |os |as )ultim(?:o|a|os|as)(?! (?:palavras?|minuto|hora|ceia|recurso|rei|imperador|"
    r"semana|mes|ano|{unit}|{n}|{weekday}))|mais recentes?|atualmente|actualmente|agora|na atualidade|hoje "
    r"em dia|hoje|neste momento|pela ultima vez|ate hoje|ate agora",
    counted=r"pessoas?|homens|mulheres|criancas|trabalhadores|empregos|empregados|operarios|soldados|"
    r"militares|toneladas?|kg|quilos?|quilogramas|gramas|kms?|quilometros?|metros?|hectares?|barris|"
    r"dolares|euros|reais|escudos|francos|libras|marcos|ienes|rublos|pontos|mortos|feridos|vitimas|"
    r"refugiados|migrantes|passageiros|alunos|estudantes|policias|policiais|agentes|casas|familias|lares|"
    r"horas?|h|minutos|segundos|votos|assentos|casos|pacientes|doentes|camas|leitos|acoes|lojas|escolas|"
    r"hospitais|aldeias|municipios|exemplares|paginas|palavras|vezes|carros|veiculos|caminhoes|camioes|"
    r"avioes|navios|barcos|tanques|misseis|presos|refens|manifestantes|adeptos|torcedores|espectadores|"
    r"delegados|membros|empresas|companhias|bancos|gmt|utc|habitantes|milhoes|mil|postos|kwh|mw|calorias|"
    r"graus|a\.c|civis|rebeldes|agricultores|medicos|jornalistas|cidadaos",
    counting=r"mais de|menos de|cerca de|quase|uns|umas|pelo menos|outros|outras|total de|altura de|"
    r"distancia de|soma de|preco de|resolucao|voo|rota|artigo|no\.|nº|n°|numero|pagina|quarto|windows|"
    r"boeing|airbus|peugeot|modelo|trem|comboio|secao|diretiva|agenda|os|as|seus|suas|apenas|populacao de|"
    r"grupo de",
    clashes_before=r"praca de|avenida|rua",
    clashes_after=r"santa|negra|sangrento|de ramos",
    future=r"proximo|vai|vao|deve|devem|previst[oa]s?|tera|terao|sera|serao|[a-z]{3,}arao?|jogara",
)
