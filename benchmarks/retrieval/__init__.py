"""How well the right stories are found, on four sets, with each part of the search taken alone.

    python -m benchmarks.retrieval            the table of docs/retrieval-evaluation.md
    python -m benchmarks.retrieval --help     its other tables

Archives are made once, under `build/retrieval`, by the product's own ingestion.
"""
