#!/usr/bin/env python3
"""Writes the tables of README.md (between its markers) and cells.csv from finished runs.

    python3 benchmarks/modes/table.py RUN...      # folders that `gilmatrix run` left

A ratio is from blocks alone, where the cell's passes alternate with its `single`; `~` is before one that
isn't settled, an interval behind it where there were pairs enough for one. A cell that did its work but got
no block in time says `ran`: on a busy machine lone invocations are no ground for a ratio. Where several
runs hold a cell, the one that knows most of it counts.
"""
import csv
import json
import os
import statistics
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
BEGIN, END = "<!-- tables -->", "<!-- end of tables -->"
COLUMNS = (("single", None), ("asyncio", None), ("executor", None), ("threads", None),
           ("threads-raw", None), ("executor-mp", "fork"), ("mp", "fork"), ("process-pool", "fork"),
           ("mp-shared", "fork"), ("interpreters", None))
STARTS = ("fork", "forkserver", "spawn")
FIELDS = ("interpreter workload mode start_method workers outcome reason over_own_single low high "
          "settled over_baseline low high settled pass_ns passes pool_ns peak_rss_bytes peak_pss_bytes "
          "loop_lag_ns").split()


def key(cell):
    return cell["interpreter"], cell["workload"], cell["mode"], cell["start_method"]


def reason_of(cell):
    """One short line, without this machine's paths."""
    text = " ".join((cell["reason"] or "").replace(os.path.expanduser("~"), "~").split())
    return text.split(" (log:")[0][:160]


def lone_passes(folder):
    """Timed passes of the lone invocations, by cell."""
    found = {}
    for line in open(os.path.join(folder, "records.jsonl")):
        record = json.loads(line)
        if record["kind"] == "solo":
            times = [value["ns"] for value in record["values"] if not value["warmup"]]
            found.setdefault(key(record["cell"]), []).extend(times)
    return found


def rank(cell):
    known = cell["speedup_self"] or cell["speedup"] or {}
    return cell["outcome"] != "not_reached", cell["outcome"] == "completed", known.get("pairs", 0)


def read(folders):
    cells, order = {}, ([], [])
    for folder in folders:
        results = json.load(open(os.path.join(folder, "results.json")))
        passes = lone_passes(folder)
        for cell in results["cells"]:
            if (cell["reason"] or "").startswith(("the filters", "excluded by")):
                continue
            for names, name in zip(order, key(cell)):
                if name not in names:
                    names.append(name)
            cell["passes"] = passes.get(key(cell), [])
            before = cells.get(key(cell))
            if before is None or rank(cell) > rank(before):
                cells[key(cell)] = cell
    return cells, order


def shown(speedup, interval=False):
    if not speedup:
        return "ran"
    text = ("" if speedup["settled"] else "~") + "%.2f" % speedup["ratio"]
    if interval and speedup["ci95"]:
        text += " [%.2f, %.2f]" % tuple(speedup["ci95"])
    return text


def entry(cell, single=False):
    if cell is None or cell["outcome"] == "skipped":
        return "–"
    if cell["outcome"] != "completed":
        return cell["outcome"].replace("_", " ")
    if single:
        return shown(cell["speedup"], True)
    if not cell["speedup_self"]:
        return "ran"
    return "%s · %s" % (shown(cell["speedup_self"], True), shown(cell["speedup"]))


def table(head, rows):
    lines = ["| " + " | ".join(row) + " |" for row in [head] + rows]
    lines.insert(1, "| " + " | ".join("---" for _ in head) + " |")
    return lines


def label(mode, start):
    return mode if start in (None, "fork") else "%s (%s)" % (mode, start)


def lines_of(cells, interpreters, workloads):
    lines = []
    for name in interpreters:
        lines += ["", "### " + name, ""]
        rows = [[workload] + [entry(cells.get((name, workload) + column), column[0] == "single")
                              for column in COLUMNS] for workload in workloads]
        lines += table(["workload"] + [label(*column) for column in COLUMNS], rows)
    lines += ["", "### Start methods of `mp`", "", "The pool's own start in ms, of a lone invocation.", ""]
    rows = []
    for name in interpreters:
        for workload in workloads:
            of = [cells.get((name, workload, "mp", start)) for start in STARTS]
            if of[2] is None or any(cell["outcome"] != "completed" for cell in of):
                continue
            rows.append([name, workload] + ["%.1f" % (cell["phases_ns"]["pool"] / 1e6) for cell in of])
    lines += table(["interpreter", "workload"] + list(STARTS), rows)
    reasons = {}
    for cell in cells.values():
        if cell["outcome"] != "completed":
            text = (cell["outcome"], reason_of(cell))
            reasons.setdefault(text, []).append(cell)
    lines += ["", "### What isn't there, and why", ""]
    for (outcome, reason), of in sorted(reasons.items()):
        lines.append("- %d × %s: %s" % (len(of), outcome.replace("_", " "), reason))
    return lines


def write_csv(cells):
    with open(os.path.join(HERE, "cells.csv"), "w", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(FIELDS)
        for (name, workload, mode, start), cell in sorted(cells.items(), key=lambda item: str(item[0])):
            row = [name, workload, mode, start or "", cell["workers"], cell["outcome"], reason_of(cell)]
            for field in ("speedup_self", "speedup"):
                speedup = cell[field] or {"ratio": None, "ci95": None, "settled": ""}
                row += ["" if value is None else "%.4f" % value
                        for value in (speedup["ratio"],) + tuple(speedup["ci95"] or (None, None))]
                row.append(speedup["settled"])
            times = cell["passes"]
            row += [int(statistics.median(times)) if times else "", len(times), cell["phases_ns"]["pool"],
                    cell["peak_rss_bytes"], cell["peak_pss_bytes"], cell["loop_lag_ns"]]
            out.writerow(row)


def main(folders):
    cells, (interpreters, workloads) = read(folders)
    write_csv(cells)
    path = os.path.join(HERE, "README.md")
    before, rest = open(path).read().split(BEGIN)
    after = rest.split(END)[1]
    with open(path, "w") as file:
        file.write(before + BEGIN + "\n".join(lines_of(cells, interpreters, workloads)) + "\n\n" + END + after)
    done = sum(cell["outcome"] == "completed" for cell in cells.values())
    print("%d cells, %d completed" % (len(cells), done), file=sys.stderr)


main(sys.argv[1:])
