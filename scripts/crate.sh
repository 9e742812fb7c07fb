#!/usr/bin/env bash
# Tries the crate as the registry would hold it: packaged, built from the package, its tests compiled there, and everything
# done that publishing does but the upload. Needs a clean working tree.
set -euo pipefail
cd "$(dirname "$0")/.."
target=$(cargo metadata --no-deps --locked --format-version 1 | python3 -c 'import json, sys; print(json.load(sys.stdin)["target_directory"])')
cargo publish --quiet --locked --dry-run --no-verify
cargo package --quiet --locked
crate=$(ls -t "$target"/package/gilmatrix-*.crate | head -n 1)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
tar -C "$scratch" -xzf "$crate"
(cd "$scratch"/gilmatrix-* && CARGO_TARGET_DIR=$target cargo check --quiet --locked --all-targets)
if grep -nE '\]\((\.|[a-zA-Z0-9_/-]+\.(md|toml|json))' docs/registry.md; then
    echo "crate.sh: docs/registry.md has links that lead nowhere in a registry" >&2
    exit 1
fi
echo "$crate: $(stat -c %s "$crate") bytes, builds, and its tests compile"
