"""How the pages behave under load: ten readers at once, and a million passages. `python -m benchmarks.pages`."""
