#!/usr/bin/env bash
# Renews reports/example and the screenshots: the default matrix, measured by a release build, kept
# without this machine's host name, user names and folders. Needs Chromium, as scripts/page.sh.
#   scripts/example.sh           about four minutes once it is built
#   scripts/example.sh RUN       from a run that stands already
set -euo pipefail
cd "$(dirname "$0")/.."
export CHROMIUM=${CHROMIUM:-/usr/bin/chromium}
need() { echo "$1; nothing was changed" >&2; exit 2; }
node=$(scripts/node.sh) || need "node and npm are needed for the screenshots"
PATH=$node:$PATH
[ -x "$CHROMIUM" ] || need "no Chromium at $CHROMIUM: install it (apt-get install chromium), or name it in \$CHROMIUM"
[ $# -eq 0 ] || [ -f "$1/run.json" ] || need "\`$1\` is no run: it holds no run.json"
cargo build --release --locked --quiet
gilmatrix=${CARGO_TARGET_DIR:-target}/release/gilmatrix
place=$(mktemp -d)
trap 'rm -r "$place"' EXIT
run=${1:-$place/example}
# 4: a cell failed, which the report shows.
[ $# -gt 0 ] || "$gilmatrix" run matrix.toml --install --out "$run" || [ $? = 4 ]
"$gilmatrix" report "$run" --redact --out "$place/redacted" >/dev/null || [ $? = 4 ]
rm -rf reports/example
cp -r "$place/redacted" reports/example
npm ci --prefix tests/page --silent --no-audit --no-fund
node tests/page/screenshots.mjs reports/example docs/screenshots
