"""LlamaIndex's CitationQueryEngine as its documentation sets it up: VectorStoreIndex, its own prompts.

Default splitter (1,024 tokens, cut again to citation chunks of 512), default prompts, the GGUF's own chat
template. Given more than the default: four chunks (two by default), headline and date in each (its
metadata), the set's dates as a metadata filter, a streamed answer. It leaves it to the reader to look a
number up among the source nodes; that is done here, for "[2]", "[1, 2]" and "Source 2" alike.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from pathlib import Path

from llama_cpp import Llama
from llama_cpp.llama_chat_format import Jinja2ChatFormatter
from llama_index.core import Document, StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.query_engine import CitationQueryEngine
from llama_index.core.schema import MetadataMode, NodeWithScore, QueryBundle
from llama_index.core.vector_stores import FilterOperator, MetadataFilter, MetadataFilters
from llama_index.embeddings.huggingface import HuggingFaceEmbedding
from llama_index.llms.llama_cpp import LlamaCPP
from protocol import Cited, Question, Reply, Setup, Side, Story, serve, source_numbers

UNSHOWN = ["guid", "published"]


class LlamaIndexSide:
    def __init__(self, setup: Setup) -> None:
        self._setup = setup
        self._embedder = HuggingFaceEmbedding(
            model_name=setup.embedder, query_instruction=setup.query_prefix,
            text_instruction=setup.passage_prefix, device="cpu",
        )  # fmt: skip
        prompted = _chat_template(setup.gguf)
        self._llm = LlamaCPP(
            model_path=setup.gguf, temperature=0.0, max_new_tokens=setup.max_tokens,
            context_window=setup.context, completion_to_prompt=prompted, verbose=False,
            model_kwargs={"n_batch": setup.batch, "n_threads": setup.threads},
        )  # fmt: skip
        self._index: VectorStoreIndex | None = None

    def ingest(self, stories: Sequence[Story]) -> None:
        documents = [
            Document(
                text=story.body,
                metadata={
                    "headline": story.headline, "date": story.date,
                    "guid": story.guid, "published": story.published,
                },
                excluded_embed_metadata_keys=UNSHOWN,
                excluded_llm_metadata_keys=UNSHOWN,
            )
            for story in stories
        ]  # fmt: skip
        index = VectorStoreIndex.from_documents(documents, embed_model=self._embedder)
        index.storage_context.persist(persist_dir=self._setup.store)

    def open(self) -> None:
        kept = StorageContext.from_defaults(persist_dir=self._setup.store)
        index = load_index_from_storage(kept, embed_model=self._embedder)
        assert isinstance(index, VectorStoreIndex)
        self._index = index

    def ask(self, question: Question) -> Reply:
        began = time.perf_counter()
        assert self._index is not None
        engine = CitationQueryEngine.from_args(
            self._index, llm=self._llm, similarity_top_k=self._setup.top, filters=_within(question),
            metadata_mode=MetadataMode.LLM, streaming=True,
        )  # fmt: skip
        asked = QueryBundle(question.text)
        found = engine.retrieve(asked)
        evidence = time.perf_counter() - began
        response = engine.synthesize(asked, found)
        pieces: list[str] = []
        first: float | None = None
        for piece in response.response_gen or ():
            if piece and first is None:
                first = time.perf_counter() - began
            pieces.append(piece)
        total = time.perf_counter() - began
        text = "".join(pieces)
        sources = response.source_nodes
        return Reply(
            query_id=question.query_id,
            text=text,
            ranked=list(dict.fromkeys(node.metadata["guid"] for node in found)),
            cited=[_cited(n, sources[n - 1]) for n in source_numbers(text) if 1 <= n <= len(sources)],
            evidence_seconds=evidence,
            first_word_seconds=first,
            total_seconds=total,
        )


def _chat_template(gguf: str) -> Callable[[str], str]:
    """The GGUF's own template; the integration's default is Llama 2's."""
    model = Llama(model_path=gguf, vocab_only=True, verbose=False)
    formatter = Jinja2ChatFormatter(
        template=model.metadata["tokenizer.chat_template"],
        eos_token=model.detokenize([model.token_eos()], special=True).decode(),
        bos_token="",  # added as the prompt is tokenised, where the model wants one
    )
    return lambda prompt: formatter(messages=[{"role": "user", "content": prompt}]).prompt


def _within(question: Question) -> MetadataFilters | None:
    bounds = (
        (question.start, FilterOperator.GTE),
        (question.end, FilterOperator.LT),
        (question.as_of, FilterOperator.LTE),
    )
    filters = [
        MetadataFilter(key="published", value=value, operator=operator)
        for value, operator in bounds
        if value is not None
    ]
    return MetadataFilters(filters=list(filters)) if filters else None


def _cited(number: int, source: NodeWithScore) -> Cited:
    """The story's words alone: without the label and the metadata that the engine puts before them."""
    text = source.node.get_content(metadata_mode=MetadataMode.NONE)
    text = text.removeprefix(f"Source {number}:\n").removesuffix("\n")
    heading = source.node.get_metadata_str(mode=MetadataMode.LLM)
    return Cited(guid=source.metadata["guid"], text=text.removeprefix(heading).strip())


def _load(setup: Setup) -> Side:
    Path(setup.store).mkdir(parents=True, exist_ok=True)
    return LlamaIndexSide(setup)


if __name__ == "__main__":
    serve(_load)
