#!/bin/sh
# Does pyperf itself read what `--format pyperf` writes, and does its ratio agree?
#   benchmarks/report/pyperf.sh RUN BASELINE OTHER      as: reports/nightly 3.13 3.13t
# Needs gilmatrix and pyperf (`pip install pyperf`) on PATH, or in $GILMATRIX and $PYTHON.
set -eu
run=$1 base=$2 other=$3
gilmatrix=${GILMATRIX:-gilmatrix}
python=${PYTHON:-python3}
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT
"$gilmatrix" report "$run" --format pyperf --format json --out "$out" >/dev/null
for file in "$out"/pyperf/*.json; do
    "$python" -m pyperf stats "$file" >/dev/null
done
"$python" -m pyperf compare_to "$out/pyperf/$base.json" "$out/pyperf/$other.json" --table
exec "$python" - "$out" "$base" "$other" <<'PY'
"""pyperf compares means of unpaired values: on a noisy machine it may leave the paired interval."""
import json, sys
import pyperf
out, base, other = sys.argv[1:]
suites = [pyperf.BenchmarkSuite.load(f"{out}/pyperf/{name}.json") for name in (base, other)]
cells = json.load(open(f"{out}/results.json"))["cells"]
singles = [c for c in cells if c["interpreter"] == other and c["mode"] == "single" and c.get("speedup")]
for cell in singles:
    name = f"{cell['workload']} single"
    theirs = suites[0].get_benchmark(name).mean() / suites[1].get_benchmark(name).mean()
    ours = cell["speedup"]
    low, high = ours["ci95"] or (0, float("inf"))
    verdict = "agrees" if low <= theirs <= high else "outside the interval"
    print(f"{name}: pyperf {theirs:.3f}, gilmatrix {ours['ratio']:.3f} ({low:.3f} to {high:.3f}): {verdict}")
PY
