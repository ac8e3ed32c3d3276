"""Words on disk: a Tantivy index with analysis per language, and the queries put to it."""
