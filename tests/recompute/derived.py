"""What follows from several cells: `overall`, `single_thread`, `scaling` and `memory_growth`."""
import collections
import math

import numpy
from scipy import optimize, stats


def all_of(run, figures, results):
    """Name, ours and theirs of each figure."""
    for theirs in results["overall"]:
        yield f"overall {theirs['interpreter']} {theirs['mode']}", overall(run, figures, theirs), theirs
    for theirs in results["single_thread"]:
        # Another twin is compared through the baseline.
        if theirs["twin"] == run.baseline:
            yield f"{theirs['workload']} free threading", single_thread(run, theirs), theirs
    for theirs in results["scaling"]:
        cells = [run.cells[point["cell"]] for point in theirs["points"]]
        ours = scaling(cells, figures, [point["fitted"] for point in theirs["points"]], theirs["kind"])
        for place, point in enumerate(ours.pop("points")):
            yield f"scaling of {cells[place]}", point, theirs["points"][place]
        yield f"laws of {cells[0]}", ours, theirs
    for theirs in results["memory_growth"]:
        yield f"memory of {theirs['mode']}", memory_growth(run, [run.cells[index] for index in theirs["cells"]]), theirs


def overall(run, figures, line):
    speedups = [figures[run.cells[index]]["speedup"] for index in line["cells"]]
    if line["missing"]:
        return {"speedup": None, "settled": False}
    mean, variances, ends = numpy.mean([math.log(it["ratio"]) for it in speedups]), [], None
    if all(it["ci95"] for it in speedups):
        for it in speedups:
            if it["pairs"]:
                half = math.log(it["ci95"][1] / it["ci95"][0]) / 2
                error = half / stats.t.ppf(0.975, it["pairs"] - 1) / len(speedups)
                variances.append((error**2, it["pairs"] - 1))
        total = sum(variance for variance, _ in variances)
        df = total and total**2 / sum(variance**2 / df for variance, df in variances)
        half = stats.t.ppf(0.975, df) * math.sqrt(total) if total else 0.0
        ends = [math.exp(mean - half), math.exp(mean + half)]
    return {"speedup": {"value": math.exp(mean), "ci95": ends}, "settled": all(it["settled"] for it in speedups)}


def single_thread(run, line):
    found = run.of_pairs(run.pairs[run.cells[line["cell"]], run.cells[line["against"]]])
    if not found or not found["ci95"]:
        return {"cost": None, "settled": False, "pairs": 0}
    low, high = found["ci95"]
    cost = {"value": 1 / found["ratio"], "ci95": [1 / high, 1 / low]}
    return {"cost": cost, "settled": found["settled"], "pairs": found["pairs"]}


def scaling(cells, figures, fitted, kind):
    """The points of a curve, and its laws without their intervals, which are drawn at random."""
    points, rows = [], []
    for cell, fits in zip(cells, fitted):
        speedup, n = figures[cell]["speedup_self"], cell.workers
        ends = speedup["ci95"]
        serial = lambda it: (1 / it - 1 / n) / (1 - 1 / n)
        karp_flatt = {"value": serial(speedup["ratio"]), "ci95": ends and [serial(end) for end in reversed(ends)]}
        points.append(
            {
                "workers": n,
                "speedup": {"value": speedup["ratio"], "ci95": ends},
                "efficiency": {"value": speedup["ratio"] / n, "ci95": ends and [end / n for end in ends]},
                "karp_flatt": karp_flatt if n > 1 and kind == "strong" else None,
            }
        )
        if fits:
            rows.append((n, n / speedup["ratio"], math.sqrt(speedup["pairs"]) * speedup["ratio"] / n))
    laws = {"points": points}
    if kind == "strong" and rows and all(n > 1 for n, *_ in rows):
        n, left, weight = numpy.array(rows).T
        columns = numpy.array([n - 1, n * (n - 1)])
        fit = lambda count: optimize.nnls((columns[:count] * weight).T, (left - 1) * weight)[0]
        laws["amdahl"] = {"value": fit(1)[0]}
        if len(rows) > 1:
            laws["usl"] = {name: {"value": value} for name, value in zip(("contention", "coherency"), fit(2))}
    return laws


def memory_growth(run, cells):
    sizes = collections.defaultdict(list)
    for cell in cells:
        for solo in run.solos[cell]:
            sizes["rss_bytes"].append((cell.workers, solo["resources"]["peak_rss_bytes"]))
            sizes["pss_bytes"].append((cell.workers, solo["resources"]["peak_pss_bytes"]))
    pss = all(size is not None for _, size in sizes["pss_bytes"])
    workers, bytes_ = numpy.array(sizes["pss_bytes" if pss else "rss_bytes"]).T
    line = stats.linregress(workers, bytes_)
    t = stats.t.ppf(0.975, len(workers) - 2) if len(workers) > 2 else None
    figure = lambda value, error: {"value": value, "ci95": t and [value - t * error, value + t * error]}
    return {"per_worker": figure(line.slope, line.stderr), "base": figure(line.intercept, line.intercept_stderr)}
