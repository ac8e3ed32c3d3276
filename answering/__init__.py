"""From ranked passages to an answer whose every sentence cites the exact words of a story.

`pipeline.Answerer` is the whole of it; `verify` says whether a sentence stands on the words it cites.
"""
