#!/usr/bin/env bash
# Runs README's two commands as a stranger would: in a new root with an empty home, where nothing of this machine is but
# its Rust tool chain. The root has what README asks for and what `gilmatrix install` names: a C compiler, python3, make
# and the headers of a source build. Packages come from this machine's own apt mirror.
#   scripts/fresh.sh                 both commands; ends with what each said and took
#   scripts/fresh.sh COMMAND...      another command in the same root
# It needs root and debootstrap. FRESH_ROOT names a folder for the root, which then is kept and used again; otherwise it
# is made anew and removed.
set -euo pipefail
cd "$(dirname "$0")/.."
[ "$(id -u)" = 0 ] || { echo "scripts/fresh.sh needs root, for chroot and mounts" >&2; exit 2; }
command -v debootstrap >/dev/null || { echo "debootstrap is needed: apt-get install debootstrap" >&2; exit 2; }

# Mounts are made in a name space of their own, and so end with this script.
[ -n "${FRESH_APART:-}" ] || FRESH_APART=1 exec unshare --mount "$0" "$@"

root=${FRESH_ROOT:-}
if [ -z "$root" ]; then
    root=$(mktemp -d)
    trap 'umount -R "$root"/{proc,sys,dev,opt/rust} 2>/dev/null; rm -rf --one-file-system "$root"' EXIT
fi
mkdir -p "$root"

# shellcheck source=/dev/null
codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
# Sites, newest first, of the release that this machine runs.
# shellcheck disable=SC2016 # apt's own variables
mirror=$(apt-get indextargets --format '$(SITE) $(RELEASE)' 'Created-By: Packages' |
    awk -v release="$codename" '$2 == release { print $1; exit }')
[ -n "$mirror" ] || { echo "apt on this machine knows no mirror of $codename" >&2; exit 2; }
packages=ca-certificates,git,gcc,libc6-dev,make,xz-utils,python3,python3-venv
packages+=,libssl-dev,libffi-dev,zlib1g-dev,libbz2-dev,liblzma-dev,libsqlite3-dev,libreadline-dev
[ -e "$root/.whole" ] || {
    log=$(mktemp)
    debootstrap --variant=minbase --include="$packages" "$codename" "$root" "$mirror" >"$log" 2>&1 ||
        { tail -n 20 "$log"; exit 1; }
    rm -f "$log"
    touch "$root/.whole"
}

# How this network is reached: names, trusted certificates, proxies.
cp /etc/resolv.conf /etc/hosts "$root/etc/"
cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
network=()
while IFS='=' read -r name value; do
    case $name in
    *_proxy | *_PROXY | SSL_CERT_FILE | CARGO_HTTP_CAINFO) network+=("$name=$value") ;;
    esac
done < <(env)
certificates=/etc/ssl/certs/ca-certificates.crt
network+=("PIP_CERT=$certificates" "NODE_EXTRA_CA_CERTS=$certificates" "REQUESTS_CA_BUNDLE=$certificates")

mkdir -p "$root"/{proc,sys,dev,opt/rust,tmp}
mount -t proc proc "$root/proc"
mount --rbind --make-rslave /sys "$root/sys"
mount --rbind --make-rslave /dev "$root/dev"
mount --bind "$(rustc --print sysroot)" "$root/opt/rust"
mount -o remount,bind,ro "$root/opt/rust"

# The checkout as `git clone` would have it: what is committed, and nothing else.
home=/home/fresh
rm -rf "${root:?}$home"
mkdir -p "$root$home"
git clone --quiet --no-hardlinks "file://$PWD" "$root$home/gilmatrix"

# Runs a command in the root, with nothing of this environment but the network's.
inside() {
    chroot "$root" /usr/bin/env -i HOME="$home" PATH=/opt/rust/bin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        LANG=C.UTF-8 "${network[@]}" sh -c "cd $home/gilmatrix && exec \"\$@\"" sh "$@"
}
summary=()
try() {
    local began=$SECONDS status=0
    printf '\n== %s\n' "$*"
    inside "$@" || status=$?
    summary+=("exit $status after $((SECONDS - began)) s: $*")
    [ $status = 0 ] || failed=yes
}
failed=no
if [ $# -gt 0 ]; then
    try "$@"
else
    try cargo run --release --locked -- run matrix.toml --install
    try scripts/test.sh
fi
printf '\n'
printf '%s\n' "${summary[@]}"
[ $failed = no ]
