"""Sets made by a program from one's own archive: they compare two settings, they do not say how good either is."""
