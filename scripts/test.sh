#!/usr/bin/env bash
# Runs the test suite, with all its own set-up: the first time, a free-threaded CPython 3.13 and its GIL twin are built
# from source into the user's cache.
#   scripts/test.sh           everything
#   scripts/test.sh --lint    with format and lints, as CI has it
#   scripts/test.sh --fast    unit tests, snapshots, stored runs and the architecture: no Python is measured
# Every part is run; then the script fails if one failed, and names it.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
program=${CARGO_TARGET_DIR:-target}/debug/gilmatrix
scratch=$(mktemp -d)

# Runs a part and says what became of it. (`set -e` would have no effect in it: parts chain their commands by `&&`.)
part() {
    local name=$1 began=$SECONDS ended=passed
    shift
    "$@" || {
        ended=FAILED
        echo "$name" >>"$scratch/failed"
    }
    echo "== $name: $ended, $((SECONDS - began)) s"
}

interpreters() { cargo run --quiet --locked --bin gilmatrix -- install 3.13t --with-twin; }

# Prints the Python of an environment in the user's cache that has these packages.
python_with() {
    local packages="$*" venv
    venv=${XDG_CACHE_HOME:-$HOME/.cache}/gilmatrix/tests/${packages// /+}
    [ -e "$venv/complete" ] || {
        python3 -m venv --clear "$venv" && "$venv/bin/pip" install --quiet --only-binary :all: "$@" && touch "$venv/complete"
    } >&2 && echo "$venv/bin/python"
}

# Holds pyperf's own comparison of exported files against gilmatrix's ratios.
pyperf() {
    local python
    python=$(python_with pyperf==2.10.0) && "$python" tests/pyperf_agrees.py "$program" tests/fixtures/stored
}

# Holds what NumPy and SciPy make of two records against gilmatrix's figures and answers.
recompute() {
    local python
    python=$(python_with numpy==2.3.5 scipy==1.16.3) &&
        "$python" tests/recompute "$program" reports/example tests/fixtures/stored
}

# Runs the harness's own tests, which need the standard library only, under the oldest CPython here and the free-threaded
# one, which differ the most. `python-workloads/tests/run_all.sh` without arguments takes all of pyenv's.
harness() {
    "$program" pythons 3.13t --format json | python3 -c '
import json, sys
report = json.load(sys.stdin)
facts = [found["facts"] for found in report["interpreters"] if found["facts"]["implementation"] == "cpython"]
oldest = min(facts, key=lambda one: tuple(int(part) for part in one["version"].split(".")[:2]))
chosen = [oldest] + [found["facts"] for found in report["resolved"]]
print("\n".join(dict.fromkeys(one["executable"] for one in chosen)))
' >"$scratch/pythons" && mapfile -t pythons <"$scratch/pythons" && python-workloads/tests/run_all.sh "${pythons[@]}"
}

# What stands beside the Rust tests. Lints are compiled while those run.
others() {
    [ "$1" != --lint ] || part "lints" cargo clippy --quiet --locked --all-targets -- -D warnings
    part "workflow files" scripts/workflows.sh
    part "pyperf agrees" pyperf
    part "figures recomputed" recompute
    part "harness" harness
    part "page in a browser" scripts/page.sh
}

finish() {
    [ ! -e "$scratch/failed" ] || {
        printf '%s\n' "FAILED: $(paste -sd, "$scratch/failed" | sed 's/,/, /g')" >&2
        exit 1
    }
    echo "every part passed"
}
trap 'rm -rf "$scratch"' EXIT

if [ $# -gt 1 ] || [[ "${1:---fast}" != --fast && "$1" != --lint ]]; then
    echo "usage: scripts/test.sh [--fast|--lint]" >&2
    exit 2
elif [ "${1:-}" = --fast ]; then
    part "unit tests and snapshots" cargo test --locked --lib
    part "stored runs and architecture" cargo test --locked --test it -- stored:: architecture::
    finish
    exit
fi

[ "${1:-}" != --lint ] || part "format" cargo fmt --check
# Real interpreters first: without them the tests that matter could not run.
part "interpreters" interpreters
# Two lanes. The second is a process group of its own, so that a Ctrl-C ends it, too, and it can be interrupted.
set -m
others "${1:-}" >"$scratch/others" 2>&1 &
beside=$!
set +m
trap 'kill -- -"$beside" 2>/dev/null; rm -rf "$scratch"' EXIT
# Without examples, which the lints compile, and documentation, which has no tests.
part "cargo test" cargo test --locked --no-fail-fast --lib --tests
wait "$beside"
cat "$scratch/others"
finish
