"""An environment for each peer under build/peers/NAME/venv, made once from its pinned requirements.

As scripts/setup.sh does for the product: the CPU build of torch first (a plain install may pull several GB
of CUDA), then llama-cpp-python from the wheel compiled for the product, then the peer, from the registry by
name. Both come in the product's own versions, so that all run the same engine on the same weights.
"""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
import venv
from pathlib import Path

from benchmarks.retrieval.sets import ROOT

FOLDER = Path(__file__).parent
PEERS = ("llamaindex", "haystack", "txtai")
_PYTORCH = "https://download.pytorch.org/whl/cpu"


def python_of(peer: str, *, build: Path, wheels: Path) -> Path:
    """The peer's interpreter; its environment is made first, or made anew when its requirements changed.

    `wheels`: where scripts/setup.sh keeps what it compiled.
    """
    folder = build / peer / "venv"
    python, stamp = folder / "bin" / "python", folder / ".ready"
    recipe = _recipe(peer)
    if not stamp.is_file() or stamp.read_text("utf-8") != recipe:
        print(f"installing {peer} in {folder.relative_to(ROOT)}", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        _install(python, peer, wheels)
        stamp.write_text(recipe, encoding="utf-8")
    return python


def versions(peer: str) -> str:
    """The peer's own packages, as pinned: those before the first empty line."""
    lines = _requirements(peer).read_text("utf-8").split("\n\n")[0].splitlines()
    return ", ".join(line.replace("==", " ") for line in lines if not line.startswith("#"))


def _install(python: Path, peer: str, wheels: Path) -> None:
    torch, llama = _pinned("torch"), _pinned("llama-cpp-python")
    cpu_build = f"torch=={torch}+cpu"
    tries = (
        [cpu_build],
        ["--retries", "0", "--timeout", "10", "--index-url", _PYTORCH, cpu_build],
        [f"torch=={torch}"],
    )
    for number, words in enumerate(tries, start=1):
        if _pip(python, *words, must=number == len(tries)):
            break
    compiled = sorted(wheels.glob(f"llama-cpp-python-{llama}-{_tag()}-*/*.whl"))
    found = [word for wheel in compiled for word in ("--find-links", str(wheel.parent))]
    _pip(python, *found, f"llama-cpp-python=={llama}")
    _pip(python, "-r", str(_requirements(peer)))


def _pip(python: Path, *words: str, must: bool = True) -> bool:
    done = subprocess.run(
        [python, "-m", "pip", "--disable-pip-version-check", "install", "-q", *words],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode and must:
        raise SystemExit(f"pip could not install {' '.join(words)}:\n{done.stderr[-2000:]}")
    return not done.returncode


def _pinned(package: str) -> str:
    for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines():
        if line.startswith(f"{package}=="):
            return line.partition("==")[2].strip()
    raise SystemExit(f"constraints.txt does not pin {package}")


def _recipe(peer: str) -> str:
    made_of = (_requirements(peer).read_text("utf-8"), _pinned("torch"), _pinned("llama-cpp-python"), _tag())
    return hashlib.sha256("\0".join(made_of).encode()).hexdigest()


def _requirements(peer: str) -> Path:
    return FOLDER / f"{peer}.requirements.txt"


def _tag() -> str:
    return f"cp{sys.version_info[0]}{sys.version_info[1]}"
