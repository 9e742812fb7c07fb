#!/bin/bash
# Does the gate cry only for wolves? Usage: run.sh GILMATRIX OUT [TIMES] [INTERPRETER]
# TIMES times each: the same scripts against themselves, and one of two made 5 % slower.
set -u
tool=$1 out=$2 times=${3:-10} python=${4:-3.12}
# A lock that keeps other measurements of this machine away, where there is one: LOCK="flock FILE".
lock=${LOCK:-}
mkdir -p "$out"/{base,same,slower}
for folder in base same slower; do
  for name in left right; do
    extra=0
    [ "$folder/$name" = slower/right ] && extra=5
    cat > "$out/$folder/$name.py" <<PY
def $name(n):
    total = 0
    for i in range(n * (100 + $extra) // 100):
        total = (total + i * i) % 1000003
    return total * 0
PY
  done
  cat > "$out/$folder/matrix.toml" <<TOML
[run]
budget = "${BUDGET:-60s}"
[interpreters]
use = ["$python"]
[modes]
use = ["single"]
[[workload]]
script = "left.py"
function = "left"
tasks = 1
args = { n = 40000 }
[[workload]]
script = "right.py"
function = "right"
tasks = 1
args = { n = 40000 }
TOML
done
for i in $(seq "$times"); do
  for folder in same slower; do
    run=$out/runs/$folder-$i
    [ -e "$run/verdict" ] && continue
    rm -rf "$run"
    (cd "$out/$folder" && $lock "$tool" run --against ../base --out "$run" >"$out/log" 2>&1)
    code=$?
    named=$(grep -o '! slower.*' "$out/log" | head -3 | tr '\n' ';')
    echo "$folder exit $code $named" > "$run/verdict"
    echo "$folder $i: exit $code $named"
  done
done
