#!/usr/bin/env bash
# Make a virtual environment with the first Python of 3.11 or newer, saying plainly what is missing otherwise.
set -euo pipefail
venv=${1:-.venv}
[ -x "$venv/bin/python" ] && "$venv/bin/python" -m pip --version >/dev/null 2>&1 && exit 0

for python in ${PYTHON:-python3.11 python3.12 python3.13 python3}; do
  if "$python" -c 'import sys; sys.exit(not sys.version_info >= (3, 11))' 2>/dev/null; then
    echo "Making $venv with $("$python" --version)…"
    "$python" -m venv "$venv" 2>/dev/null && exit 0
    "$python" -m virtualenv --quiet "$venv" 2>/dev/null && exit 0
    command -v uv >/dev/null && uv venv --quiet --seed --clear --python "$python" "$venv" && exit 0
    echo "$python cannot make virtual environments: install the package python3-venv, or virtualenv, or uv." >&2
    exit 1
  fi
done
echo "GenreSite needs Python 3.11 or newer; set PYTHON=/path/to/python if it is not on the PATH." >&2
exit 1
