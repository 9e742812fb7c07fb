#!/bin/sh
# What the reports of large runs cost, in CPU time on one core and in memory. Goals: 10,000 cells in under 1 s
# beyond drawing (and beyond reading a journal of that size, which is timed apart), all charts of 200 cells in
# under 2 s, and memory that hangs on the cells and not on how often they were measured.
#   benchmarks/report/speed.sh RUN      a real run to multiply; needs a release build and 2.3 GB in $TMPDIR
set -eu
here=$(cd "$(dirname "$0")" && pwd)
run=$1
gilmatrix=${GILMATRIX:-$here/../../target/release/gilmatrix}
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT
cost() {
    label=$1
    shift
    taskset -c 0 python3 "$here/cost.py" "$label" "$gilmatrix" report "$@" --out "$out/reports"
}
python3 "$here/many_cells.py" "$run" "$out/small" 200
cost "200 cells, everything" "$out/small"
wc -c "$out/reports/report.html" | awk '{print "200 cells, report.html: " $1 " bytes"}'
cost "200 cells, no chart" "$out/small" --format csv
python3 "$here/many_cells.py" "$run" "$out/large" 10000
cost "10,000 cells, read and analysed, one small format" "$out/large" --format bencher
cost "10,000 cells, what a run's directory holds but its charts" "$out/large" --format csv --format json
for invocations in 100000 1000000; do
    python3 "$here/many_invocations.py" "$run" "$out/many" $invocations
    cost "$invocations invocations of 99 cells, everything" "$out/many"
    rm -r "$out/many"
done
