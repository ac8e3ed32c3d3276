#!/usr/bin/env bash
# Makes .venv with everything Dépêche needs. Does nothing when it is already up to date.
#
# Order matters: the CPU build of torch first (a plain install may pull several GB of CUDA),
# then llama-cpp-python, compiled once and kept as a wheel in the user's cache, then the project.
set -euo pipefail
cd "$(dirname "$0")/.."

PYTHON=${PYTHON:-python3}
VENV=.venv
STAMP=$VENV/.ready
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/depeche
LLAMA=$(sed -n 's/^llama-cpp-python==//p' constraints.txt)
TORCH=$(sed -n 's/^torch==//p' constraints.txt)

say() { printf '\033[1m==> %s\033[0m\n' "$*" >&2; }
fail() { printf 'setup: %s\n' "$*" >&2; exit 1; }

# What this environment was made from; a change to any of it makes it anew.
recipe=$(cat pyproject.toml constraints.txt scripts/setup.sh | sha256sum | cut -c1-16)
if [ -f "$STAMP" ] && [ "$(cat "$STAMP")" = "$recipe" ]; then exit 0; fi

missing=()
command -v "$PYTHON" >/dev/null || missing+=(python3)
"$PYTHON" -c 'import ensurepip, venv' 2>/dev/null || missing+=(python3-venv)
command -v c++ >/dev/null || missing+=(g++)
command -v make >/dev/null || missing+=(make)
if [ ${#missing[@]} -gt 0 ]; then
  fail "system packages are missing; install them with:  sudo apt-get update && sudo apt-get install -y ${missing[*]}"
fi
"$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
  || fail "Python 3.11 or newer is needed, $("$PYTHON" --version) found; name another with  PYTHON=python3.12 make …"

if [ ! -x "$VENV/bin/python" ]; then
  say "creating $VENV"
  "$PYTHON" -m venv "$VENV"
fi
pip() { "$VENV/bin/python" -m pip --disable-pip-version-check "$@" 2> >(grep -v '^WARNING: Location' >&2); }

if ! "$VENV/bin/python" -c "import torch, sys; sys.exit(torch.__version__.split('+')[0] != '$TORCH')" 2>/dev/null; then
  say "torch $TORCH"
  if command -v nvidia-smi >/dev/null; then
    pip install -q "torch==$TORCH"
  else
    # A CPU build where pip can see one, then PyTorch's own index, then whatever the index gives.
    pip install -q "torch==$TORCH+cpu" 2>/dev/null \
      || pip install -q --retries 0 --timeout 10 --index-url https://download.pytorch.org/whl/cpu "torch==$TORCH+cpu" 2>/dev/null \
      || pip install -q "torch==$TORCH"
  fi
fi

# The wheel is tuned to the processor it is compiled on, so the cache is keyed by its features.
cpu=$( (grep -m1 -E '^(flags|Features)' /proc/cpuinfo 2>/dev/null || uname -mp) | sha256sum | cut -c1-12)
tag=$("$VENV/bin/python" -c 'import sys; print("cp%d%d" % sys.version_info[:2])')
wheels=$CACHE/wheels/llama-cpp-python-$LLAMA-$tag-$cpu
if ! "$VENV/bin/python" -c "import importlib.metadata as m, sys; sys.exit(m.version('llama-cpp-python') != '$LLAMA')" 2>/dev/null; then
  if ! ls "$wheels"/*.whl >/dev/null 2>&1; then
    say "compiling llama.cpp (llama-cpp-python $LLAMA): about 8 minutes on 2 cores, once; kept in $wheels"
    mkdir -p "$wheels.partial"
    log=$wheels.partial/build.log
    # Not from pip's own wheel cache: its wheels are not keyed by processor, and print no "[n/m]" below.
    # One line in five of ninja's "[n/m]" is enough to see it move; grep finding none is no failure.
    set +e
    pip wheel -v --no-cache-dir --no-deps -w "$wheels.partial" -c constraints.txt "llama-cpp-python==$LLAMA" 2>&1 \
      | tee "$log" \
      | { grep --line-buffered -oE '\[[0-9]+/[0-9]+\]' || true; } \
      | while read -r step; do
          case $step in *[05]/*) printf '    compiled %s\n' "$step" >&2 ;; esac
        done
    compiled=${PIPESTATUS[0]}
    set -e
    if [ "$compiled" != 0 ] || ! ls "$wheels.partial"/*.whl >/dev/null 2>&1; then
      tail -n 30 "$log" >&2
      fail "llama-cpp-python did not compile (pip exit $compiled); the whole log is $log"
    fi
    rm -rf "$wheels" && mv "$wheels.partial" "$wheels"
  fi
  say "llama-cpp-python $LLAMA from $wheels"
  pip install -q --no-deps "$wheels"/*.whl
fi

say "the project and its packages"
pip install -q -c constraints.txt -e '.[dev]'
# For its axe.min.js alone, which the tests of the pages run; the browser driver it asks for (165 MB) is not used.
pip install -q --no-deps -c constraints.txt axe-playwright-python
echo "$recipe" > "$STAMP"
say "ready: $VENV/bin/depeche --help"
