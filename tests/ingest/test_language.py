"""Languages told apart, with floors on real questions and headlines."""

from __future__ import annotations

import gzip
import json
from itertools import islice
from pathlib import Path

import pytest

from ingest.language import detect, primary_tag

FLOOR = 0.99  # measured 0.9975 to 1.0 when py3langid was chosen over lingua


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Who won the World Cup in 1998?", "en"),
        ("WHEAT SUBSIDY FOR THE SOVIET UNION APPROVED", "en"),
        ("Quand le mur de Berlin est-il tombé ?", "fr"),
        ("¿Cuándo cayó el muro de Berlín?", "es"),
        ("Wann fiel die Berliner Mauer?", "de"),
        ("Quantos membros tem a União Europeia?", "pt"),
        ("متى سقط جدار برلين؟", "ar"),
        ("柏林墙什么时候倒塌的？", "zh"),
        ("ベルリンの壁はいつ崩壊しましたか。", "ja"),
        ("1998", None),
        ("", None),
        ("?! …", None),
    ],
)
def test_detect(text: str, language: str | None) -> None:
    assert detect(text) == language


@pytest.mark.shared
@pytest.mark.parametrize("language", ["en", "ar", "de", "es", "zh"])
def test_questions_of_xquad(shared_data: Path, language: str) -> None:
    with gzip.open(shared_data / "xquad-r" / f"{language}.json.gz") as file:
        articles = json.load(file)["data"]
    questions = [q["question"] for a in articles for p in a["paragraphs"] for q in p["qas"]]
    assert len(questions) > 1000
    assert sum(detect(question) == language for question in questions) / len(questions) >= FLOOR


@pytest.mark.shared
def test_french_headlines(shared_data: Path) -> None:
    with gzip.open(shared_data / "orangesum-fr" / "orangesum_parsed.jsonl.gz") as file:
        titles = [json.loads(line)["title"] for line in islice(file, 1200)]
    assert sum(detect(title) == "fr" for title in titles) / len(titles) >= FLOOR


@pytest.mark.parametrize(
    ("declared", "tag"),
    [("en-US", "en"), ("FR", "fr"), ("deu", "de"), ("pt_BR", "pt"), ("Español", "es"), ("nb-NO", "nb"),
     ("und", None), ("", None), (None, None), ("x-klingon", None), ("no language", None)],
)  # fmt: skip
def test_declared_languages(declared: str | None, tag: str | None) -> None:
    assert primary_tag(declared) == tag
