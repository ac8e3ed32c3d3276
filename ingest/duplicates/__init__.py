"""Copies of one text, and chains of one event, found as versions are stored.

`texts` reads a version into hashes, `copies` and `events` judge two of them, `keys` says under which keys two
meet at all, `linking` goes through the archive and writes down what it finds.
"""
