#!/bin/sh
# A matrix over several machines: one array task a shard, each alone on its node, then one job that merges.
#   gilmatrix plan MATRIX --shards N --format slurm > nightly.sh
#   sbatch nightly.sh [OPTION OF `gilmatrix run` ...]       from a folder that all nodes share
# The merged run ends in reports/slurm-<job>/. $GILMATRIX names the program where it isn't on PATH.
#SBATCH --job-name=gilmatrix
#SBATCH --array=1-@SHARDS@
#SBATCH --exclusive
#SBATCH --time=@MINUTES@
#SBATCH --output=slurm-%A_%a.log
set -eu
matrix=@MATRIX@
shards=@SHARDS@
gilmatrix=${GILMATRIX:-gilmatrix}

if [ "${1:-}" = --merge ]; then
    shift
    # shellcheck disable=SC2046 # one word a shard
    exec "$gilmatrix" merge $(seq -f "reports/slurm-$1/shard-%g" "$shards") --out "reports/slurm-$1"
fi
job=$SLURM_ARRAY_JOB_ID
if [ "$SLURM_ARRAY_TASK_ID" = 1 ]; then
    # Waits for all of this array; a shard whose cells failed (exit 4) is merged like the others.
    script=$(scontrol show job "$SLURM_JOB_ID" | sed -n 's/^ *Command=\([^ ]*\).*/\1/p')
    sbatch --dependency="afterany:$job" --array=0 --time=30 --output="slurm-${job}_merge.log" \
        --export=ALL "$script" --merge "$job"
fi
exec "$gilmatrix" run "$matrix" --shard "$SLURM_ARRAY_TASK_ID/$shards" \
    --out "reports/slurm-$job/shard-$SLURM_ARRAY_TASK_ID" "$@"
