#!/usr/bin/env python3
"""One piece of the benchmark: comparisons of one interpreter with itself, some of them made 3 % slower.

    measure.py --python 3.13 --same 40 --slower 0 --precision 0.02 --budget 170s --seed 1

Every comparison has its own processes on both sides: each alias meets the baseline in blocks of its own.
A second busy process comes and goes meanwhile. Appends to pairs.csv and comparisons.csv.
"""
import argparse
import collections
import json
import math
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
# What `gilmatrix doctor --self-test` compares, too.
PLANTED = HERE.parents[1] / "src/commands/doctor/self_test/planted.py"


def matrix(args):
    names = ["base"] + [f"same{i}" for i in range(args.same)] + [f"slower{i}" for i in range(args.slower)]
    lines = [
        f'[run]\nbudget = "{args.budget}"\nprecision = {args.precision}\nmax_rounds = 300\nseed = {args.seed}',
        f'[interpreters]\nuse = {json.dumps(names)}\nbaseline = "base"',
        '[modes]\nuse = ["single"]\nworkers = [1]',
        f'[[workload]]\nname = "fib"\nscript = "{PLANTED}"\ntasks = 1',
    ]
    for name in names:
        repeats = 103 if name.startswith("slower") else 100
        lines.append(f'[[interpreter]]\nname = "{name}"\ncommand = ["env", "REPEATS={repeats}", "{args.python}"]')
    return "\n".join(lines)


def pair_value(base, cell):
    """As src/stats/pair.rs has it."""
    theirs = {one[0]: one for one in cell}
    pairs = [(one, theirs[one[0]]) for one in base if one[0] in theirs]
    return statistics.median(math.log((b[1] - b[2]) / (c[1] - c[2])) for b, c in pairs)


def read(run):
    blocks = collections.defaultdict(dict)
    for line in (run / "records.jsonl").read_text().splitlines():
        record = json.loads(line)
        if record["kind"] == "block" and record["outcome"] == "completed":
            passes = [(v["sweep"], v["ns"], v["run_delay_ns"]) for v in record["values"] if not v["warmup"]]
            blocks[record["block"]][record["cell"]["interpreter"]] = passes
    found = collections.defaultdict(list)
    for _, block in sorted(blocks.items()):
        for name in block:
            if name != "base" and "base" in block:
                found[name].append((block["base"], block[name]))
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--gilmatrix", default="gilmatrix")
    parser.add_argument("--python", required=True)
    parser.add_argument("--same", type=int, required=True)
    parser.add_argument("--slower", type=int, default=0)
    parser.add_argument("--precision", default="0.02")
    parser.add_argument("--budget", default="170s")
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--quiet", action="store_true", help="without the busy neighbour")
    args = parser.parse_args()
    temp = pathlib.Path(tempfile.mkdtemp())
    (temp / "matrix.toml").write_text(matrix(args))
    neighbour = None
    if not args.quiet:
        neighbour = subprocess.Popen([sys.executable, HERE / "neighbour.py", str(args.seed)])
    try:
        command = [args.gilmatrix, "run", temp / "matrix.toml", "--out", temp / "run"]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    finally:
        if neighbour:
            neighbour.kill()
    cells = json.loads((temp / "run" / "results.json").read_text())["cells"]
    shown = {cell["interpreter"]: cell["speedup"] for cell in cells}
    with open(HERE / "pairs.csv", "a") as pairs, open(HERE / "comparisons.csv", "a") as comparisons:
        for name, blocks in sorted(read(temp / "run").items()):
            values = [pair_value(*block) for block in blocks]
            ours = shown[name]
            # What is scored is what the product said.
            assert abs(math.exp(statistics.mean(values)) / ours["ratio"] - 1) < 1e-9, (name, ours)
            sides = [[p[1] for block in blocks for p in block[side]] for side in (0, 1)]
            row = [f"{args.seed}-{name}", 1.03 if name.startswith("slower") else 1.0, args.precision, len(values)]
            row += [int(ours["settled"])]
            for side in sides:
                row += [len(side), round(statistics.mean(side)), round(statistics.stdev(side))]
            print(*row, sep=",", file=comparisons)
            print(row[0], *(f"{value:.5f}" for value in values), sep=",", file=pairs)
    print(f"piece {args.seed}: {len(shown) - 1} comparisons, {sum(bool(s and s['settled']) for s in shown.values()) - 1} settled")


main()
