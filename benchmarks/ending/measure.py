#!/usr/bin/env python3
"""How long a tree that won't end takes to be gone, by the runner's own clock.

    python3 benchmarks/ending/measure.py target/release/gilmatrix [TIMES]

The work (tests/it/real/wild.py) ignores SIGTERM, forks daemons twice into sessions of their own, one of
them stopped, one that forks itself on and on; in single and in pools of two workers by fork,
forkserver and spawn. Timed out: from the grace's end, when what stayed is killed, until no process
of the tree lives (`forced.empty_ns` of the record). Ctrl-C: from being told until then (`empty_ns` of
the event `interrupted`). Prints median and worst of each in milliseconds.
"""
import json
import os
import pathlib
import signal
import statistics
import subprocess
import sys
import tempfile
import time

WILD = pathlib.Path(__file__).resolve().parents[2] / "tests/it/real/wild.py"
METHODS = ["fork", "forkserver", "spawn"]
MATRIX = """
[run]
budget = "60s"
max_rounds = 1
timeout = "{timeout}"
[interpreters]
use = ["3.13"]
[modes]
use = ["mp"]
workers = [2]
start_methods = {methods}
[[workload]]
script = '{script}'
function = "work"
setup = "dig_in"
tasks = 2
args = {{ seconds = 60 }}
"""


def place(**values):
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "matrix.toml").write_text(MATRIX.format(script=WILD, **values))
    return folder


def timeouts(program, times):
    """Milliseconds by cell."""
    found = {}
    for _ in range(times):
        folder = place(timeout="1s", methods=METHODS)
        subprocess.run([program, "run", "--out", "out"], cwd=folder, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
        for line in (folder / "out/records.jsonl").read_text().splitlines():
            record = json.loads(line)
            cell, forced = record["cell"], record.get("forced")
            if forced:
                name = "timeout, %s" % (cell["start_method"] or cell["mode"])
                found.setdefault(name, []).append(forced["empty_ns"] / 1e6)
    return found


def interrupts(program, times):
    found = {}
    for method in METHODS * times:
        folder = place(timeout="20s", methods=[method])
        run = subprocess.Popen([program, "run", "--out", "out", "--format", "json"], cwd=folder,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        for line in run.stdout:
            event = json.loads(line)
            if event["event"] == "alive" and event["processes"]:
                time.sleep(1.5)  # all of it is up, and at work
                run.send_signal(signal.SIGINT)
                cell = event["processes"][0]["cell"]
            if event["event"] == "interrupted":
                name = "Ctrl-C, %s" % (cell["start_method"] or cell["mode"])
                found.setdefault(name, []).append(event["empty_ns"] / 1e6)
        run.wait()
    return found


def main():
    program, times = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 10
    for name, values in {**timeouts(program, times), **interrupts(program, times)}.items():
        print("%-22s %3d times, median %6.1f ms, worst %6.1f ms"
              % (name, len(values), statistics.median(values), max(values)))


main()
