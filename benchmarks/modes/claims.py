#!/usr/bin/env python3
"""Prints, from a run of claims.toml, what start-up, memory and the event loop's stalls really are.

    gilmatrix run benchmarks/modes/claims.toml --out OUT
    python3 benchmarks/modes/claims.py OUT
"""
import json
import statistics
import sys

POOLS = (("threads", None), ("mp", "fork"), ("mp", "forkserver"), ("mp", "spawn"))


def solos(folder):
    for line in open(folder + "/records.jsonl"):
        record = json.loads(line)
        if record["kind"] == "solo" and record["outcome"] == "completed":
            yield record


def steady(record):
    return [value for value in record["values"] if not value["warmup"]]


def stall(record):
    """The longest stall of one pass, as a share of that pass (all its tasks, one after the other)."""
    return statistics.median(value["loop_lag_ns"] / value["total_ns"] for value in steady(record))


def main(folder):
    records = list(solos(folder))

    def pick(interpreter, workload, mode, start=None):
        wanted = (interpreter, workload, mode, start)
        return [record for record in records if wanted == tuple(
            record["cell"][key] for key in ("interpreter", "workload", "mode", "start_method"))]

    for interpreter in ("3.13", "3.13t"):
        pools = []
        for mode, start in POOLS:
            of = [record["phases_ns"]["pool"] / 1e6 for record in pick(interpreter, "fib", mode, start)]
            pools.append("%s %.1f ms (%d)" % (start or mode, statistics.median(of), len(of)))
        print("%s: pool of 2: %s" % (interpreter, ", ".join(pools)))
        lags = {}
        for mode in ("asyncio", "executor"):
            of = pick(interpreter, "fib", mode)
            lags[mode] = [value["loop_lag_ns"] / 1e6 for record in of for value in steady(record)]
            print("%s: %s: longest stall of a pass, median %.2f ms = %.3f of that pass (%d passes)" % (
                interpreter, mode, statistics.median(lags[mode]), statistics.median(map(stall, of)),
                len(lags[mode])))
        print("%s: executor / asyncio: %.4f" % (
            interpreter, statistics.median(lags["executor"]) / statistics.median(lags["asyncio"])))
        memory = [record["resources"] for record in pick(interpreter, "big-readonly", "mp", "fork")]
        rss, pss = (statistics.median(each["peak_%s_bytes" % kind] for each in memory) / 2 ** 20
                    for kind in ("rss", "pss"))
        print("%s: fork: summed RSS %.0f MiB = %.2f × PSS %.0f MiB" % (interpreter, rss, rss / pss, pss))


main(sys.argv[1])
