#!/bin/sh
# Every night from cron, on a machine of your own; cron mails what it prints, which is nothing on a good night:
#   17 3 * * *  /path/to/cron.sh /path/to/project
# PROJECT has the matrix and gets nightly/, a folder of runs and its history.html. (`gilmatrix init --ci cron` writes
# this file.) Exit codes: 1 a regression, 3 an interpreter is missing, 4 a cell failed or vanished.
set -eu
cd "${1:?usage: cron.sh PROJECT}"
gilmatrix=${GILMATRIX:-gilmatrix}
matrix=matrix.toml
nights=nightly
mkdir -p "$nights"

# One at a time: a second job would be measured by the first. It waits, for a day at most.
exec 9> "$nights/.lock"
flock --timeout 86400 9

night=$nights/$(date -u +%Y%m%d-%H%M%S)-$$
log=$night.log
code=0
"$gilmatrix" run "$matrix" --out "$night" > "$log" 2>&1 || code=$?
if [ "$code" -ne 0 ]; then
    cat "$log"
    exit "$code"
fi
# Into the run it belongs to: what is pruned takes its log along.
mv "$log" "$night/run.log"
"$gilmatrix" history "$nights" --prune --keep 365 > /dev/null
# Small changes show over several nights, whatever the machine's mood: this is what wakes somebody. A budget of more than
# a minute measures the fixed reference, too: without it the times of fewer than three workloads aren't judged.
"$gilmatrix" history "$nights" --alarm 3 > "$nights/history.log" 2>&1 || code=$?
[ "$code" -eq 0 ] || cat "$nights/history.log"
exit "$code"
