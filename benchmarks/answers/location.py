#!/usr/bin/env python3
"""What is the best single value of a pair's sweeps? Median, Hodges-Lehmann, trimmed mean and mean, simulated and on stored runs.

    python3 benchmarks/answers/location.py [RUN]...

Simulated: root mean square error around 0 of 4,000 samples a row. Of stored runs: the standard deviation between the blocks
of each two cells that met at least three times, root mean square over them. What varies least needs the fewest blocks.
"""
import collections
import itertools
import json
import math
import os
import random
import statistics
import sys


def hodges_lehmann(values):
    if len(values) <= 3:
        return statistics.median(values)
    return statistics.median((one + other) / 2 for one, other in itertools.combinations_with_replacement(values, 2))


def trimmed(values):
    cut = len(values) // 5
    return statistics.mean(sorted(values)[cut:len(values) - cut])


WAYS = {"median": statistics.median, "Hodges-Lehmann": hodges_lehmann, "mean without 20 % on either side": trimmed, "mean": statistics.mean}
NOISE = {
    "normal": lambda: random.gauss(0, 1),
    "heavy tails (t, 3 degrees of freedom)": lambda: random.gauss(0, 1) / math.sqrt(random.gammavariate(1.5, 2) / 3),
    "a CPU of two speeds": lambda: random.gauss(0, 0.3) + 2 * (random.random() < 0.4) - 2 * (random.random() < 0.4),
    "a burst of 6 sigma in every fifth sweep": lambda: random.gauss(0, 1) + (random.random() < 0.2) * random.choice((-6, 6)),
}


def head(*columns):
    print("\n| " + " | ".join([*columns, *WAYS]) + " |\n|" + " --- |" * len(columns) + " ---: |" * len(WAYS))


def simulate():
    random.seed(1)
    head("noise", "sweeps")
    for noise, draw in NOISE.items():
        for sweeps in (7, 15, 25):
            samples = [[draw() for _ in range(sweeps)] for _ in range(4000)]
            errors = [math.sqrt(statistics.mean(way(sample) ** 2 for sample in samples)) for way in WAYS.values()]
            print("| %s | %d | %s |" % (noise, sweeps, " | ".join("%.2f" % error for error in errors)))


def own(value):
    """A pass's time without what it waited for a CPU, where the kernel tells."""
    return value["ns"] - (value["run_delay_ns"] or 0)


def pairs(run):
    """Log ratios sweep by sweep, of each two cells in each of their blocks: (workload, cell, other) to blocks."""
    blocks = collections.defaultdict(dict)
    with open(os.path.join(run, "records.jsonl")) as file:
        for record in map(json.loads, file):
            if record["kind"] == "block" and record["outcome"] == "completed":
                cell = record["cell"]
                key = (cell["interpreter"], cell["environment"], cell["mode"], cell["start_method"] or "", cell["workers"])
                passes = {value["sweep"]: own(value) for value in record["values"] if not value["warmup"]}
                blocks[record["block"], cell["workload"]][key] = passes
    found = collections.defaultdict(list)
    for (_, workload), members in blocks.items():
        for one, other in itertools.combinations(sorted(members), 2):
            ours, theirs = members[one], members[other]
            logs = [math.log(theirs[sweep] / ours[sweep]) for sweep in ours if sweep in theirs]
            if len(logs) >= 4:
                found[workload, one, other].append(logs)
    return {key: logs for key, logs in found.items() if len(logs) >= 3}


def stored(runs):
    squares = collections.defaultdict(lambda: collections.defaultdict(list))
    for run in runs:
        for (workload, one, other), blocks in pairs(run).items():
            several = ("one worker each", "one against several", "several each")[(one[-1] > 1) + (other[-1] > 1)]
            for name, way in WAYS.items():
                variance = statistics.variance(map(way, blocks))
                squares[workload, several][name] += [variance] * (len(blocks) - 1)
    head("workload", "workers", "pairs' degrees of freedom")
    for (workload, several), by_way in sorted(squares.items()):
        spread = ["%.4f" % math.sqrt(statistics.mean(of)) for of in by_way.values()]
        print("| %s | %s | %d | %s |" % (workload, several, len(by_way["median"]), " | ".join(spread)))


if __name__ == "__main__":
    simulate()
    if sys.argv[1:]:
        stored(sys.argv[1:])
