"""Evaluation sets, measures and runs: how well the archive is searched and its questions answered."""
