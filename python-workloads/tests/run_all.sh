#!/bin/sh
# Runs the harness's tests under every interpreter given, or under those pyenv has from 3.8 on.
#   run_all.sh [PYTHON...]
# The closing line counts interpreters; the exit code is 1 if any failed.
cd "$(dirname "$0")" || exit 1
if [ $# -eq 0 ]; then
    for python in "${PYENV_ROOT:-$HOME/.pyenv}"/versions/*/bin/python; do
        if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 8))' 2>/dev/null; then
            set -- "$@" "$python"
        fi
    done
fi
if [ $# -eq 0 ]; then
    echo "run_all.sh: no Python 3.8 or later found, name one" >&2
    exit 1
fi
# Bytecode as the runner has it: beside no source, and kept from one start to the next, whatever is set here. Without it
# each of some hundred starts would compile the harness again.
PYTHONPYCACHEPREFIX=$(mktemp -d)
export PYTHONPYCACHEPREFIX
unset PYTHONDONTWRITEBYTECODE
trap 'rm -rf "$PYTHONPYCACHEPREFIX"' EXIT
passed=0
failed=0
for python in "$@"; do
    echo "== $python: $("$python" -VV | head -n 1)"
    if "$python" -W error::SyntaxWarning -m unittest discover; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
    fi
done
echo "interpreters: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
