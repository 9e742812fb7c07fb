#!/bin/sh
# How long the reports of a large run take. Goals: 10,000 cells in under 1 s beyond drawing (and beyond
# reading a journal of that size, which is timed apart), all charts of 200 cells in under 2 s.
#   benchmarks/report/speed.sh RUN      a real run to multiply; needs a release build
set -eu
here=$(cd "$(dirname "$0")" && pwd)
run=$1
gilmatrix=${GILMATRIX:-$here/../../target/release/gilmatrix}
out=$(mktemp -d)
trap 'rm -r "$out"' EXIT
timed() {
    label=$1
    shift
    start=$(date +%s%N)
    "$@" >/dev/null 2>&1 || true
    echo "$label: $((($(date +%s%N) - start) / 1000000)) ms"
}
python3 "$here/many_cells.py" "$run" "$out/small" 200
timed "200 cells, everything" taskset -c 0 "$gilmatrix" report "$out/small"
timed "200 cells, no chart" taskset -c 0 "$gilmatrix" report "$out/small" --format csv
wc -c "$out/small/report.html" | awk '{print "200 cells, report.html: " $1 " bytes"}'
python3 "$here/many_cells.py" "$run" "$out/large" 10000
timed "10,000 cells, read and analysed, one small format" taskset -c 0 "$gilmatrix" report "$out/large" --format bencher
timed "10,000 cells, all formats without charts" taskset -c 0 "$gilmatrix" report "$out/large" \
    --format csv --format json --format pyperf --format gha --format bencher --format junit
