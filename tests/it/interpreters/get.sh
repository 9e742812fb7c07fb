#!/usr/bin/env bash
# Gets a real tool for the tests and prints the folder of its program: get.sh uv|mise|pypy FOLDER.
# One that is on PATH already is taken as it is; the others come from the usual registries.
set -euo pipefail
tool=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
program=$tool
[ "$tool" = pypy ] && program=pypy3
if found=$(command -v "$program"); then
    dirname "$(readlink -f "$found")"
    exit
fi
case $tool in
uv)
    [ -x "$folder/uv/bin/uv" ] || { python3 -m venv "$folder/uv" && "$folder/uv/bin/pip" install -q 'uv>=0.9'; } >&2
    # Alone, without the Python of its environment.
    mkdir -p "$folder/bin-uv"
    ln -sf "$folder/uv/bin/uv" "$folder/bin-uv/uv"
    echo "$folder/bin-uv"
    ;;
mise)
    mkdir -p "$folder/mise"
    node=$("$(dirname "$0")/../../../scripts/node.sh")
    PATH=$node:$PATH
    cd "$folder/mise"
    ls node_modules/@jdxcode/*/bin/mise >/dev/null 2>&1 ||
        npm install --silent --no-fund --no-audit --prefix . '@jdxcode/mise@>=2026.9.0' >&2
    dirname "$PWD/$(ls node_modules/@jdxcode/*/bin/mise | head -n 1)"
    ;;
pypy)
    # Without rights: the packages are unpacked, not installed, those of its libraries that aren't here among them. It
    # finds them by LD_LIBRARY_PATH=FOLDER/../lib.
    mkdir -p "$folder/pypy"
    cd "$folder/pypy"
    if [ ! -e whole ]; then
        libraries=$(apt-cache depends --important pypy3 | sed -n 's/^ *PreDepends: \([^<]*\)$/\1/p')
        missing=$(for name in $libraries; do dpkg-query -W "$name" >/dev/null 2>&1 || echo "$name"; done)
        # shellcheck disable=SC2086 # words
        apt-get download pypy3 pypy3-lib $missing >&2
        for package in ./*.deb; do dpkg-deb -x "$package" .; done
        find usr/lib/*-linux-* lib/*-linux-* -maxdepth 1 -name '*.so*' -exec ln -sfrt usr/lib {} + 2>/dev/null || true
        LD_LIBRARY_PATH=$PWD/usr/lib usr/bin/pypy3 -c 'import ctypes, hashlib, ssl' >&2
        touch whole
    fi
    echo "$PWD/usr/bin"
    ;;
esac
