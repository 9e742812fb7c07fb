#!/usr/bin/env python3
"""Makes a run of many invocations out of a real one: the same cells, measured over and over.

    many_invocations.py RUN OUT INVOCATIONS

Blocks stay whole and get numbers of their own; times vary a little (±2 %, the same each time), so that no two rounds
are alike. Lines are written one by one: the record of a million invocations has about 2 GB.
"""
import json
import pathlib
import random
import sys

BLOCKS = 1_000_000


def main():
    source, out, wanted = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
    run = json.loads((source / "run.json").read_text())
    records = [json.loads(line) for line in (source / "records.jsonl").read_text().splitlines()]
    rounds = max(record["round"] for record in records)
    noise = random.Random(6)
    out.mkdir(parents=True, exist_ok=True)
    written = 0
    with open(out / "records.jsonl", "w") as journal:
        while written < wanted:
            copy = written // len(records)
            for record in records[: wanted - written]:
                written += 1
                again = dict(record, id=written, round=record["round"] + copy * rounds)
                if record["block"] is not None:
                    again["block"] = record["block"] + copy * BLOCKS
                factor = 1 + noise.uniform(-0.02, 0.02)
                again["values"] = [
                    dict(value, ns=round(value["ns"] * factor), block=again["block"])
                    for value in record["values"]
                ]
                journal.write(json.dumps(again, separators=(",", ":")) + "\n")
    run["invocations"] = written
    (out / "run.json").write_text(json.dumps(run))
    print(f"{written} invocations, {(out / 'records.jsonl').stat().st_size >> 20} MiB")


main()
