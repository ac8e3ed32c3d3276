"""python -m benchmarks.retrieval.analyzers [--sets xquad-r,xquad-r-held-out]

What each step of turning text into terms is worth, in the five languages of XQuAD-R: the lexical half alone,
within a language, by one BM25 over lists of terms (bm25s, k1 1.2 and b 0.75 as in Tantivy). `as built`
is the product's own analysis.
"""

from __future__ import annotations

import argparse
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import bm25s
import numpy as np
import Stemmer

from benchmarks.retrieval.__main__ import BUILD, opened, originals, ranked
from benchmarks.retrieval.sets import LANGUAGES, Task, folders
from benchmarks.retrieval.tables import systems_table
from domain.story import StoredPassage
from retrieval.lexical.analysis import STEMMERS, terms, words
from retrieval.lexical.function_words import content_words, is_function_word
from retrieval.stages import CANDIDATES_EACH
from runtime.settings import shared_folder

SHORTEST_PART = 4  # letters of a compound's part
HAN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")
LINKS = ("", "s", "es", "n", "en")  # between the parts of a German compound

Analysis = Callable[[str, str], list[str]]  # text, language → terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Variant:
    """`question` None: the passage's analysis of the question's content words."""

    passage: Analysis
    question: Analysis | None = None
    languages: Sequence[str] = LANGUAGES


def of_content_words(analysis: Analysis) -> Analysis:
    return lambda text, language: [
        term for word in content_words(words(text), language) for term in analysis(word, language)
    ]


def unstemmed(text: str, language: str) -> list[str]:
    return terms(text, None)


def without_function_words(text: str, language: str) -> list[str]:
    return [
        term for word in words(text) if not is_function_word(word, language) for term in terms(word, language)
    ]


def letters_as_written(text: str, language: str) -> list[str]:
    """Stemmed, but Arabic letters, marks and joined "and" left as they are."""
    stemmer = Stemmer.Stemmer(STEMMERS[language])
    plain = unicodedata.normalize("NFKC", text).lower()
    return [str(stemmer.stemWord(word)) for word in re.findall(r"\w+", plain)]


ARABIC_MARKS = dict.fromkeys([*range(0x064B, 0x0660), 0x0670, 0x0640])
ARABIC_LETTERS = str.maketrans("أإآٱىةؤئ", "اااايهوي")
AND_THE = re.compile(r"\b[وف](?=ال\w{3})")


def letters_folded_after(text: str, language: str) -> list[str]:
    """Without marks and the joined "and"; the letters' variants are folded once the word is stemmed, since
    the stemmer knows an ending by its ta marbuta."""
    stemmer = Stemmer.Stemmer(STEMMERS[language])
    plain = AND_THE.sub("", unicodedata.normalize("NFKC", text).lower().translate(ARABIC_MARKS))
    return [str(stemmer.stemWord(word)).translate(ARABIC_LETTERS) for word in re.findall(r"\w+", plain)]


def asked_without_function_words(analysis: Analysis) -> Analysis:
    """For an analysis that must see words before they are normalised."""
    return lambda text, language: [
        term
        for word in re.findall(r"\w+", text)
        if not is_function_word(word, language)
        for term in analysis(word, language)
    ]


def runs_of(lengths: Sequence[int]) -> Analysis:
    """Overlapping runs of so many Han characters, of each length; other words as built."""

    def analysis(text: str, language: str) -> list[str]:
        found = terms(HAN.sub(" ", text), language)
        for run in HAN.findall(unicodedata.normalize("NFKC", text)):
            for length in lengths:
                found += [run[at : at + length] for at in range(len(run) - length + 1)] or [run]
        return found

    return analysis


def with_parts(passages: Sequence[StoredPassage]) -> Analysis:
    """German compounds as themselves and as the two parts that are words of the corpus (Koehn & Knight,
    "Empirical methods for compound splitting", EACL 2003: the parts of highest mean frequency)."""
    counts = Counter(word.lower() for p in passages for word in words(p.text))

    def parts(word: str) -> list[str]:
        best, found = counts[word], []
        for at in range(SHORTEST_PART, len(word) - SHORTEST_PART + 1):
            for link in LINKS:
                left, right = word[:at], word[at:]
                if link and left.endswith(link):
                    left = left.removesuffix(link)
                score = (counts[left] * counts[right]) ** 0.5
                if len(left) >= SHORTEST_PART and score > best:
                    best, found = score, [left, right]
        return found

    def analysis(text: str, language: str) -> list[str]:
        found = terms(text, language)
        for word in words(text):
            found += [term for part in parts(word.lower()) for term in terms(part, language)]
        return found

    return analysis


def variants(passages: Sequence[StoredPassage]) -> dict[str, Variant]:
    spaced = [language for language in LANGUAGES if language in STEMMERS]
    german = with_parts([passage for passage in passages if passage.language == "de"])
    return {
        "as built": Variant(passage=terms),
        "not stemmed": Variant(passage=unstemmed, languages=spaced),
        "function words kept in the question": Variant(passage=terms, question=terms),
        "function words left out of the passages too": Variant(passage=without_function_words),
        "Arabic letters as written": Variant(
            passage=letters_as_written,
            question=asked_without_function_words(letters_as_written),
            languages=["ar"],
        ),
        "Arabic letters folded after stemming": Variant(
            passage=letters_folded_after,
            question=asked_without_function_words(letters_folded_after),
            languages=["ar"],
        ),
        "Chinese by single characters": Variant(
            passage=runs_of([1]), question=runs_of([1]), languages=["zh"]
        ),
        "by pairs": Variant(passage=runs_of([2]), question=runs_of([2]), languages=["zh"]),
        "by characters and pairs": Variant(
            passage=runs_of([1, 2]), question=runs_of([1, 2]), languages=["zh"]
        ),
        "by pairs and threes": Variant(passage=runs_of([2, 3]), question=runs_of([2, 3]), languages=["zh"]),
        "German compounds with their parts": Variant(passage=german, languages=["de"]),
    }


def lexical(
    passages: Sequence[StoredPassage], task: Task, variant: Variant, language: str
) -> dict[str, list[int]]:
    held = [passage for passage in passages if passage.language == language]
    index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    index.index([variant.passage(passage.text, language) for passage in held], show_progress=False)
    question = variant.question or of_content_words(variant.passage)
    found: dict[str, list[int]] = {}
    for asked in task.asked:
        scores = index.get_scores(list(dict.fromkeys(question(asked.text, language))))
        best = np.argsort(-scores, kind="stable")[:CANDIDATES_EACH]
        found[asked.query_id] = [held[at].passage_id for at in best if scores[at] > 0]
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sets", default="xquad-r,xquad-r-held-out")
    chosen = parser.parse_args()
    shared = shared_folder()
    where = folders(BUILD, shared)
    groups: dict[str, dict[str, dict[str, float]]] = {language: {} for language in LANGUAGES}
    for name in chosen.sets.split(","):
        archive, tasks = opened(name, where[name], shared)
        with archive:
            passages = [passage for batch in archive.store.iter_passages() for passage in batch]
            stands_for = originals(archive, passages)
        by_name = {task.name: task for task in tasks}
        for label, variant in variants(passages).items():
            for language in variant.languages:
                task = by_name[f"{name} {language}"]
                values = ranked(task.asked, lexical(passages, task, variant, language), stands_for)
                groups[language].setdefault(label, {}).update(values)
    labels = [label for label in variants([]) if label != "as built"]
    print(systems_table(groups, against=labels, ahead="as built"))


if __name__ == "__main__":
    main()
