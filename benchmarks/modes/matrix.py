#!/usr/bin/env python3
"""Writes the matrix of this benchmark: every mode × every workload on the interpreters of interpreters.sh.

    python3 benchmarks/modes/matrix.py FILE >matrix.toml      # FILE: what interpreters.sh printed
"""
import sys

WORKLOADS = """fib matmul matmul-numpy short-tasks cpu-io alloc locked-counter shared-list shared-dict
hot-refcount strings-json sorting regex payload big-readonly hashing""".split()
MODES = """single asyncio executor executor-mp threads threads-raw mp process-pool mp-shared
interpreters""".split()
# Where the start methods are an axis: in `mp`, with these workloads; all others start with `fork` alone.
STARTED = ("fib", "short-tasks", "payload", "big-readonly", "hashing")


def quoted(names):
    return ", ".join(f'"{name}"' for name in names)


def main(path):
    rows = [line.split("\t") for line in open(path).read().splitlines() if line]
    names = [name for name, _ in rows]
    print("[run]\nprecision = \"10%\"\ntimeout = \"30s\"\nseed = 4\n")
    print(f"[interpreters]\nuse = [{quoted(names)}]\nbaseline = \"3.13\"\nmissing = \"skip\"\n")
    for name, program in rows:
        print(f"[[interpreter]]\nname = \"{name}\"\ncommand = [\"{program}\"]\n")
    print(f"[modes]\nuse = [{quoted(MODES)}]\nworkers = [2]")
    print("start_methods = [\"fork\", \"forkserver\", \"spawn\"]\n")
    for name in WORKLOADS:
        print(f"[[workload]]\nname = \"{name}\"")
        if name == "matmul-numpy":
            print("packages = [\"numpy>=2\"]")
        print()
    for method in ("forkserver", "spawn"):
        for mode in ("process-pool", "mp-shared", "executor-mp"):
            print(f"[[exclude]]\nmode = \"{mode}\"\nstart_method = \"{method}\"\n")
        for name in WORKLOADS:
            if name not in STARTED:
                print(f"[[exclude]]\nworkload = \"{name}\"\nmode = \"mp\"\nstart_method = \"{method}\"\n")



main(sys.argv[1])
