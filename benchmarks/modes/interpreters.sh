#!/usr/bin/env bash
# Gets interpreters on which every mode can be compared; prints each name and where it is. Needs a release
# build of gilmatrix (`cargo build --release`).
#
#   3.12         what `gilmatrix pythons 3.12` finds
#   3.13, 3.13t  `gilmatrix install 3.13t --with-twin`: one version, the same flags, two builds
#   3.14         the binary packages of Debian's next release, unpacked below the cache folder
#   pypy         the machine's own `pypy3` (apt-get install pypy3)
#
# Needs a Debian-like machine with apt-get, dpkg-deb and patchelf. Nothing of the system is changed: apt
# works on a private state made from the machine's own configured archive, and verifies what it fetches.
set -euo pipefail
cd "$(dirname "$0")/../.."
suite=${SUITE:-forky}
cache=${XDG_CACHE_HOME:-$HOME/.cache}/gilmatrix-benchmarks
tree=$cache/$suite
python=$tree/usr/bin/python3.14

# "URI KEY" of the first configured archive that has `main` and isn't for security updates alone.
archive() {
    python3 - <<'PY'
import glob
for path in sorted(glob.glob("/etc/apt/sources.list.d/*.sources")):
    for stanza in open(path).read().split("\n\n"):
        lines = [line for line in stanza.splitlines() if ":" in line and line[0] not in "# "]
        fields = {key.strip(): value.strip() for key, value in (line.split(":", 1) for line in lines)}
        if "main" in fields.get("Components", "").split() and "security" not in fields["URIs"]:
            raise SystemExit(print(fields["URIs"].split()[0], fields.get("Signed-By", "")))
for line in open("/etc/apt/sources.list"):
    words = line.split()
    if words[:1] == ["deb"] and "main" in words:
        raise SystemExit(print(next(word for word in words if "://" in word), ""))
raise SystemExit("no archive with `main` is configured")
PY
}

unpack() {
    local state=$cache/apt uri key
    read -r uri key < <(archive)
    mkdir -p "$state"/{lists/partial,etc,cache/archives/partial} "$tree" "$cache/debs"
    printf 'Types: deb\nURIs: %s\nSuites: %s\nComponents: main\nSigned-By: %s\n' "$uri" "$suite" \
        "${key:-/usr/share/keyrings/debian-archive-keyring.gpg}" >"$state/etc/next.sources"
    local options=(-oDir::State::Lists="$state/lists" -oDir::Etc::SourceList=/dev/null
        -oDir::Etc::SourceParts="$state/etc" -oDir::Cache="$state/cache" -oAPT::Sandbox::User=root
        -oAcquire::Languages=none)
    apt-get "${options[@]}" update >&2
    # What the interpreter and its standard library link to, and the C library, newer than this machine's.
    (cd "$cache/debs" && apt-get "${options[@]}" download python3.14 python3.14-minimal \
        libpython3.14-minimal libpython3.14-stdlib libc6 libexpat1 zlib1g libssl3t64 libffi8 libbz2-1.0 \
        liblzma5 libsqlite3-0 libreadline8t64 libtinfo6 libzstd1 libuuid1 libncursesw6 >&2)
    local deb
    for deb in "$cache"/debs/*.deb; do dpkg-deb -x "$deb" "$tree"; done
    local loader libraries
    loader=$(find "$tree" -name 'ld-linux*.so.*' -path '*/usr/lib*' | head -1)
    libraries=$(dirname "$(find "$tree" -name 'libc.so.6' | head -1)")
    patchelf --set-interpreter "$loader" --force-rpath --set-rpath "$libraries" "$python"
    # The packages ship no bytecode, and without it each start would compile again.
    "$python" -m compileall -q "$tree/usr/lib/python3.14" >&2 || true
}

[ -x "$python" ] && "$python" -c 'import asyncio, concurrent.interpreters' 2>/dev/null || unpack >&2
"$python" -c 'import asyncio, ssl, hashlib, zlib, json, sqlite3, concurrent.interpreters'
target/release/gilmatrix install 3.13t --with-twin >&2
for request in 3.12 3.13 3.13t; do
    echo "$request	$(target/release/gilmatrix pythons "$request" --format json |
        python3 -c 'import json, sys; print(json.load(sys.stdin)["resolved"][0]["facts"]["executable"])')"
done
echo "3.14	$python"
echo "pypy	$(command -v pypy3)"
