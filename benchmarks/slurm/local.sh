#!/usr/bin/env bash
# A real Slurm of one node on this machine, and a matrix in shards through it:
#   benchmarks/slurm/local.sh GILMATRIX MATRIX SHARDS [OPTION OF `gilmatrix run` ...]
# Needs root and Debian's slurmctld, slurmd, slurm-client and munge, which it installs where they are missing.
# All its state is in a temporary folder, and all its daemons end with it. The merged run is left in ./reports.
set -euo pipefail
gilmatrix=$(realpath "$1") matrix=$(realpath "$2") shards=$3
shift 3
for program in slurmctld slurmd sbatch munged; do
    command -v "$program" >/dev/null && continue
    apt-get -qq update && DEBIAN_FRONTEND=noninteractive apt-get -qq install -y slurmctld slurmd slurm-client munge >/dev/null
    break
done
state=$(mktemp -d)
chmod 755 "$state"
pids=()
finish() {
    kill "${pids[@]}" 2>/dev/null || true
    wait "${pids[@]}" 2>/dev/null || true
    rm -rf "$state"
}
trap finish EXIT

# munge's own key and socket, beside whatever the machine has.
install -d -o munge -g munge -m 755 "$state/munge"
head -c 1024 /dev/urandom >"$state/munge/key"
chown munge: "$state/munge/key" && chmod 400 "$state/munge/key"
runuser -u munge -- /usr/sbin/munged --force --foreground --key-file="$state/munge/key" --socket="$state/munge/socket" \
    --pid-file="$state/munge/pid" --seed-file="$state/munge/seed" --log-file="$state/munge/log" >/dev/null 2>&1 &
pids+=($!)

host=$(hostname -s)
mkdir "$state/ctl" "$state/d"
cat >"$state/slurm.conf" <<CONF
ClusterName=local
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=16817
SlurmdPort=16818
AuthType=auth/munge
AuthInfo=socket=$state/munge/socket
CredType=cred/munge
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SlurmUser=root
SlurmdUser=root
StateSaveLocation=$state/ctl
SlurmdSpoolDir=$state/d
SlurmctldPidFile=$state/ctl.pid
SlurmdPidFile=$state/d.pid
SlurmctldLogFile=$state/ctl.log
SlurmdLogFile=$state/d.log
SelectType=select/cons_tres
AccountingStorageType=accounting_storage/none
JobAcctGatherType=jobacct_gather/none
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) State=UNKNOWN
PartitionName=all Nodes=$host Default=YES MaxTime=INFINITE State=UP
CONF
export SLURM_CONF=$state/slurm.conf
for _ in $(seq 50); do [ -S "$state/munge/socket" ] && break; sleep 0.1; done
slurmctld -D -f "$SLURM_CONF" >/dev/null 2>&1 & pids+=($!)
slurmd -D -f "$SLURM_CONF" >/dev/null 2>&1 & pids+=($!)
for _ in $(seq 100); do sinfo -h -o %t 2>/dev/null | grep -q idle && break; sleep 0.2; done
sinfo

export GILMATRIX=$gilmatrix
"$gilmatrix" plan "$matrix" --shards "$shards" --format slurm >nightly.sh
job=$(sbatch --parsable nightly.sh "$@")
echo "array job $job"
# The merging job is submitted by the array's first task, so the queue isn't empty before it ends.
while [ -n "$(squeue -h)" ]; do sleep 1; done
cat "slurm-${job}_merge.log"
ls "reports/slurm-$job"
