"""Japanese words of time: Western years, imperial eras, kanji numerals. Nothing separates words."""

from __future__ import annotations

from retrieval.time.calendar import Grain, Part
from retrieval.time.grammar import Bound, Grammar, table

# "3か月" and "3時間" count, "3月" and "3日" name
# fmt: off  (tables: what belongs together stays on a line)
_MONTH = r"(?P<m>1[0-2]|0?[1-9])月(?!間)"
_KANJI_MONTH = r"(?P<month>十一|十二|十|一|二|三|四|五|六|七|八|九)月(?!間)"
_DAY = r"{d}日(?!間|目)"
_YEAR = r"(?:{y}年|{era}(?:元|{n})年|(?:{ydir}の?))(?!間|代|前(?!半)|度|以上|ぶり)"
_WEEKDAY = r"(?: ?[(（](?P<weekday>[月火水木金土日])(?:曜日?)?[)）]| ?(?P<weekday>[月火水木金土日])曜日?)?"
_STORIES = r"(?:記事|ニュース|報道|配信記事|電文|見出し|新聞記事)"

JAPANESE = Grammar(
    code="ja",
    function_words="",
    spaced=False,
    months=table("1 一; 2 二; 3 三; 4 四; 5 五; 6 六; 7 七; 8 八; 9 九; 10 十; 11 十一; 12 十二"),
    weekdays=table("0 月; 1 火; 2 水; 3 木; 4 金; 5 土; 6 日"),
    units={
        "日": Grain.DAY, "日間": Grain.DAY, "週": Grain.WEEK, "週間": Grain.WEEK, "か月": Grain.MONTH,
        "ヶ月": Grain.MONTH, "カ月": Grain.MONTH, "ヵ月": Grain.MONTH, "ケ月": Grain.MONTH,
        "箇月": Grain.MONTH, "月": Grain.MONTH, "か月間": Grain.MONTH, "カ月間": Grain.MONTH,
        "年": Grain.YEAR, "年間": Grain.YEAR, "世紀": Grain.CENTURY, "四半期": Grain.SEASON,
    },
    numbers={},
    ordinals={},
    directions=table("-1 先 昨 前 去; 0 今 この 同; 1 来 翌"),
    years_away={"去年": -1, "昨年": -1, "今年": 0, "本年": 0, "来年": 1, "一昨年": -2, "おととし": -2},
    phrases={
        "昨日": (Grain.DAY, -1), "きのう": (Grain.DAY, -1), "一昨日": (Grain.DAY, -2),
        "おととい": (Grain.DAY, -2), "昨夜": (Grain.DAY, -1), "昨晩": (Grain.DAY, -1), "今日": (Grain.DAY, 0),
        "きょう": (Grain.DAY, 0), "本日": (Grain.DAY, 0), "今朝": (Grain.DAY, 0), "今夜": (Grain.DAY, 0),
        "明日": (Grain.DAY, 1), "あす": (Grain.DAY, 1), "明後日": (Grain.DAY, 2), "先週": (Grain.WEEK, -1),
        "今週": (Grain.WEEK, 0), "来週": (Grain.WEEK, 1), "先々週": (Grain.WEEK, -2),
        "先月": (Grain.MONTH, -1), "今月": (Grain.MONTH, 0), "来月": (Grain.MONTH, 1),
        "先々月": (Grain.MONTH, -2), "去年": (Grain.YEAR, -1), "昨年": (Grain.YEAR, -1),
        "今年": (Grain.YEAR, 0), "ことし": (Grain.YEAR, 0), "来年": (Grain.YEAR, 1),
        "一昨年": (Grain.YEAR, -2), "おととし": (Grain.YEAR, -2), "前世紀": (Grain.CENTURY, -1),
        "今世紀": (Grain.CENTURY, 0), "前四半期": (Grain.SEASON, -1), "今四半期": (Grain.SEASON, 0),
    },
    seasons=table("3 春; 6 夏; 9 秋; 12 冬"),
    holidays={"クリスマス": "12-25", "大晦日": "12-31", "元日": "01-01", "元旦": "01-01", "復活祭": "easter",
              "イースター": "easter"},
    eras={"明治": 1867, "大正": 1911, "昭和": 1925, "平成": 1988, "令和": 2018},
    rules=(
        ("date", rf"{_YEAR} ?{_MONTH} ?{_DAY}{_WEEKDAY}"),
        ("date", rf"{_YEAR} ?{_KANJI_MONTH}(?:(?P<d>[一二三四五六七八九十]{{1,3}})日)?"),
        ("date", r"(?P<kanji>[〇一二三四五六七八九十百千]{3,7})年(?!間|代|"
                 r"前)(?:(?P<month>[一二三四五六七八九十]{1,2})月"
                 r"(?:(?P<d>[一二三四五六七八九十]{1,3})日)?)?"),
        ("date", rf"{_YEAR} ?{_MONTH}"),
        ("date", rf"{_YEAR}"),
        ("date", rf"{_MONTH} ?{_DAY}{_WEEKDAY}"),
        ("date", rf"{_YEAR} ?{_MONTH} ?{{d}}日?(?:から|[-~]|、){{d2}}日"),
        ("date", rf"{_MONTH} ?{{d}}日?(?:から|[-~]|、){{d2}}日"),
        ("date", rf"{_YEAR} ?{_MONTH}(?:から|[-~])(?P<m2>1[0-2]|0?[1-9])月"),
        ("date", r"(?<!\d)(?P<m>1[0-2]|0?[1-9])月(?!間|曜|\d)"),
        ("weekday_of_week", r"(?P<dir>先|今|来)週の?(?P<weekday>月|火|水|木|金|土|日)曜日?"),
        ("weekday", r"(?P<weekday>月|火|水|木|金|土|日)曜日?"),
        ("past", r"(?:過去|この|ここ|最近の?|直近の?)(?:{n}|{kanji}){unit}(?:間)?"),
        ("recent", r"近年|最近|このところ"),
        ("ago", r"(?:{n}|{kanji}){unit}前(?!半)"),
        ("few_ago", r"数{unit}前"),
        ("to_the_day", r"(?:{n}|{kanji}){unit}前の(?:今日|きょう)"),
        ("hours_ago", r"{n}時間前"),
        ("last_hours", r"(?:過去|この){n}時間"),
        ("ahead", r"今から(?:{n}|{kanji}){unit}後"),
        ("phrase", r"{phrase}"),
        ("decade", r"(?:{y}|{dd})年代"),
        ("century", r"(?:{n}|{kanji})世紀"),
        ("turn", r"世紀の変わり目"),
        ("season", r"(?:{y}年|{ydir}の?){season}(?!場所)"),
        ("season", r"{y}[-/](?:{yy}|{y2})年?の?{season}"),
        ("quarter", r"(?:{y}年|{ydir}の?)の?第(?:{n}|{kanji})四半期"),
        ("holiday", r"(?:{y}年|{ydir}の?)の?{holiday}"),
        ("holiday", r"{holiday}"),
        ("part_of_month", r"(?:{y}年|{ydir}の?)?(?P<m>1[0-2]|0?[1-9])月の?第(?P<ord>\d)(?:週|"
                          r"(?P<weekday>月|火|水|木|金|土|日)曜日?)"),
        ("this_day_in", r"{y}年の(?:今日|この日)"),
    ),
    parts_after={
        "初頭": Part.EARLY, "の初頭": Part.EARLY, "初め": Part.EARLY, "の初め": Part.EARLY,
        "上旬": Part.EARLY, "はじめ": Part.EARLY, "の始め": Part.EARLY, "初期": Part.EARLY,
        "の初期": Part.EARLY, "半ば": Part.MIDDLE, "の半ば": Part.MIDDLE, "なかば": Part.MIDDLE,
        "中旬": Part.MIDDLE, "中頃": Part.MIDDLE, "中ごろ": Part.MIDDLE, "末": Part.LATE, "の末": Part.LATE,
        "末期": Part.LATE, "終わり": Part.LATE, "の終わり": Part.LATE, "下旬": Part.LATE,
        "前半": Part.FIRST_HALF, "の前半": Part.FIRST_HALF, "上半期": Part.FIRST_HALF,
        "後半": Part.SECOND_HALF, "の後半": Part.SECOND_HALF, "下半期": Part.SECOND_HALF,
    },
    around_after=r"頃|ごろ|前後",
    moved_after=r"(?:の|から)(?:{n}|{kanji}){unit}(?:後|(?P<back>前))",
    prepositions=r"の|に|、",
    leads=r"は|が|、|の",
    bounds_after={
        Bound.BEFORE: r"より前|よりも前|以前|前(?=の|に)",
        Bound.AFTER: r"より後|の後(?!半)|後(?=の|に)",
        Bound.SINCE: r"以降|以後|以来|から(?!\d)",
        Bound.UNTIL: r"まで",
    },
    range_joint="から|[-~]|、から",
    range_weak_joint="と",
    range_close=r"まで(?:の間)?|の間|にかけて",
    list_joint="と|や|、|・",
    published_after=rf"(?:に|の|付の?|付けの?|に)?(?:書かれた|発表された|配信された|掲載された|公開された|"
    rf"報じられた|発行された)|(?:の|付の?|付けの?|に書かれた){_STORIES}|"
    rf"に[^。？?]{{0,40}}(?:について)(?:書かれ|報じられ|報道され)",
    published_before=rf"{_STORIES}(?:は|で)",
    works=r"小説|本は|著書|アルバム|論文|憲法|詩|歌|映画",
    known_after=r"の?時点(?:で|の|では|において)?|現在(?:で|の|では|において)?|当時の?(?:知られて)",
    oldest=r"(?:最初|初めて|初の|第一号|一番最初)",
    newest=r"(?:最新|直近|最後|最も新しい|現在|今日|きょう|本日|いま|今(?![日週月年朝夜後回度世四])|目下|"
    r"現時点)",
    counted=r" ?(?:人|名|円|ドル|ユーロ|トン|キロ|メートル|グラム|%|％|個|台|件|社|校|冊|本|頭|匹|株|票|席|"
    r"戸|世帯|箇所|か所|回|度|時|分|秒|万|億|hPa|km|kg|m|cm|ポイント|ページ|号|便|系|型|機)",
    counting=r"約|およそ|第|号|計|合計|総額|[a-z]",
    future=r"予定|来|見込み",
)
