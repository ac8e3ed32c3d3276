"""Evaluation sets: a loader for each format people use, one small file each, all giving an EvalSet."""

from evaluation.sets.load import LOADERS, Found, find_sets, load_set, recognise, set_paths
from evaluation.sets.model import CorpusStory, EvalQuery, EvalSet, corpus_lines, make_set, with_corpus

__all__ = [
    "LOADERS",
    "CorpusStory",
    "EvalQuery",
    "EvalSet",
    "Found",
    "corpus_lines",
    "find_sets",
    "load_set",
    "make_set",
    "recognise",
    "set_paths",
    "with_corpus",
]
