"""Vectors on disk: immutable FAISS segments, one or more a year, listed in one file swapped atomically."""
