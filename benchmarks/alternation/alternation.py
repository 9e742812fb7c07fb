#!/usr/bin/env python3
"""Does taking turns change what it compares? Two processes of the harness, both alive: passes that alternate
in random order, as in a block, against passes in a row, as nobody interrupts them.

    python3 benchmarks/alternation/alternation.py PAIRS INTERPRETERS >benchmarks/alternation/README.tail

PAIRS: how many pairs of processes for each comparison. INTERPRETERS: lines of name, tab, path, as
benchmarks/modes/interpreters.sh prints them. The same two processes do both, in random order, so that what
differs from process to process (layout) cancels: what is left is the effect of alternating alone.
"""
import math
import os
import pathlib
import random
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "python-workloads" / "tests"))
from driver import Harness, workload

PAIRS = int(sys.argv[1])
PYTHONS = dict(line.split("\t") for line in open(sys.argv[2]).read().splitlines() if line)
TIMES = 8   # that each pair does either way, so that what the machine does meanwhile hits both
PASSES = 3  # of each process, each time; in a row they follow one that doesn't count
# What an interruption might cost each of them: nothing much (fib), caches (alloc, big-readonly, sorting),
# a JIT (pypy), pools that fall asleep (threads, mp).
FIB = ("fib", {"n": 21}, 8)
KINDS = [
    ("3.13", "single", FIB, "3.13t", "single", FIB),
    ("3.13", "single", ("alloc", {}, None), "3.13t", "single", ("alloc", {}, None)),
    ("3.13", "single", ("big-readonly", {}, None), "3.14", "single", ("big-readonly", {}, None)),
    ("3.13", "single", ("sorting", {}, None), "3.14", "single", ("sorting", {}, None)),
    ("3.13", "single", FIB, "pypy", "single", ("fib", {"n": 27}, 8)),
    ("3.13", "single", FIB, "3.13t", "threads", FIB),
    ("3.13", "single", FIB, "3.13", "mp", FIB),
    ("3.13", "threads", FIB, "3.13", "mp", FIB),
]
# Two-sided 95 % of Student's t.
T = {5: 2.571, 7: 2.365, 9: 2.262, 11: 2.201, 14: 2.145, 15: 2.131, 19: 2.093, 23: 2.069, 29: 2.045, 39: 2.023}


def start(python, mode, work):
    name, args, tasks = work
    asked = workload(name, **args) if tasks is None else workload(name, tasks, **args)
    if tasks is None:
        del asked["tasks"]
        del asked["args"]
    return Harness(mode, workers=2, work=asked, python=PYTHONS[python])


def log_ns(harness):
    """Of one pass, without what it waited for a CPU, as the product has it."""
    row = harness.one_pass()
    return math.log(row["ns"] - row["extra"].get("run_delay_ns", 0))


def turns(both):
    """Log times of each side, one pass of each after the other."""
    times = {"left": [], "right": []}
    for _ in range(PASSES):
        for side, harness in random.sample(both, 2):
            times[side].append(log_ns(harness))
    return times


def row(both):
    """The same, each without the other in between."""
    times = {}
    for side, harness in random.sample(both, 2):
        harness.one_pass()
        times[side] = [log_ns(harness) for _ in range(PASSES)]
    return times


def pair(kind):
    left, right = start(*kind[:3]), start(*kind[3:])
    with left, right:
        both = [("left", left), ("right", right)]
        for _, harness in both:
            harness.ready()
            for _ in range(3):
                harness.warm()
            for _ in range(2):
                harness.one_pass()
        if kind[1] == kind[4] == "single":
            # As in a block: both on one CPU, or what is seen is how the two CPUs differ.
            cpu = random.choice(sorted(os.sched_getaffinity(0)))
            for _, harness in both:
                os.sched_setaffinity(harness.process.pid, {cpu})
        middles = {way: {"left": [], "right": []} for way in (turns, row)}
        for _ in range(TIMES):
            for way in random.sample((turns, row), 2):
                for side, times in way(both).items():
                    middles[way][side].append(statistics.median(times))
        for _, harness in both:
            harness.end()
    found = {way: {side: statistics.mean(values) for side, values in sides.items()} for way, sides in middles.items()}
    effect = {side: found[turns][side] - found[row][side] for side in ("left", "right")}
    return tuple(found[way]["left"] - found[way]["right"] for way in (turns, row)) + (effect,)


def show(values):
    mean = statistics.mean(values)
    half = T.get(len(values) - 1, 2.0) * statistics.stdev(values) / math.sqrt(len(values))
    return f"{100 * mean:+.2f} % ± {100 * half:.2f}", abs(mean) <= half


random.seed(5)
print("| compared | ratio, in turns | ratio, in a row | turns change it by | turns change the left by | the right by |")
print("| --- | --- | --- | --- | --- | --- |")
started = time.monotonic()
for kind in KINDS:
    if not {kind[0], kind[3]} <= set(PYTHONS):
        print(f"{kind}: not here", file=sys.stderr)
        continue
    pairs = [pair(kind) for _ in range(PAIRS)]
    in_turns, in_row = (statistics.mean(one[i] for one in pairs) for i in (0, 1))
    bias, nothing = show([one[0] - one[1] for one in pairs])
    left, right = (show([one[2][side] for one in pairs])[0] for side in ("left", "right"))
    name = f"{kind[2][0]}: {kind[0]} {kind[1]} / {kind[3]} {kind[4]}"
    print(f"| {name} | {math.exp(in_turns):.3f} | {math.exp(in_row):.3f} | {bias}{'' if nothing else ' **'} | {left} | {right} |",
          flush=True)
print(f"\n{PAIRS} pairs of processes each, {TIMES} times {PASSES} passes of either in either way, {time.monotonic() - started:.0f} s;"
      " `**`: the 95 % interval of the change leaves 0 out.")
