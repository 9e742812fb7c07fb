#!/usr/bin/env python3
"""CPU time that a plan of about 100,000 cells takes.

    cargo build --release
    python3 benchmarks/plan/many_cells.py target/release/gilmatrix [INTERPRETER...]     # default: 3.13

A matrix with long axes (workers, sweeps, variants, start methods) on real interpreters, with rules that match a part
of it. `plan --format json` writes every cell; the same command on a matrix of a few cells is taken off, since finding and
asking interpreters isn't planning.
"""
import json, pathlib, resource, subprocess, sys, tempfile

GILMATRIX, INTERPRETERS = sys.argv[1], sys.argv[2:] or ["3.13"]
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="plan-"))


def matrix(workers, sizes, variants, rules):
    lines = [f"[interpreters]\nuse = {json.dumps(INTERPRETERS)}",
             f'[modes]\nuse = ["single", "executor", "threads", "mp"]\nworkers = {json.dumps(workers)}',
             'start_methods = ["fork", "forkserver", "spawn"]',
             f'[[workload]]\nname = "short-tasks"\nsweep = {{ task_us = {json.dumps(sizes)} }}']
    lines += [f'[[variant]]\nname = "v{n}"\nenv = {{ WHAT = "{n}" }}' for n in range(variants)]
    lines += [f'[[exclude]]\nworkers = {n}\nmode = "mp"\nstart_method = "spawn"' for n in workers[:rules]]
    path = FOLDER / f"{len(workers)}.toml"
    path.write_text("\n".join(lines))
    return path


def measure(path):
    """CPU seconds, the best of five (least disturbed), peak memory so far and the number of cells."""
    best = None
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run([GILMATRIX, "plan", path, "--format", "json"], capture_output=True, text=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        assert done.returncode == 0, done.stderr
        took = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        best = took if best is None else min(best, took)
    return best, after.ru_maxrss / 1024, len(json.loads(done.stdout)["cells"])


few, _, count = measure(matrix([1, 2], [10, 20], 1, 1))
many, peak, cells = measure(matrix(list(range(1, 101)), list(range(10, 90, 10)), 11, 50))
print(f"| cells | CPU | beyond that of {count} cells | peak memory |\n| --- | --- | --- | --- |")
print(f"| {cells} | {many:.2f} s | {many - few:.2f} s | {peak:.0f} MiB |")
