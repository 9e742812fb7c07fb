#!/usr/bin/env bash
# Builds the wheel and a tarball of the same files: the program, its man pages, completions and licences. What this machine
# can run is then tried: installed into an empty virtual environment, `gilmatrix try` and `gilmatrix run --quick` measure.
#   scripts/wheel.sh [FOLDER] [TARGET]     the folder is `dist`, the target this machine's, unless they are named
# Needs Rust (with the target) and python3. maturin, and ziglang as a linker that targets an old glibc, are installed into a
# virtual environment in the cache: with them the wheel runs on every Linux from 2014 on.
set -euo pipefail
cd "$(dirname "$0")/.."
out=$(mkdir -p "${1:-dist}" && cd "${1:-dist}" && pwd)
here=$(rustc -vV | sed -n 's/^host: //p')
target=${2:-$here}
case $target in
*-musl) libc=musllinux_1_2 ;;
*) libc=manylinux2014 ;;
esac
tools=${XDG_CACHE_HOME:-$HOME/.cache}/gilmatrix/tests/wheel-maturin-1.16.0
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

[ -e "$tools/whole" ] || {
    python3 -m venv --clear "$tools"
    "$tools/bin/pip" install --quiet maturin==1.16.0 ziglang==0.17.1 wheel==0.45.1
    touch "$tools/whole"
}
PATH=$tools/bin:$PATH maturin build --quiet --release --zig --target "$target" --compatibility "$libc" --out "$scratch/built"

# What maturin can't know of: files that the program itself writes.
cargo build --quiet --locked --bin gilmatrix --example man
(cd "$scratch" && "$tools/bin/wheel" unpack built/*.whl >/dev/null)
whole=$(echo "$scratch"/gilmatrix-*/)
inside=$(echo "$whole"gilmatrix-*.data)/data/share
program=${CARGO_TARGET_DIR:-target}/debug
"$program/examples/man" "$inside/man/man1"
completions() { mkdir -p "$inside/$(dirname "$2")" && "$program/gilmatrix" completions "$1" >"$inside/$2"; }
completions bash bash-completion/completions/gilmatrix
completions zsh zsh/site-functions/_gilmatrix
completions fish fish/vendor_completions.d/gilmatrix.fish
mkdir "$scratch/packed"
"$tools/bin/wheel" pack --dest-dir "$scratch/packed" "$whole" >/dev/null
wheel=$out/$(basename "$scratch"/packed/*.whl)
mv "$scratch"/packed/*.whl "$wheel"

version=$(basename "$whole")
tree=$scratch/$version-$target
mkdir -p "$tree/bin"
cp -R "$inside" "$tree/share"
cp "$whole"gilmatrix-*.data/scripts/gilmatrix "$tree/bin/"
chmod +x "$tree/bin/gilmatrix"
cp LICENSE-* CHANGELOG.md "$tree/"
tar -C "$scratch" -czf "$out/$version-$target.tar.gz" "$version-$target"
(cd "$out" && sha256sum "$version-$target.tar.gz" >"$version-$target.tar.gz.sha256")
echo "$wheel: $(stat -c %s "$wheel") bytes"

# An emulator would do for musl, but times would say nothing.
if [ "$target" != "$here" ]; then
    echo "for $target: not tried here"
    exit
fi
# As a user would, with nothing else in the environment and no Rust.
python3 -m venv "$scratch/venv"
"$scratch/venv/bin/pip" install --quiet --no-index "$wheel"
printf 'def crunch(n):\n    return sum(i * i for i in range(n))\n' >"$scratch/work.py"
cd "$scratch"
PATH=$scratch/venv/bin:/usr/local/bin:/usr/bin:/bin
gilmatrix --version
gilmatrix try work.py:crunch --arg 100000 --budget 15s --out tried
gilmatrix init >/dev/null
gilmatrix run --quick --out measured
if gilmatrix pythons | grep -q "$scratch"; then
    echo "wheel.sh: the wheel's own environment is offered as an interpreter" >&2
    exit 1
fi
for file in man/man1/gilmatrix-try.1 bash-completion/completions/gilmatrix; do
    [ -s "$scratch/venv/share/$file" ] || { echo "wheel.sh: the wheel lacks share/$file" >&2 && exit 1; }
done
echo "the wheel works"
