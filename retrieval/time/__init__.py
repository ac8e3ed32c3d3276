"""Words of time understood, in English, French, Spanish, German, Portuguese, Arabic and Japanese.

`understand` reads a question, `apply` turns what is hard in it into filters, `resolve` finds the
dates a story or a sentence names. Nothing here looks at the clock: every call is given its instant.
"""

from retrieval.time.calendar import Grain
from retrieval.time.narrowing import apply
from retrieval.time.question import understand
from retrieval.time.story import ResolvedDate, resolve

__all__ = ["Grain", "ResolvedDate", "apply", "resolve", "understand"]
