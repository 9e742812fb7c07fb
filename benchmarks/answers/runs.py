#!/usr/bin/env python3
"""Runs the default matrix again and again and says how long its answers took, and what they were.

    python3 benchmarks/answers/runs.py target/release/gilmatrix --make-reference 30m --out /tmp/answers
    python3 benchmarks/answers/runs.py target/release/gilmatrix --runs 5 --out /tmp/answers [--busy] [--reference]

Each run has a seed of its own, and gets numpy (`--install`). Seconds are of the whole command: interpreters found,
everything measured, reports drawn. `--busy`: a process beside it keeps one CPU busy. The last table compares: of each
question, what the runs' choices lose against each other, over all meetings of all runs; with `--reference`, against the
best of the reference, a run that lasts as long as it may, over its meetings.
"""
import argparse
import json
import math
import os
import re
import statistics
import subprocess
import sys
import time
from collections import defaultdict

from location import hodges_lehmann, own

BASELINE = "3.13"
WAITED_FOR = ("warm", "same_interpreter")


def name(cell):
    workers = "×%d" % cell["workers"] if cell["workers"] > 1 else ""
    return "%s %s%s" % (cell["interpreter"], cell["mode"], workers)


def run(program, seed, out, *more, matrix="matrix.toml"):
    began = time.monotonic()
    command = [program, "run", matrix, "--install", "--seed", str(seed), "--out", out, *more]
    with open(out + ".log", "w") as log:
        subprocess.run(command, stdout=log, stderr=log, check=True)
    seconds = time.monotonic() - began
    with open(os.path.join(out, "results.json")) as file:
        return seconds, json.load(file)


def records(out):
    with open(os.path.join(out, "records.jsonl")) as file:
        return [json.loads(line) for line in file]


def counted_share(found, seconds):
    """Seconds in counted passes of blocks that compare, of capacity and of the reference, over all seconds."""
    counted = [value for record in found if record["kind"] != "solo" for value in record["values"] if not value["warmup"]]
    # Passes that ran at once share their time.
    return sum((value["total_ns"] or value["ns"]) / value["concurrent"] for value in counted) / 1e9 / seconds


def spent(found):
    """Seconds by what they went to: each job lasts until the next one begins."""
    jobs = {}
    for record in found:
        job = record["id"] if record["kind"] == "solo" else "block %d" % record["block"]
        at, kind, members = jobs.get(job, (math.inf, "", 0))
        jobs[job] = (min(at, record["started_ns"]), record["kind"], members + 1)
    jobs = sorted(jobs.values())
    seconds = defaultdict(float)
    for (at, kind, members), (following, _, _) in zip(jobs, jobs[1:]):
        seconds["blocks of 10 and more" if members >= 10 else kind] += (following - at) / 1e9
    return seconds


def meetings(found):
    """Log ratios of each two cells in each block: (workload, cell, other) to values."""
    blocks = defaultdict(dict)
    for record in found:
        if record["kind"] == "block" and record["outcome"] == "completed":
            passes = {value["sweep"]: value for value in record["values"] if not value["warmup"]}
            blocks[record["block"], record["cell"]["workload"]][name(record["cell"])] = passes
    ratios = defaultdict(list)
    for (_, workload), members in blocks.items():
        for one, ours in members.items():
            for other, theirs in members.items():
                logs = [math.log(own(theirs[sweep]) / own(ours[sweep])) for sweep in ours if sweep in theirs]
                if one != other and logs:
                    middle = hodges_lehmann if "×" in one + other else statistics.median
                    ratios[workload, one, other].append(middle(logs))
    return ratios


def loss(pooled, workload, situation, choice):
    """Returns by how much another contender is faster than this one, as a logarithm, and which; (0, itself) for the best.

    A mean of fewer than three blocks says nothing: such a contender left early, beaten beyond doubt.
    """
    staying = situation == "same_interpreter"
    losses = [(0.0, choice)]
    for (of, other, one), values in pooled.items():
        if (of, one) == (workload, choice) and len(values) >= 3 and (not staying or other.split()[0] == BASELINE):
            losses.append((statistics.mean(values), other))
    return max(losses)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--out", required=True)
    parser.add_argument("--busy", action="store_true")
    parser.add_argument("--make-reference", metavar="BUDGET")
    parser.add_argument("--reference", action="store_true")
    asked = parser.parse_args()
    os.makedirs(asked.out, exist_ok=True)
    reference = os.path.join(asked.out, "reference")
    if asked.make_reference:
        matrix = os.path.join(asked.out, "reference.toml")
        with open("matrix.toml") as default, open(matrix, "w") as file:
            file.write(re.sub(r"max_rounds = \d+", "max_rounds = 1000", default.read()))
        more = ["--budget", asked.make_reference, "--precision", "0.1%"]
        seconds, _ = run(asked.program, 0, reference, *more, matrix=matrix)
        print("%.0f s" % seconds)
        return
    busy = subprocess.Popen([sys.executable, "-c", "while True: pass"]) if asked.busy else None
    choices, pooled, went = defaultdict(list), defaultdict(list), defaultdict(float)
    print("| seed | seconds | questions decided | in counted passes | doubts |\n| --- | ---: | ---: | ---: | --- |")
    try:
        for seed in range(asked.first_seed, asked.first_seed + asked.runs):
            out = os.path.join(asked.out, "%s%d" % ("busy" if asked.busy else "idle", seed))
            seconds, results = run(asked.program, seed, out)
            found = records(out)
            waited = [answer for answer in results["answers"] if answer["situation"] in WAITED_FOR]
            decided = sum(answer["decided"] for answer in waited)
            doubts = sorted({doubt["kind"] for answer in waited for doubt in answer["doubts"]})
            print("| %d | %.0f | %d of %d | %.0f %% | %s |" % (
                seed, seconds, decided, len(waited), 100 * counted_share(found, seconds), ", ".join(doubts)), flush=True)
            for answer in waited:
                if answer["choose"]:
                    choices[answer["workload"], answer["situation"]].append((name(answer["choose"]), answer["regret"]))
            for key, values in meetings(found).items():
                pooled[key] += values
            for kind, some in spent(found).items():
                went[kind] += some / asked.runs
    finally:
        if busy:
            busy.kill()
    against = "the reference's best" if asked.reference else "another choice, all runs pooled"
    if asked.reference:
        pooled = meetings(records(reference))
    print("\n| question | choices | largest loss against %s | stated at most | losses within what was stated |" % against)
    print("| --- | --- | ---: | ---: | ---: |")
    for (workload, situation), chosen in choices.items():
        names = sorted({one for one, _ in chosen})
        shown = pooled if asked.reference else {key: of for key, of in pooled.items() if key[1] in names}
        losses = [(*loss(shown, workload, situation, one), regret) for one, regret in chosen]
        worst = max(losses)
        said = ", ".join("%s (%d)" % (one, sum(one == other for other, _ in chosen)) for one in names)
        print("| %s, %s | %s | %.1f %% (%s) | %.1f %% | %d of %d |" % (
            workload, situation, said, 100 * math.expm1(worst[0]), worst[1], 100 * worst[2],
            sum(math.expm1(lost) <= regret for lost, _, regret in losses), len(losses)))

    print("\n| a run's seconds, mean | |\n| --- | ---: |")
    for kind, seconds in sorted(went.items(), key=lambda one: -one[1]):
        print("| %s | %.1f |" % (kind, seconds))


main()
