#!/usr/bin/env python3
"""Does pyperf's own `compare_to` agree with gilmatrix's ratio, of files that gilmatrix exported?

    pyperf_agrees.py GILMATRIX RUN

RUN is made quiet first: every pass takes what its cell takes, so that the mean of unpaired values (pyperf)
and the median of paired ones (gilmatrix) mean the same. On RUN as it is, each of pyperf's ratios has to be
the ratio of the exported means. Both to the digits that pyperf prints.
"""
import json
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile


def compare(gilmatrix, run, out):
    command = [gilmatrix, "report", run, "--format", "pyperf", "--format", "json", "--out", out]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    results = json.loads((out / "results.json").read_text())
    base = results["baseline"]
    for file in sorted((out / "pyperf").glob("*.json")):
        pyperf = [sys.executable, "-m", "pyperf"]
        subprocess.run([*pyperf, "stats", file], check=True, stdout=subprocess.DEVNULL)
        if file.stem == base:
            continue
        command = [*pyperf, "compare_to", "--verbose", out / "pyperf" / f"{base}.json", file]
        said = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        yield file.stem, said, results


def ratios(said):
    """Of `Mean +- std dev: [3.13] 40.0 ms +- 0.1 ms -> [3.13t] 72.0 ms +- 0.2 ms: 1.80x slower`."""
    name, last = None, ""
    for line in said.splitlines():
        if line and set(line) == {"="}:
            name = last
        last = line
        found = re.search(r"([0-9.]+)x (slower|faster)", line)
        if name and "Geometric mean" not in line and (found or "no change" in line.lower()):
            yield name, float(found[1]) if found else 1.0, found[2] if found else None


def quiet(run, out):
    """The same run, each pass as long as that of its cell: 40 ms times what the cell's name makes it."""
    text = (run / "records.jsonl").read_text()
    records = [json.loads(line) for line in text.splitlines()]
    slower = {name: 1 + place * 0.4 for place, name in enumerate(sorted({r["cell"]["interpreter"] for r in records}))}
    for record in records:
        cell = record["cell"]
        scale = slower[cell["interpreter"]] / (1.9 if cell["workers"] > 1 else 1)
        for place, value in enumerate(record["values"]):
            # A thousandth of noise, the same on both sides.
            value["ns"] = round(40e6 * scale * (1 + (place % 3 - 1) * 1e-3))
    (out / "records.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    (out / "run.json").write_text((run / "run.json").read_text())


def main():
    gilmatrix, run = pathlib.Path(sys.argv[1]).resolve(), pathlib.Path(sys.argv[2])
    checked = 0
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        for kind in ("as it is", "quiet"):
            source = run
            if kind == "quiet":
                source = place / "quiet"
                source.mkdir()
                quiet(run, source)
            for name, said, results in compare(gilmatrix, source, place / kind.replace(" ", "-")):
                cells = {(c["interpreter"], c["workload"], c["mode"], c["workers"]): c for c in results["cells"]}
                for benchmark, printed, direction in ratios(said):
                    workload, how = benchmark.split(" ", 1)
                    mode, _, workers = how.partition("×")
                    keys = [(who, workload, mode.split(" ")[0], int(workers.split(" ")[0] or 1)) for who in (results["baseline"], name)]
                    base, other = (cells[key] for key in keys)
                    if kind == "quiet":
                        # Both over the same `single`, so their quotient is this cell over that.
                        ours = other["speedup"]["ratio"] / base["speedup"]["ratio"]
                    else:
                        ours = statistics.mean(base["values_ns"]) / statistics.mean(other["values_ns"])
                    # pyperf prints two decimals of the larger over the smaller.
                    assert abs(max(ours, 1 / ours) - printed) <= 0.0051, (kind, benchmark, ours, printed)
                    assert direction is None or (ours > 1) == (direction == "faster"), (kind, benchmark)
                    checked += 1
    assert checked >= 6, f"only {checked} ratios"
    print(f"pyperf compare_to and gilmatrix agree on {checked} ratios")


main()
