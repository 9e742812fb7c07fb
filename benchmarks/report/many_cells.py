#!/usr/bin/env python3
"""Makes a run of many cells out of a real one: its workloads, multiplied under new names.

    many_cells.py RUN OUT CELLS

Real phases, samples and intervals, so that what is timed is what a user would wait for.
"""
import json
import pathlib
import sys


def renamed(record, suffix, shift):
    cell = dict(record["cell"], workload=record["cell"]["workload"] + suffix)
    record = dict(record, cell=cell)
    if record.get("block") is not None:
        record["block"] += shift
    record["values"] = [
        dict(value, block=value["block"] + shift) if value.get("block") is not None else value
        for value in record["values"]
    ]
    return record


def main():
    source, out, cells = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
    run = json.loads((source / "run.json").read_text())
    records = [json.loads(line) for line in (source / "records.jsonl").read_text().splitlines()]
    done = {json.dumps(record["cell"], sort_keys=True) for record in records}
    planned = [p for p in run["plan"]["cells"] if json.dumps(p["cell"], sort_keys=True) in done]
    copies = max(1, -(-cells // max(1, len(planned))))
    plan, workloads = [], []
    out.mkdir(parents=True, exist_ok=True)
    written = 0
    with open(out / "records.jsonl", "w") as journal:
        for copy in range(copies):
            suffix = f"-{copy}" if copy else ""
            used = {p["cell"]["workload"] for p in planned}
            for workload in run["matrix"]["workloads"]:
                if workload["name"] in used:
                    workloads.append(dict(workload, name=workload["name"] + suffix))
            for entry in planned:
                plan.append(dict(entry, cell=dict(entry["cell"], workload=entry["cell"]["workload"] + suffix)))
            for record in records:
                written += 1
                journal.write(json.dumps(dict(renamed(record, suffix, copy * 1_000_000), id=written)) + "\n")
    run["invocations"] = written
    run["plan"]["cells"], run["matrix"]["workloads"] = plan[:cells], workloads
    (out / "run.json").write_text(json.dumps(run))
    print(f"{len(run['plan']['cells'])} cells, {written} records")


main()
