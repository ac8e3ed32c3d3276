"""From files to versions and passages in the store: read → normalise → cut → one transaction a batch.

Start at `pipeline.ingest`. A format is one small file in `readers/`; everything that all formats
share (cleaning, dates, language, guids, directives) is applied after the reader, once.
"""
