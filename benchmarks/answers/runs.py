#!/usr/bin/env python3
"""Runs the default matrix again and again and says how long its answers took, and what they were.

    python3 benchmarks/answers/runs.py target/release/gilmatrix --runs 5 --out /tmp/answers [--busy]

Each run has a seed of its own. Seconds are of the whole command: interpreters found, everything measured, reports
drawn. `--busy`: a process beside it keeps one CPU busy. The last table compares: of each question, how the choices of
the runs stand to each other over all meetings of all runs.
"""
import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict

WAITED_FOR = ("warm", "same_interpreter")


def name(cell):
    workers = "×%d" % cell["workers"] if cell["workers"] > 1 else ""
    return "%s %s%s" % (cell["interpreter"], cell["mode"], workers)


def run(program, seed, out):
    began = time.monotonic()
    command = [program, "run", "matrix.toml", "--seed", str(seed), "--out", out]
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


def own(one, other):
    """Both times of a sweep, without waiting for a CPU where that is known of both."""
    delays = one["run_delay_ns"], other["run_delay_ns"]
    return [value["ns"] - (0 if None in delays else value["run_delay_ns"]) for value in (one, other)]


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
                both = [own(ours[sweep], theirs[sweep]) for sweep in ours if sweep in theirs]
                if one != other and both:
                    ratios[workload, one, other].append(statistics.median(math.log(b / a) for a, b in both))
    return ratios


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("program")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--out", required=True)
    parser.add_argument("--busy", action="store_true")
    asked = parser.parse_args()
    os.makedirs(asked.out, exist_ok=True)
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
    print("\n| question | choices | largest loss against another choice, all runs pooled | stated at most |\n| --- | --- | ---: | ---: |")
    for (workload, situation), chosen in choices.items():
        names = sorted({one for one, _ in chosen})
        losses = []
        for one, regret in chosen:
            others = [statistics.mean(pooled[workload, other, one]) for other in names if pooled.get((workload, other, one))]
            losses.append((max([0.0] + others), regret))
        worst = max(losses)
        said = ", ".join("%s (%d)" % (one, sum(one == other for other, _ in chosen)) for one in names)
        print("| %s, %s | %s | %.1f %% | %.1f %% |" % (
            workload, situation, said, 100 * math.expm1(worst[0]), 100 * worst[1]))

    print("\n| a run's seconds, mean | |\n| --- | ---: |")
    for kind, seconds in sorted(went.items(), key=lambda one: -one[1]):
        print("| %s | %.1f |" % (kind, seconds))


main()
