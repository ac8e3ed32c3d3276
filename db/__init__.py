"""The one source of truth: stories, versions, passages, and what may be shown of them.

`db.store.StoryStore` is the door; nothing above this package knows SQL.
"""
