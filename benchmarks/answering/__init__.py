"""Dépêche beside a plain LangChain chain, on sets with answers: `python -m benchmarks.answering`."""
