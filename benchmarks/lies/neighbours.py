"""Honest threads on a build with the GIL beside two spinning processes of other sessions: does anything look faster than it is?

    python3 benchmarks/lies/neighbours.py --gilmatrix target/release/gilmatrix [--runs 10] [--budget 42s] [--nice 0 --nice 19]

The kernel shares CPUs by session, so two threads are given twice what one loop gets there. Each run measures fib(20),
2 workers, modes single and threads, on one interpreter. A run is right where threads aren't called more than 1.1 times
as fast, or the interval reaches 1; and where the doubt `busy_machine` stands beside the answer.
The table goes to standard output. The exit code is 1 where a run is wrong.
"""
import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile

MATRIX = """[run]
budget = "{budget}"
precision = "20%"
[interpreters]
use = ["{interpreter}"]
[modes]
use = ["single", "threads"]
workers = [2]
[[workload]]
name = "fib"
tasks = 12
args = {{ n = 20 }}
"""


def ratio(options, folder, number):
    """Returns threads' speedup with its interval, and the doubts of the answers."""
    out = os.path.join(folder, "out-%s" % number)
    command = [options.gilmatrix, "run", os.path.join(folder, "matrix.toml"), "--out", out, "--seed", str(number)]
    subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    with open(os.path.join(out, "results.json")) as file:
        results = json.load(file)
    threads = next(cell for cell in results["cells"] if cell["mode"] == "threads")
    doubts = {doubt["kind"] for answer in results["answers"] for doubt in answer["doubts"]}
    return threads["speedup_self"], doubts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gilmatrix", default="gilmatrix", type=lambda path: os.path.abspath(shutil.which(path) or path))
    parser.add_argument("--interpreter", default="3.13")
    parser.add_argument("--runs", type=int, default=10)
    parser.add_argument("--budget", default="42s")
    parser.add_argument("--nice", type=int, action="append")
    options = parser.parse_args()
    wrong = 0
    print("| nice | threads over a loop (95 %) | doubts | |\n| ---: | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "matrix.toml"), "w") as file:
            file.write(MATRIX.format(budget=options.budget, interpreter=options.interpreter))
        for nice in options.nice or [0, 19]:
            spin = ["nice", "-n", str(nice), sys.executable, "-c", "while True: pass"]
            spinning = [subprocess.Popen(spin, start_new_session=True) for _ in range(2)]
            try:
                for run in range(options.runs):
                    told, doubts = ratio(options, folder, nice * 100 + run)
                    low, high = told["ci95"]
                    sound = (told["ratio"] <= 1.1 or low <= 1) and "busy_machine" in doubts
                    wrong += not sound
                    row = "| %d | %.2f (%.2f to %.2f) | %s | %s |"
                    print(row % (nice, told["ratio"], low, high, ", ".join(sorted(doubts)), "" if sound else "**no**"), flush=True)
            finally:
                for one in spinning:
                    os.killpg(one.pid, signal.SIGKILL)
                    one.wait()
    sys.exit(wrong > 0)


main()
