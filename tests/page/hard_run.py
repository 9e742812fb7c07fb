#!/usr/bin/env python3
"""Makes a run with trouble out of a sound one: about 30 % of its cells fail or are skipped.

    hard_run.py RUN OUT [--hostile]

With --hostile the names in it, the reasons and what processes printed try to become markup.
"""
import json
import pathlib
import random
import sys

EVIL = "</script></title><img src=x onerror=\"window.evil=1\"><svg onload='window.evil=1'>&{}"
FAILURES = [
    ("crashed", "killed by signal 11 (SIGSEGV)", 11),
    ("timed_out", "a pass took longer than 60 s", None),
    ("failed", "pass: MemoryError: " + "can't take another page; " * 60, None),
    ("out_of_memory", "the kernel killed it: it used 7.9 GiB of 8.0 GiB", 9),
]


def key(cell):
    return json.dumps(cell, sort_keys=True)


def main():
    source, out, hostile = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), "--hostile" in sys.argv
    text = (source / "run.json").read_text()
    lines = (source / "records.jsonl").read_text().splitlines()
    run, records = json.loads(text), [json.loads(line) for line in lines]
    names = {}
    if hostile:
        first = run["matrix"]["workloads"][0]["name"]
        names = {first: f"{first}{'_' * 60} {EVIL}"}
        names |= {one["name"]: f"{one['name']} {EVIL}" for one in run["interpreters"][:1]}

    chance = random.Random(7)
    ran = {key(record["cell"]) for record in records}
    spared = lambda cell: cell["mode"] == "single" and cell["interpreter"] == run["matrix"]["interpreters"]["baseline"]
    candidates = [p for p in run["plan"]["cells"] if key(p["cell"]) in ran and not spared(p["cell"])]
    chosen = chance.sample(candidates, len(candidates) * 3 // 10)
    skipped, failed = chosen[: len(chosen) // 3], chosen[len(chosen) // 3 :]
    example = next(p["skipped"] for p in run["plan"]["cells"] if p["skipped"])
    gone = {key(p["cell"]) for p in skipped}
    broken = {key(p["cell"]): FAILURES[place % len(FAILURES)] for place, p in enumerate(failed)}
    for planned in skipped:
        planned["skipped"] = example
    records = [record for record in records if key(record["cell"]) not in gone]
    for number, record in enumerate(records, 1):
        record["id"] = number
    run["invocations"] = len(records)
    for record in records:
        if key(record["cell"]) in broken:
            outcome, reason, signal = broken[key(record["cell"])]
            tail = f"Traceback: {EVIL}" if hostile else "Traceback (most recent call last): …"
            record |= {"outcome": outcome, "reason": reason, "signal": signal, "stderr_tail": tail, "values": []}
            if hostile:
                record["reason"] += EVIL
                record["warnings"] = [EVIL]
    if hostile:
        run["warnings"] = run.get("warnings", []) + [EVIL]
        run["host"]["cpu_model"] += EVIL
        run["command"].append(EVIL)

    rename(run, names)
    for record in records:
        rename(record, names)
    out.mkdir(parents=True, exist_ok=True)
    (out / "run.json").write_text(json.dumps(run))
    (out / "records.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    print(f"{len(failed)} cells failed, {len(skipped)} skipped of {len(candidates)}")


def rename(value, names):
    """Every text that is one of these names, wherever it stands."""
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for place, item in list(items):
        if isinstance(item, str):
            value[place] = names.get(item, item)
        elif isinstance(item, (dict, list)):
            rename(item, names)


main()
