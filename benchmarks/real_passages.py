"""The texts an embedder is given for real stories, made by the product's own pipeline in a store of its own."""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from benchmarks.synthetic_archive import shared_folder
from db.store import StoryStore
from ingest.pipeline import ingest
from ingest.tokens import CountTokens
from retrieval.passage_text import passage_text

SAMPLE = Path(__file__).resolve().parent.parent / "data" / "sample"
STORIES_A_FILE = 1_000  # of Reuters-21578


def reuters_files(most: int | None = None) -> list[Path]:
    """Files of Reuters-21578; none where the shared data is absent."""
    return sorted((shared_folder() / "reuters21578").glob("*.sgm.gz"))[:most]


def real_passages(count: int, *, count_tokens: CountTokens, sample: bool = False) -> list[str]:
    """`count` texts, the same each time: of Reuters-21578 where it is there, otherwise of data/sample."""
    files = [] if sample else reuters_files(1 + count // STORIES_A_FILE)
    with tempfile.TemporaryDirectory() as folder, StoryStore.open(f"sqlite:///{folder}/a.sqlite") as store:
        ingest(files or [SAMPLE], store=store, count_tokens=count_tokens, processes=0)
        texts = [passage_text(passage) for batch in store.iter_passages() for passage in batch]
    random.Random(7).shuffle(texts)
    return texts[:count]
