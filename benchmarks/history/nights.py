"""Writes a folder of synthetic nights from one real run's results.json:
    python3 nights.py RUN OUT [--nights 60] [--cells 0] [--slower 45]
Each night's ratios, times and memory are the real ones, shaken; from night --slower on one cell is 4 % slower.
--cells N repeats the workloads under other names until there are N cells (0: as they are)."""
import argparse, copy, json, math, pathlib, random

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("run", type=pathlib.Path)
parser.add_argument("out", type=pathlib.Path)
parser.add_argument("--nights", type=int, default=60)
parser.add_argument("--cells", type=int, default=0)
parser.add_argument("--slower", type=int, default=45)
parser.add_argument("--seed", type=int, default=1)
options = parser.parse_args()
random.seed(options.seed)

base = json.loads((options.run / "results.json").read_text())
base["cells"] = [cell for cell in base["cells"] if cell["outcome"] == "completed"]
if options.cells:
    cells, workloads, copies = [], [], 0
    while len(cells) < options.cells:
        for workload in base["workloads"]:
            workloads.append(dict(workload, name=workload["name"] + (f"-{copies}" if copies else "")))
        for cell in base["cells"]:
            cells.append(dict(cell, workload=cell["workload"] + (f"-{copies}" if copies else "")))
        copies += 1
    base["cells"], base["workloads"] = cells[:options.cells], workloads
slow = next(c for c in base["cells"] if c["interpreter"].endswith("t") and c["mode"] == "threads" and c["workers"] == 2)
slow = tuple(slow[k] for k in ("interpreter", "workload", "mode", "workers", "variant"))

for night in range(options.nights):
    results = copy.deepcopy(base)
    results["run_id"] = f"night-{night:04}"
    results["started_unix_ns"] = (1_690_000_000 + 86_400 * night) * 10**9
    if night >= options.nights // 2:
        for python in results["interpreters"]:
            if python["name"] == "3.12":
                python["facts"]["version"] = "3.12.2"
    machine = random.gauss(0.05 * night / options.nights, 0.03)
    for cell in results["cells"]:
        log = random.gauss(0, 0.008)
        if night >= options.slower and tuple(cell[k] for k in ("interpreter", "workload", "mode", "workers", "variant")) == slow:
            log -= 0.04
        speedup = cell.get("speedup")
        if speedup and speedup["pairs"]:
            speedup["ratio"] *= math.exp(log)
            speedup["ci95"] = [speedup["ratio"] * math.exp(-0.016), speedup["ratio"] * math.exp(0.016)]
        if cell.get("wall_ns"):
            cell["wall_ns"]["median"] = int(cell["wall_ns"]["median"] * math.exp(machine - log))
            cell["wall_ns"]["ci95"] = None
        if cell.get("peak_pss_bytes"):
            cell["peak_pss_bytes"] = int(cell["peak_pss_bytes"] * math.exp(random.gauss(0, 0.005)))
    folder = options.out / results["run_id"]
    folder.mkdir(parents=True)
    (folder / "results.json").write_text(json.dumps(results, indent=2))
print(" ".join(map(str, slow)))
