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
#   cantrun   a commit as base that can't run: it imports what git ignores, or  exit 4, that cell alone is named
#             (every second time) a submodule that isn't here; new 10 x slower
#   masked    60 nights made of real runs: one script takes 3 times as long in  exit 1, that cell alone, since about
#             nights 20 to 23, which is mended, and 25 % longer from 50 on      night 50
# BUDGET (60s) is that of the gate's runs, STORED (100s) that of the stored ones, which need more than a minute for the
# reference; ONLY="same slower" picks kinds. LOCK="flock FILE" keeps other measurements of this machine away.
set -u
tool=$(realpath "$1") out=$2 times=${3:-10} python=${4:-3.12}
only=${ONLY:-same slower heavier gone vanished stored slower25 cantrun masked}
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

# folder, number: a repository whose last commit can't run here, and a tree that can, ten times slower
unrunnable() {
  rm -rf "${out:?}/$1"
  scripts "$1" 0 20 && matrix "$1" "${BUDGET:-60s}" "left right"
  (
    cd "$out/$1" || exit
    git init --quiet
    sed -i '1i from built import total_of' right.py
    if [ $(($2 % 2)) = 1 ]; then
      echo built.py > .gitignore
      echo 'total_of = sum' > built.py
    else
      git update-index --add --cacheinfo 160000,0123456789012345678901234567890123456789,built
    fi
    git add left.py right.py matrix.toml
    git -c user.name=gate -c user.email=gate@localhost commit --quiet --message base
    scripts "$1" 0 20
    sed -i 's/100 + 0/100 + 900/' right.py
    # What is measured now needs nothing of that, or finds it.
    [ -e built.py ] && sed -i '1i from built import total_of' right.py
  )
}

# number: measures a few runs of each kind, and makes nights of them
nights() {
  local pool=$out/runs/masked-$1/pool i
  mkdir -p "$pool"
  for i in $(seq 8); do measure plain "$pool/plain-$i"; done
  for i in $(seq 2); do measure incident "$pool/incident-$i"; done
  for i in $(seq 4); do measure slower25 "$pool/slow-$i"; done
  rm -rf "$out/runs/masked-$1/nights"
  python3 "$(dirname "$0")/nights.py" "$pool" "$out/runs/masked-$1/nights" "$1"
}

scripts base 0 20 && matrix base "${BUDGET:-60s}" "left right"
scripts same 0 20 && matrix same "${BUDGET:-60s}" "left right"
scripts slower 5 20 && matrix slower "${BUDGET:-60s}" "left right"
scripts heavier 0 26 && matrix heavier "${BUDGET:-60s}" "left right"
scripts plain 0 20 && matrix plain "${STORED:-100s}" "left right"
scripts slower25 25 20 && matrix slower25 "${STORED:-100s}" "left right"
scripts incident 200 20 && matrix incident "${STORED:-100s}" "left right"
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
      cantrun)
        unrunnable cantrun "$i"
        measure cantrun "$out/runs/cantrun-$i/new" --against git:HEAD
        verdict cantrun "$i" "$code" "$out/log" ;;
      masked)
        nights "$i"
        "$tool" history "$out/runs/masked-$i/nights" --alarm 10 > "$out/log" 2>&1
        code=$?
        # `warning: found in the last 10 runs: CELL: time +25 %, slower since night-50 (…), …`
        sed -n 's/.*found in the last 10 runs: \(.*\): .* since \(night-[0-9]*\).*/! \1 \2/p' "$out/log" > "$out/named"
        verdict masked "$i" "$code" "$out/named" ;;
    esac
  done
done
python3 "$(dirname "$0")/score.py" "$out/runs"
