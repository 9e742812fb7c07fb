#!/usr/bin/env bash
# Measures the example anew with a release build and draws it. Kept in reports/example are the record, without this
# machine's host name, user names and folders, the report as text, and the picture that README shows. The rest, the page
# and pictures of it, goes to target/example.
#   scripts/example.sh           about a minute once it is built
#   scripts/example.sh RUN       from a run that stands already
# It needs Chromium, as scripts/page.sh; without it there are no pictures of the page.
set -euo pipefail
cd "$(dirname "$0")/.."
[ $# -eq 0 ] || [ -f "$1/run.json" ] || { echo "\`$1\` is no run: it holds no run.json; nothing was changed" >&2; exit 2; }
kept=(run.json records.jsonl report.md charts/time.svg)
# Few cells and half of the usual precision, so that the record is small enough to be kept.
few=(-w fib -w matmul-numpy -p 3.13 -p 3.13t --precision 10%)
cargo build --release --locked --quiet
gilmatrix=${CARGO_TARGET_DIR:-target}/release/gilmatrix
place=$(mktemp -d)
trap 'rm -r "$place"' EXIT
run=${1:-$place/example}
# 4: a cell failed, which the report shows.
[ $# -gt 0 ] || "$gilmatrix" run matrix.toml --install "${few[@]}" --out "$run" || [ $? = 4 ]
out=${CARGO_TARGET_DIR:-target}/example
rm -rf "$out"
"$gilmatrix" report "$run" --redact --out "$out" >/dev/null || [ $? = 4 ]
rm -rf reports/example
mkdir -p reports/example/charts
for file in "${kept[@]}"; do cp "$out/$file" "reports/example/$file"; done
# Pictures that aren't kept are left out of the text.
sed -i '/^!\[/{/charts\/time\.svg/!{N;d;};}' reports/example/report.md
export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
if [ -x "$CHROMIUM" ] && node=$(scripts/node.sh); then
    PATH=$node:$PATH
    npm ci --prefix tests/page --silent --no-audit --no-fund
    node tests/page/screenshots.mjs "$out" "$out/screenshots"
else
    echo "no pictures of the page: Chromium or node isn't here" >&2
fi
echo "$out/report.html"
