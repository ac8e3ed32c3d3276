"""Each loader on a file of the official shape (texts made up here), and on ones that are wrong in one place."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import orjson
import pytest

from domain.errors import SetError
from evaluation.sets import EvalSet, find_sets, load_set, with_corpus


def lines(path: Path, *rows: object) -> Path:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def whole(path: Path, value: object) -> Path:
    path.write_bytes(orjson.dumps(value))
    return path


def by_id(of: EvalSet, query_id: str) -> object:
    return next(q for q in of.queries if q.query_id == query_id)


# -- TREC ---------------------------------------------------------------------------------------

TOPICS = """<top>
<num> Number: 301
<title> Ferry disasters
<desc> Description:
Which ferries sank?
</top>

<top>
<num> Number: 302
<title> Grain embargo

</top>
"""


def trec_folder(
    folder: Path, *, topics: str = TOPICS, qrels: str = "301 0 FT911-1 1\n302 0 FT911-2 0\n"
) -> Path:
    (folder / "topics.301-302").write_text(topics)
    (folder / "qrels.adhoc.txt").write_text(qrels)
    return folder


def test_trec_topics_and_qrels(tmp_path: Path) -> None:
    loaded = load_set(trec_folder(tmp_path))
    assert loaded.format == "trec"
    assert [(q.query_id, q.text) for q in loaded.queries] == [
        ("301", "Ferry disasters"),
        ("302", "Grain embargo"),
    ]
    assert loaded.qrels == {"301": {"FT911-1": 1}, "302": {"FT911-2": 0}}
    assert not loaded.has_corpus


def test_trec_topics_as_xml_and_as_lines(tmp_path: Path) -> None:
    xml = '<topics><topic number="1">\n<query>ferry</query>\n<question>Which ferries sank?</question></topic></topics>'
    one = "1 Q0 d1 2\n"
    assert load_set(trec_folder(tmp_path, topics=f"<!-- <top -->{xml}", qrels=one)).queries[0].text == "ferry"
    assert load_set(trec_folder(tmp_path, topics="1\twhich ferries sank\n", qrels=one)).qrels == {
        "1": {"d1": 2}
    }


# -- SQuAD --------------------------------------------------------------------------------------


def squad(question_id: str, text: str, *, impossible: bool = False) -> dict[str, object]:
    question = {"id": question_id, "question": text, "answers": [{"text": "1903", "answer_start": 3}]}
    if impossible:
        question |= {"answers": [], "is_impossible": True}
    paragraph = {"context": f"In 1903 the bridge opened. {text}", "qas": [question]}
    return {"version": "1.1", "data": [{"title": "Old_bridge", "paragraphs": [paragraph]}]}


def test_squad_two_has_impossible_questions(tmp_path: Path) -> None:
    loaded = load_set(whole(tmp_path / "dev-v2.0.json", squad("q", "Who closed it?", impossible=True)))
    query = loaded.queries[0]
    assert (query.answerable, query.answers, loaded.qrels) == (False, (), {})
    assert loaded.stories[0].title == "Old bridge"


def test_translations_are_relevant_to_each_other(tmp_path: Path) -> None:
    whole(tmp_path / "xquad.en.json", squad("q", "When did it open?"))
    whole(tmp_path / "xquad.de.json", squad("q", "Wann wurde sie eröffnet?"))
    loaded = load_set(tmp_path)
    assert {q.language for q in loaded.queries} == {"en", "de"}
    assert loaded.qrels["xquad.en:q"] == {"xquad.de:0": 1, "xquad.en:0": 1}


def test_mlqa_names_both_languages(tmp_path: Path) -> None:
    path = tmp_path / "test-context-de-question-en.json"
    loaded = load_set(whole(path, squad("q", "When did it open?")))
    assert (loaded.stories[0].language, loaded.queries[0].language) == ("de", "en")
    assert loaded.queries[0].kind == "cross_lingual"


@pytest.mark.shared
def test_xquad_r_as_published(shared_data: Path) -> None:
    loaded = load_set(shared_data / "xquad-r")
    assert (loaded.format, len(loaded.queries), len(loaded.stories)) == ("squad", 5 * 1190, 5 * 240)
    assert all(len(grades) == 5 for grades in loaded.qrels.values())


# -- RGB, MultiHop-RAG, ALCE, RealTime QA ---------------------------------------------------------


def test_rgb_asks_for_every_part(tmp_path: Path) -> None:
    row = {"id": 7, "query": "Which two clubs met, and when?", "answer": [["Milan", "AC Milan"], "Ajax"],
           "positive": [["AC Milan played."], ["Ajax played."]], "negative": ["Rain fell."]}  # fmt: skip
    loaded = load_set(lines(tmp_path / "en_int.json", row))
    query = loaded.queries[0]
    assert (loaded.format, query.kind, query.language) == ("rgb", "integration", "en")
    assert query.parts == (("Milan", "AC Milan"), ("Ajax",))
    assert query.answers == ("Milan | Ajax",)
    assert set(loaded.qrels["7"]) == {"rgb:en_int:7:positive:0", "rgb:en_int:7:positive:1"}
    assert len(loaded.stories) == 3


def test_rgb_counterfactual_knows_the_false_answer(tmp_path: Path) -> None:
    row = {"id": 0, "query": "Who won?", "answer": "Bianca", "fakeanswer": "Clara", "positive": ["Bianca won."],
           "positive_wrong": ["Clara won."], "negative": []}  # fmt: skip
    query = load_set(lines(tmp_path / "en_fact.json", row)).queries[0]
    assert (query.answers, query.wrong, query.parts) == (("Bianca",), ("Clara",), ())


def multihop_folder(folder: Path, *, url: str = "https://a.example/1") -> Path:
    evidence = {"title": "T", "author": "A", "url": url, "source": "S", "category": "c", "published_at":
                "2023-11-27T08:45:59+00:00", "fact": "It rose."}  # fmt: skip
    whole(folder / "corpus.json", [{"title": "T", "author": "A", "source": "S", "category": "c", "body": "It rose.",
          "published_at": "2023-11-27T08:45:59+00:00", "url": "https://a.example/1"}])  # fmt: skip
    whole(
        folder / "MultiHopRAG.json",
        [
            {"query": "Did it rise?", "answer": "Yes", "question_type": "comparison_query", "evidence_list": [evidence]},
            {"query": "Who sold it?", "answer": "Insufficient information.", "question_type": "null_query",
             "evidence_list": []},
        ],
    )  # fmt: skip
    return folder


def test_multihop_rag(tmp_path: Path) -> None:
    loaded = load_set(multihop_folder(tmp_path))
    assert [(q.kind, q.answerable, q.answers) for q in loaded.queries] == [
        ("comparison", True, ("Yes",)),
        ("null", False, ()),
    ]
    assert loaded.qrels == {"q1": {"https://a.example/1": 1}}
    assert loaded.stories[0].published.startswith("2023-11-27")


def test_alce_asqa_and_qampari(tmp_path: Path) -> None:
    passage = {"id": "12", "title": "T", "text": "Paris and Rome.", "score": 0.9, "answers_found": [0, 1]}
    asqa = {
        "question": "Where?",
        "sample_id": "-1",
        "docs": [passage, passage | {"id": "13", "answers_found": [0]}],
        "qa_pairs": [
            {"question": "a", "short_answers": ["Paris"]},
            {"question": "b", "short_answers": ["Rome"]},
        ],
    }
    loaded = load_set(whole(tmp_path / "asqa_eval_gtr_top100.json", [asqa]))
    assert (loaded.format, loaded.queries[0].kind) == ("alce", "asqa")
    assert loaded.queries[0].parts == (("Paris",), ("Rome",))
    assert loaded.qrels == {"-1": {"alce:12": 1}}
    qampari = {"question": "Which?", "id": "x", "docs": [passage], "answers": [["Ada", "A. L."], ["Bo"]]}
    assert load_set(whole(tmp_path / "qampari_eval.json", [qampari])).queries[0].parts[0] == ("Ada", "A. L.")
    eli5 = {"question": "Why?", "docs": [passage], "claims": ["c1", "c2"], "answer": "Long."}
    assert load_set(whole(tmp_path / "eli5_eval.json", [eli5])).queries[0].answers == ()


def test_realtimeqa_weeks(tmp_path: Path) -> None:
    question = {
        "question_id": "20220617_0",
        "question_date": "2022/06/17",
        "question_source": "CNN",
        "question_url": "u",
        "question_sentence": "Which?",
        "choices": ["Red kite", "Owl"],
        "answer": ["1"],
        "evidence": "",
    }
    page = {
        "url": "https://n.example/a",
        "title": "Birds",
        "text": "An owl flew.",
        "publish_date": "2022/06/12",
    }
    lines(tmp_path / "20220617_qa.jsonl", question, question | {"question_id": "20220617_1", "answer": ["0"]})
    lines(
        tmp_path / "20220617_gcs.jsonl",
        {"question_id": "20220617_0", "search_time": "t", "search_result": [page, page | {"text": ""}]},
        {"question_id": "20220617_1", "search_time": "t", "search_result": [page]},
    )
    loaded = load_set(tmp_path)
    first, second = loaded.queries
    assert (loaded.format, first.answers, first.choices) == ("realtimeqa", ("Owl",), ("Red kite", "Owl"))
    assert first.filters.as_of == datetime(2022, 6, 17, 23, 59, 59, 999_999, tzinfo=UTC)
    assert loaded.qrels == {"20220617_0": {"https://n.example/a": 1}}
    assert (first.answerable, second.answerable) == (True, False)
    assert [s.published[:10] for s in loaded.stories] == ["2022-06-12"]


# -- one's own ------------------------------------------------------------------------------------

CSV = (
    "\ufeffQuestion;Answer;Answer 2;GUID;Date;Lang\n"
    '"Who won; and where?";Bianca;"Bianca B.";urn:a urn:b;2001-02-03;en\n'
    "\n"
    "Qui a gagné ?;;;;;fr\n"
)


def test_own_csv(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text(CSV, encoding="utf-8")
    loaded = load_set(tmp_path / "mine.csv")
    first, second = loaded.queries
    assert (loaded.name, loaded.format, loaded.has_corpus) == ("mine", "csv", False)
    assert first.text == "Who won; and where?"
    assert first.answers == ("Bianca", "Bianca B.")
    assert (first.answerable, second.answerable) == (True, None)
    assert (first.day, first.language) == (date(2001, 2, 3), "en")
    assert first.filters.as_of is not None
    assert loaded.qrels == {"1": {"urn:a": 1, "urn:b": 1}}


def test_own_csv_as_a_spreadsheet_saves_it(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_bytes("question\tanswer\nWo?\tKöln\n".encode("utf-16"))
    assert load_set(tmp_path / "mine.csv").queries[0].answers == ("Köln",)


def test_own_jsonl(tmp_path: Path) -> None:
    path = lines(tmp_path / "mine.jsonl", {"question": "Where?", "answer": ["Köln", "Cologne"], "guid": ["a b"]},
                 {"query": "Who?", "answerable": False, "id": "x"})  # fmt: skip
    loaded = load_set(path)
    assert loaded.queries[0].answers == ("Köln", "Cologne")
    assert loaded.qrels == {"1": {"a b": 1}}
    assert (loaded.queries[1].query_id, loaded.queries[1].answerable) == ("x", False)


def test_another_corpus_for_the_same_questions(tmp_path: Path) -> None:
    path = lines(tmp_path / "mine.jsonl", {"question": "Where?"})
    stories = lines(tmp_path / "stories.jsonl", {"id": "a", "text": "b"})
    loaded = with_corpus(load_set(path), [stories])
    assert loaded.has_corpus
    assert loaded.fingerprint
    with pytest.raises(SetError, match="does not exist"):
        with_corpus(loaded, [tmp_path / "none"])


# -- what is wrong is named ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.csv", "question,answer\nWho?,B,C\n", "a.csv, line 2: 3 cells under 2 columns"),
        ("a.csv", "who,answer\nWho?,B\n", "a.csv, line 1: no column 'question'"),
        ("a.csv", "question,date\nWho?,x\n\nA?,May\n", "a.csv, line 2: date = 'x'"),
        ("a.csv", 'question,date\n"Who\nwas it?",1999-01-01\nA?,May\n', "a.csv, line 4: date = 'May'"),
        ("a.csv", "question,answer\n,B\n", "a.csv, line 2: no 'question'"),
        ("a.csv", "question,answerable\nWho?,perhaps\n", "line 2: 'answerable' is not yes or no: 'perhaps'"),
        ("a.csv", "question,answer,answerable\nWho?,B,no\n", "line 2: 'answerable' says no"),
        ("a.csv", 'question,answer\n"Who?,B\n', "a.csv, line"),
        ("a.csv", "", "a.csv is empty"),
        ("a.csv", "question,id\nWho?,1\nWhat?,1\n", "question '1' stands twice"),
        ("a.jsonl", '{"question": "Who?"}\n{"question": \n', "a.jsonl, line 2: not JSON"),
        ("a.jsonl", '{"question": ["Who?"]}\n', "a.jsonl, line 1: 'question' is not a text"),
        ("a.jsonl", '{"question": "Who?", "answer": [{}]}\n', "line 1: 'answer' is not a list of texts"),
        ("a.jsonl", "[1]\n", "a.jsonl, line 1: not an object"),
        (
            "a.json",
            '{"data": [{"paragraphs": [{"qas": []}]}]}',
            "a.json, data[0].paragraphs[0]: no 'context'",
        ),
        (
            "a.json",
            '{"data": [{"paragraphs": [{"context": "c", "qas": [{"id": "q", "question": "w"}]}]}]}',
            "a.json, data[0].paragraphs[0].qas[0]: no 'answers'",
        ),
        (
            "en.json",
            '{"id": 1, "query": "w", "answer": "a", "positive": []}\n{"id": 2}\n',
            "en.json, line 2: no 'answer'",
        ),
        ("a.json", '[{"question": "w", "docs": []}]', "a.json, item 1: none of 'qa_pairs'"),
        ("a.json", '[{"question": "w", "docs": [{"id": 1}]}]', "a.json, item 1.docs[0]: no 'text'"),
        ("a.json", '[{"q": 1}]', "a JSON array of no known set"),
        ("a.json", '[{"q": 1},\n', "a.json, line 2: not JSON"),
        (
            "a_qa.jsonl",
            '{"question_id": "1", "question_sentence": "w", "choices": ["x"], "answer": ["1"]}',
            "a_qa.jsonl, line 1: 'answer' is not a place in 'choices'",
        ),
        ("a.txt", "x", "not a set by its name"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, name: str, content: str, said: str) -> None:
    (tmp_path / name).write_text(content, encoding="utf-8")
    with pytest.raises(SetError) as caught:
        load_set(tmp_path / name)
    assert said in str(caught.value)


def test_cp1252_is_named_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"question\nWho?\nQu\xe9?\n")
    with pytest.raises(SetError, match="line 3: not utf-8"):
        load_set(tmp_path / "a.csv")


def test_wrong_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(SetError, match=r"qrels.adhoc.txt, line 1: expected topic"):
        load_set(trec_folder(tmp_path, qrels="301 FT911-1 1\n"))
    with pytest.raises(SetError, match=r"topics.301-302, line 1: no 'num'"):
        load_set(trec_folder(tmp_path, topics="<top><title>a</top>"))
    with pytest.raises(SetError, match="no judgement is about a topic"):
        load_set(trec_folder(tmp_path, qrels="9 0 d 1\n"))
    with pytest.raises(SetError, match=r"item 1.evidence_list\[0\]: 'url' is of no story"):
        load_set(multihop_folder(tmp_path, url="https://other"))


def test_sets_are_found_below_a_folder(tmp_path: Path) -> None:
    for name in ("trec", "multi", "plain", "broken"):
        (tmp_path / name).mkdir()
    trec_folder(tmp_path / "trec")
    multihop_folder(tmp_path / "multi")
    (tmp_path / "broken" / "queries.jsonl").write_text("{}")
    found = {one.path.name: one for one in find_sets([tmp_path])}
    assert set(found) == {"trec", "multi", "broken"}
    assert found["broken"].read is None
    assert "broken" in str(found["broken"].problem)
    assert found["multi"].format == "multihop-rag"


def test_the_example_of_the_documents_is_sound() -> None:
    root = Path(__file__).resolve().parents[2]
    loaded = load_set(root / "docs" / "examples" / "questions.csv")
    sample = load_set(root / "data" / "evaluation")
    assert len(loaded.queries) == 20
    assert sum(query.answerable is False for query in loaded.queries) == 4
    judged = {guid for grades in loaded.qrels.values() for guid in grades}
    assert judged <= {guid for grades in sample.qrels.values() for guid in grades}
