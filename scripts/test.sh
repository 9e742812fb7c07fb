#!/usr/bin/env bash
# The whole test suite, with all its own set-up: a free-threaded CPython 3.13 and its GIL twin are built
# from source into the user's cache the first time (some 8 minutes on 2 cores), then found there.
set -euo pipefail
cd "$(dirname "$0")/.."
# Real interpreters first: without them the tests that matter could not run.
cargo run --quiet --locked -- install 3.13t --with-twin
cargo test --locked --no-fail-fast
# The harness's own tests, standard library only, under every interpreter that is here.
python-workloads/tests/run_all.sh
