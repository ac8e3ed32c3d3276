"""Sentence spans: order, coverage and paragraph edges on any text; the known hard cases by hand."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.sentences import split_sentences

PIECES = st.sampled_from(
    ["Mr.", "U.S.", "3.5", "No. 5", "z.B.", "«", "»", '"', ".", "?!", "…", "。", "」", "؟", "\n", "\n\n",
     "\n \n", " ",
      "\u00a0", "\u2028", "\x00", "The", "the", "A  1", "- x", "été", "قال", "彼", "(", ")", "J.",
     "\ud800"]
)  # fmt: skip
TEXTS = st.one_of(st.text(), st.lists(PIECES, max_size=40).map("".join), st.lists(PIECES).map(" ".join))


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in split_sentences(text)]


@given(TEXTS)
@example("")
@example(" \n\n ")
@example("\n\n.\n\n«")
def test_spans_are_ordered_trimmed_and_cover_all_words(text: str) -> None:
    spans = split_sentences(text)
    at = 0
    for start, end in spans:
        assert at <= start < end <= len(text)
        assert not text[at:start].strip(), "only white space lies between sentences"
        assert text[start:end] == text[start:end].strip()
        assert not re.search(r"\n\s*\n", text[start:end])
        at = end
    assert not text[at:].strip()


@pytest.mark.parametrize(
    "expected",
    [
        ["Mr. Smith met Sen. Dole on Feb. 26 at No. 10.", "He left."],
        ["The U.S. President spoke for the U.S. Treasury.", "It fell."],
        ["Sales rose in the U.S.", "The company said so."],
        ["J. F. Kennedy Jr. met George W. Bush.", "They spoke."],
        ["Profit was 5.93 mln dlrs.", "Prices rose 2.5 pct.", "Volume was 1,200."],
        ['"Why?" he asked.', '"I do not know."', "(He left.)", "Then he came back."],
        ["He hesitated...", "Then he spoke.", "He paused… and went on."],
        ["Acme Inc. said Foo Corp. and Baz Co.", "The board met."],
        ["It began at 10 p.m. EST in St. Louis.", "It ended."],
        ["Yahoo! said it would sell.", "Done!"],
        ["Il est venu.", "« Oui. »", "Puis M. Le Drian et Mme. Royal ont dit : « Non. »", "Il part."],
        ["L'art. 49 est né av. J.-C. selon lui.", "Fin."],
        ["Am 3. Oktober 1990 war z.B. Berlin gemeint, d.h. im 19. Jahrhundert.", "Er kam."],
        ["Er zahlte 3 Mio. Euro bzw. Dollar.", "»Ja.«", "Dr. Kohl ging."],
        ["El Sr. Pérez y la Dra. Gil viajaron a EE.UU. con el n.º 5.", "¿Quién?", "¡Nadie!"],
        ["Los JJ. OO. de EE. UU. empiezan.", "Fin."],
        ["O Sr. Silva ganhou R$ 3,5 mi.", "A Dra. Souza saiu."],
        ["قال الرئيس إن 3.5 مليون شخص.", "هل هذا صحيح؟", "نعم."],
        ["یہ سچ ہے۔", "وہ آیا۔"],
        ["1. The council met.", "2. It voted."],
    ],
)  # fmt: skip
def test_sentences_of_the_agencies(expected: list[str]) -> None:
    assert sentences(" ".join(expected)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("彼は行った。「行く。」と述べた。本当？はい！",
         ["彼は行った。", "「行く。」と述べた。", "本当？", "はい！"]),
        ("réunion de jeudi.Le gouvernement a dit.", ["réunion de jeudi.", "Le gouvernement a dit."]),
        ('Il "part".Elle reste."Malgré tout".', ['Il "part".', "Elle reste.", '"Malgré tout".']),
        ("Wrapped prose\ngoes on. It\nends.", ["Wrapped prose\ngoes on.", "It\nends."]),
        ("Net  1.2  1.4\nSales  9  8\n- one\n- two", ["Net  1.2  1.4", "Sales  9  8", "- one", "- two"]),
        ("A line.\n\nof two paragraphs", ["A line.", "of two paragraphs"]),
        ("U.S. TO SELL WHEAT. SOVIET UNION BUYS.", ["U.S. TO SELL WHEAT.", "SOVIET UNION BUYS."]),
    ],
)  # fmt: skip
def test_sentences_without_a_space_or_over_lines(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    "unit", ["word ", ". ", "Mr. ", "am 3. Oktober ", ' ". ', "a\n", "A  1\n", "彼。", "»."]
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    def seconds(times: int) -> float:
        start = time.perf_counter()
        split_sentences(unit * times)
        return time.perf_counter() - start

    seconds(1_000)  # warm
    # A quadratic scan would take 400 times as long for 20 times the text.
    assert seconds(100_000) < 100 * max(seconds(5_000), 0.001)
