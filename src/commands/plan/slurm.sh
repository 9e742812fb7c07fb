#!/bin/sh
# A matrix over several machines: one array task a shard, each alone on its node, then one job that merges.
#   gilmatrix plan MATRIX [OPTION ...] --shards N --format slurm > nightly.sh
#   sbatch nightly.sh [MORE OPTIONS OF `gilmatrix run` ...]       from a folder that all nodes share
# The merged run ends in reports/slurm-<job>/. $GILMATRIX names the program where it isn't on PATH. The time limit is
# the budget and half an hour: who gives a longer `--budget` here gives sbatch a longer `--time`, too.
#SBATCH --job-name=gilmatrix
#SBATCH --array=1-@SHARDS@
#SBATCH --exclusive
#SBATCH --time=@MINUTES@
#SBATCH --output=slurm-%A_%a.log
set -eu
shards=@SHARDS@
gilmatrix=${GILMATRIX:-gilmatrix}

if [ "${1:-}" = --merge ]; then
    shift
    # shellcheck disable=SC2046 # one word a shard
    exec "$gilmatrix" merge $(seq -f "reports/slurm-$1/shard-%g" "$shards") --out "reports/slurm-$1"
fi
job=$SLURM_ARRAY_JOB_ID
whole=reports/slurm-$job
out=$whole/shard-$SLURM_ARRAY_TASK_ID
# Once, also where this task is queued again.
if [ "$SLURM_ARRAY_TASK_ID" = 1 ] && [ ! -e "$whole/.merge-submitted" ]; then
    mkdir -p "$whole"
    # Waits for all of this array; a shard whose cells failed (exit 4) is merged like the others. $0 is Slurm's own copy
    # of this script, wherever the one is that was submitted.
    if sbatch --dependency="afterany:$job" --array=0 --time=30 --output="slurm-${job}_merge.log" --export=ALL \
        "$0" --merge "$job"; then
        : > "$whole/.merge-submitted"
    else
        # A node that may not submit can still measure.
        echo "not submitted; merge by hand: $gilmatrix merge $whole/shard-* --out $whole" >&2
    fi
fi
if [ -e "$out/run.json" ]; then
    # Queued again: what is measured stays.
    exec "$gilmatrix" run --resume "$out"
fi
exec "$gilmatrix" run @ARGUMENTS@ --shard "$SLURM_ARRAY_TASK_ID/$shards" --out "$out" "$@"
