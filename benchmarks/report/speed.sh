#!/bin/sh
# What the reports of large runs cost, in time and memory, on all CPUs and on one alone. Goals: 10,000 cells in under
# 1 s beyond drawing, all charts of 200 cells in under 2 s, and memory that hangs on the cells and not on how often
# they were measured.
#   [INVOCATIONS=100000] benchmarks/report/speed.sh RUN      a real run to multiply; needs a release build and 2.3 GB in $TMPDIR
set -eu
here=$(cd "$(dirname "$0")" && pwd)
run=$1
gilmatrix=${GILMATRIX:-$here/../../target/release/gilmatrix}
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT
cost() {
    label=$1
    shift
    python3 "$here/cost.py" "$label" "$gilmatrix" report "$@" --out "$out/reports"
    taskset -c 0 python3 "$here/cost.py" "$label, one CPU" "$gilmatrix" report "$@" --out "$out/reports"
}
python3 "$here/many_cells.py" "$run" "$out/small" 200
cost "200 cells, everything" "$out/small"
wc -c "$out/reports/report.html" | awk '{print "200 cells, report.html: " $1 " bytes"}'
cost "200 cells, no chart" "$out/small" --format csv
python3 "$here/many_cells.py" "$run" "$out/large" 10000
cost "10,000 cells, read and analysed, one small format" "$out/large" --format bencher
cost "10,000 cells, six formats without charts" "$out/large" \
    --format csv --format json --format pyperf --format gha --format bencher --format junit
for invocations in ${INVOCATIONS:-100000 1000000}; do
    python3 "$here/many_invocations.py" "$run" "$out/many" $invocations
    cost "$invocations invocations of 99 cells, everything" "$out/many"
    rm -r "$out/many"
done
