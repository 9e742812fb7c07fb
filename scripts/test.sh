#!/usr/bin/env bash
# The whole test suite, with all its own set-up: a free-threaded CPython 3.13 and its GIL twin are built
# from source into the user's cache the first time, then found there.
set -euo pipefail
cd "$(dirname "$0")/.."
gilmatrix() { cargo run --quiet --locked --bin gilmatrix -- "$@"; }

# Real interpreters first: without them the tests that matter could not run.
gilmatrix install 3.13t --with-twin
cargo test --locked --no-fail-fast

# The page as a reader has it, in a browser; skipped, loudly, where there is none.
scripts/page.sh

# What CI services read; skipped, loudly, where its linters can't be had.
scripts/workflows.sh

# pyperf's own comparison of exported files against gilmatrix's ratios.
venv=${XDG_CACHE_HOME:-$HOME/.cache}/gilmatrix/tests/pyperf-2.10.0
[ -x "$venv/bin/pyperf" ] || { python3 -m venv --clear "$venv" && "$venv/bin/pip" install --quiet pyperf==2.10.0; }
"$venv/bin/python" tests/pyperf_agrees.py "${CARGO_TARGET_DIR:-target}/debug/gilmatrix" tests/fixtures/schema-1

# The harness's own tests, standard library only, about a minute each: under that pair and the oldest
# CPython here. `python-workloads/tests/run_all.sh` without arguments takes all of pyenv's.
pythons=$(gilmatrix pythons 3.13 3.13t --format json | python3 -c '
import json, sys
report = json.load(sys.stdin)
facts = [found["facts"] for found in report["interpreters"] if found["facts"]["implementation"] == "cpython"]
oldest = min(facts, key=lambda one: tuple(int(part) for part in one["version"].split(".")[:2]))
chosen = [oldest] + [found["facts"] for found in report["resolved"]]
print("\n".join(dict.fromkeys(one["executable"] for one in chosen)))
')
mapfile -t pythons <<<"$pythons"
python-workloads/tests/run_all.sh "${pythons[@]}"
