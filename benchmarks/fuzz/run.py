#!/usr/bin/env python3
"""Tries many inputs of the fuzz targets in src/commands/fuzz_tests.rs, and counts the CPU time that this took.

    cargo test --lib --no-run                                   # says where the test program is
    python3 benchmarks/fuzz/run.py target/debug/deps/gilmatrix-HASH STATE SECONDS [LOCK...]

Each target gets a chunk of inputs in turn, about CHUNK seconds each, until SECONDS of one core are used. STATE, a JSON
file, has where each target is and what it took: the next run goes on there. LOCK is a command before each chunk, to
keep measurements of the same machine away. A chunk that fails is shown, and the next one goes on behind it.
"""
import json
import os
import pathlib
import re
import resource
import subprocess
import sys

CHUNK = 40.0


def targets(program):
    listed = subprocess.run([program, "--list", "fuzz_tests"], capture_output=True, text=True).stdout
    return re.findall(r"^(\S*fuzz_tests\S*): test$", listed, re.M)


def used():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def main():
    program, state, seconds, lock = os.path.abspath(sys.argv[1]), pathlib.Path(sys.argv[2]), float(sys.argv[3]), sys.argv[4:]
    done = json.loads(state.read_text()) if state.exists() else {}
    names = [name for name in targets(program) if not name.endswith("times_near_the_largest_number_are_reported")]
    spent = 0.0
    while spent < seconds:
        for name in names:
            at = done.setdefault(name, {"next": 1, "size": 8, "seconds": 0.0, "failed": []})
            before = used()
            env = {**os.environ, "GILMATRIX_FUZZ": "%d-%d" % (at["next"], at["next"] + at["size"]), "RUST_BACKTRACE": "0"}
            run = subprocess.run([*lock, program, "--exact", name, "--test-threads", "1"], env=env, capture_output=True,
                                 text=True)
            took = used() - before
            if run.returncode:
                at["failed"].append(env["GILMATRIX_FUZZ"])
                print(name, env["GILMATRIX_FUZZ"], run.stdout[:3000], run.stderr[:2000], flush=True)
            at["next"] += at["size"]
            at["seconds"] = round(at["seconds"] + took, 1)
            at["size"] = max(1, min(at["size"] * 4, round(at["size"] * CHUNK / max(took, 0.1))))
            spent += took
            state.write_text(json.dumps(done, indent=1) + "\n")
    for name, at in done.items():
        print("%-70s %6d times its usual inputs, %7.1f s, failed: %s" % (name, at["next"], at["seconds"], at["failed"]))
    print("%.0f s in all" % sum(at["seconds"] for at in done.values()))


main()
