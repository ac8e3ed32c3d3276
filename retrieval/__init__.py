"""Finding stories: dense and lexical indexes, their fusion, and the hard limits both obey.

The indexes are derived from the story store and can be thrown away and rebuilt. Nothing
killed, held, embargoed, superseded or outside a query's filters leaves this package.
"""
