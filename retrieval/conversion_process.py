"""An embedder's conversion in a process of its own: python -m retrieval.conversion_process OPTIONS

Tracing takes torch and the weights several times over, 2.6 GB at most; of that 1.3 GB would stay with an
ingestion to its end. What runs afterwards takes 0.45 GB.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from domain.child import child_environment
from domain.errors import ModelCorrupt


def convert_apart(folder: Path, options: dict[str, Any]) -> None:
    """Converts the embedder that OpenVinoEmbedder(folder, **options) is, and waits for it. Raises ModelCorrupt."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "retrieval.conversion_process",
            json.dumps({"folder": str(folder), **options}),
        ],
        env=child_environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise ModelCorrupt(
            f"the embedder in {folder} could not be converted: {said[-1] if said else f'exit code {done.returncode}'}",
            hint="fetch it again with depeche models pull, or set embedder.engine = 'torch'",
        )


def main() -> None:
    from retrieval.fast_embedder import OpenVinoEmbedder

    options = json.loads(sys.argv[1])
    _ = OpenVinoEmbedder(Path(options.pop("folder")), **options).form


if __name__ == "__main__":
    main()
