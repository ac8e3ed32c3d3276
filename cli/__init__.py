"""The `depeche` command: draws what `runtime` returns, and owns no logic of its own."""
