#!/usr/bin/env bash
# report.html in a headless Chromium: used, measured, and looked at by axe; see tests/page/.
# It needs node (scripts/node.sh), and Chromium at $CHROMIUM or /usr/bin/chromium, which it installs where it may; where
# either can't be had, it says so and checks nothing.
set -euo pipefail
cd "$(dirname "$0")/.."
skip() { echo "SKIPPED, report.html was not opened in a browser: $1" >&2; exit 0; }

export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
node=$(scripts/node.sh) || skip "node and npm can't be had"
PATH=$node:$PATH
if [ ! -x "$CHROMIUM" ]; then
    { [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; } || skip "no $CHROMIUM, and only root with apt-get could install it"
    { apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends chromium; } \
        >/dev/null 2>&1 || skip "apt-get could not install chromium"
fi
npm ci --prefix tests/page --silent --no-audit --no-fund || skip "npm could not install what tests/page/package-lock.json pins"

runs=$(mktemp -d)
trap 'rm -r "$runs"' EXIT
mkdir "$runs/sound"
cp reports/example/run.json reports/example/records.jsonl "$runs/sound"
python3 tests/page/hard_run.py "$runs/sound" "$runs/hard"
python3 tests/page/hard_run.py "$runs/sound" "$runs/hostile" --hostile
# Each for itself, and all in `side-by-side`. 4: cells failed, as they were made to.
cargo run --quiet --locked --bin gilmatrix -- report "$runs/sound" "$runs/hard" "$runs/hostile" --format html --format svg \
    >/dev/null || [ $? = 4 ]
RUNS=$runs npm test --prefix tests/page --silent
