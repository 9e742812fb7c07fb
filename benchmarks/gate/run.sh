#!/bin/bash
# Does the gate cry only for wolves, and for every one? Usage: run.sh GILMATRIX OUT [TIMES] [INTERPRETER]
# TIMES times each (default 10), finished trials are not repeated; score.py counts:
#   same      `run --against` a copy of the same scripts                        exit 0
#   slower    one of two scripts made 5 % slower                                exit 1, that cell alone is named
#   heavier   one of them holds 20 % more memory                                exit 1, that cell alone is named
#   stored    `compare` of two stored runs of the same scripts                  exit 0
#   slower25  the same with one script made 25 % slower                         exit 1, that cell alone is named
#   gone      an interpreter removed between base and new, stored and live      exit 3
#   vanished  a workload removed between base and new, stored and live          exit 4
# BUDGET (60s) is that of the gate's runs, STORED (100s) that of the stored ones, which need more than a minute for the
# reference; ONLY="same slower" picks kinds. LOCK="flock FILE" keeps other measurements of this machine away.
set -u
tool=$(realpath "$1") out=$2 times=${3:-10} python=${4:-3.12}
only=${ONLY:-same slower heavier gone vanished stored slower25}
lock=${LOCK:-}
mkdir -p "$out/runs" && out=$(realpath "$out")

# folder, extra per cent of work in right, MiB that right holds
scripts() {
  mkdir -p "$out/$1"
  for name in left right; do
    extra=0 hold=20
    [ $name = right ] && extra=$2 hold=$3
    cat > "$out/$1/$name.py" <<PY
held = bytearray(b"x") * ($hold << 20)

def $name(n):
    total = 0
    for i in range(n * (100 + $extra) // 100):
        total = (total + i * i) % 1000003
    return total * 0
PY
  done
}

# folder, budget, workloads; one interpreter by request, a second by a link that can be removed
matrix() {
  {
    cat <<TOML
[run]
budget = "$2"
[interpreters]
use = ["one"$([ "${4:-}" = both ] && echo ', "two"')]
[[interpreter]]
name = "one"
request = "$python"
[modes]
use = ["single"]
TOML
    [ "${4:-}" = both ] && printf '[[interpreter]]\nname = "two"\nrequest = "./two"\n'
    for name in $3; do
      printf '[[workload]]\nscript = "%s.py"\nfunction = "%s"\ntasks = 1\nargs = { n = 40000 }\n' "$name" "$name"
    done
  } > "$out/$1/matrix.toml"
}

# kind, number, exit code, file with what was said
verdict() {
  named=$(grep -o '^! .*' "$4" | tr -s ' ' | cut -c 1-60 | tr '\n' ';')
  mkdir -p "$out/runs/$1-$2"
  echo "$1 $3 $named" | tee "$out/runs/$1-$2/verdict"
}

# folder, run's directory, more options: measures, and leaves the code in $code
measure() {
  local folder=$1 run=$2
  shift 2
  rm -rf "$run"
  (cd "$out/$folder" && $lock "$tool" run --out "$run" "$@") > "$out/log" 2>&1
  code=$?
}

scripts base 0 20 && matrix base "${BUDGET:-60s}" "left right"
scripts same 0 20 && matrix same "${BUDGET:-60s}" "left right"
scripts slower 5 20 && matrix slower "${BUDGET:-60s}" "left right"
scripts heavier 0 26 && matrix heavier "${BUDGET:-60s}" "left right"
scripts plain 0 20 && matrix plain "${STORED:-100s}" "left right"
scripts slower25 25 20 && matrix slower25 "${STORED:-100s}" "left right"
scripts few 0 20 && matrix few 8s "left right" both

for i in $(seq "$times"); do
  for kind in $only; do
    [ -e "$out/runs/$kind-$i/verdict" ] && continue
    case $kind in
      same | slower | heavier)
        measure $kind "$out/runs/$kind-$i/new" --against ../base
        verdict $kind "$i" "$code" "$out/log" ;;
      stored | slower25)
        # A base of its own for every trial: two bases are independent, one base against ten isn't.
        folder=plain
        [ $kind = slower25 ] && folder=slower25
        measure plain "$out/runs/$kind-$i/old"
        measure $folder "$out/runs/$kind-$i/new"
        "$tool" compare "$out/runs/$kind-$i/old" "$out/runs/$kind-$i/new" > "$out/log" 2>&1
        verdict $kind "$i" $? "$out/log" ;;
      gone | vanished)
        ln -sfn "$(cd "$out/few" && "$tool" pythons "$python" --format json | sed -n 's/.*"executable": "\(.*\)".*/\1/p' | head -1)" "$out/few/two"
        matrix few 8s "left right" both
        measure few "$out/runs/$kind-$i/old"
        [ $kind = gone ] && rm "$out/few/two"
        [ $kind = vanished ] && matrix few 8s left both
        measure few "$out/runs/$kind-$i/new" --against "run:$out/runs/$kind-$i/old"
        live=$code
        "$tool" compare "$out/runs/$kind-$i/old" "$out/runs/$kind-$i/new" > "$out/log" 2>&1
        verdict $kind "$i" "$? $live" "$out/log" ;;
    esac
  done
done
python3 "$(dirname "$0")/score.py" "$out/runs"
