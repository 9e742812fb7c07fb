"""python3 benchmarks/precision/score.py benchmarks/precision/trials.jsonl: the tables of README.md."""
import json, math, random, statistics, sys

rows = [json.loads(line) for line in open(sys.argv[1])]
# Two-sided 95 % of Student's t, for the degrees of freedom that occur; beyond them the normal one.
T = [math.inf, 12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
     2.120, 2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042]
t95 = lambda df: T[df] if df < len(T) else 1.96 + 2.4 / df
percent = lambda x: f"{100 * x:.1f} %"


def clopper_pearson(hits, n):
    """95 %, by bisecting the binomial's tail."""
    tail = lambda p, ks: sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in ks)
    def bisect(good):
        low, high = 0.0, 1.0
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if good(middle) else (low, middle)
        return low
    lower = 0.0 if hits == 0 else bisect(lambda p: tail(p, range(hits, n + 1)) < 0.025)
    upper = 1.0 if hits == n else bisect(lambda p: tail(p, range(0, hits + 1)) > 0.025)
    return lower, upper


def share(hits, n):
    low, high = clopper_pearson(hits, n)
    return f"{hits} of {n} ({percent(low)} to {percent(high)})"


precision = rows[0]["precision"]
ours = [row["gilmatrix"] for row in rows]
settled = [one for one in ours if one["settled"]]
seconds = sorted(one["seconds"] for one in ours)
median = statistics.median(seconds)
half = lambda ci: math.log(ci[1] / ci[0]) / 2
holds = sum(low <= 1 <= high for low, high in (one["ci95"] for one in ours))

# pyperf: process means, both sides of every trial.
sides = [[[statistics.mean(p) for p in side["processes"]] for side in row["pyperf"]] for row in rows]
a_process = statistics.mean(side["seconds"] / len(side["processes"]) for row in rows for side in row["pyperf"])
spread = math.sqrt(statistics.mean(statistics.variance([math.log(v) for v in side]) for pair in sides for side in pair))


def welch(a, b):
    """Half-width of the log ratio's 95 % interval, and whether it holds the truth, 0."""
    a, b = [[math.log(v) for v in side] for side in (a, b)]
    va, vb = statistics.variance(a) / len(a), statistics.variance(b) / len(b)
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    width = t95(int(df)) * math.sqrt(va + vb)
    return width, abs(statistics.mean(a) - statistics.mean(b)) <= width


verdicts = [welch(*pair) for pair in sides]
pool_a, pool_b = [[v for pair in sides for v in pair[i]] for i in (0, 1)]
for_mean = math.ceil(4 * 1.96**2 * spread**2 / (2 * precision) ** 2)
for_ratio = math.ceil(2 * 1.96**2 * spread**2 / precision**2)

print(f"| | gilmatrix | pyperf |\n| --- | --- | --- |")
print(f"| trials | {len(ours)} | {len(rows)}, of two sides each |")
print(f"| intervals that hold the truth (1.00) | {share(holds, len(ours))} | {share(sum(ok for _, ok in verdicts), len(verdicts))} at its default 20 processes |")
print(f"| half-width reached, median | {percent(statistics.median(half(one['ci95']) for one in ours))} | {percent(statistics.median(w for w, _ in verdicts))} |")
print(f"| time for that, median | {median:.1f} s (quartiles {seconds[len(seconds) // 4]:.1f} to {seconds[3 * len(seconds) // 4]:.1f}; the whole command, reports included) | {statistics.median(sum(s['seconds'] for s in row['pyperf']) for row in rows):.1f} s |")
print(f"| settled at ±{percent(precision)} | {len(settled)} of {len(ours)} | |")
print(f"| processes for ±{percent(precision)} | {statistics.median(2 * one['pairs'] for one in ours):.0f}, median | {2 * for_ratio} for the ratio, {2 * for_mean} by its own rule for each mean |")
print(f"| time for ±{percent(precision)} | {median:.1f} s | {2 * for_ratio * a_process:.0f} s for the ratio, {2 * for_mean * a_process:.0f} s by its own rule |")
print(f"| gilmatrix takes of it | | {median / (2 * for_ratio * a_process):.2f}, {median / (2 * for_mean * a_process):.2f} |")
print(f"\npyperf: spread between processes {percent(spread)}, {a_process:.2f} s a process.\n")


def pair_value(sides):
    a, b = sides["a"], sides["b"]
    return statistics.median(math.log(a[sweep] / b[sweep]) for sweep in a.keys() & b.keys())


print("| after | gilmatrix: half-width, median | holds the truth | pyperf: half-width, mean of subsets |\n| --- | --- | --- | --- |")
random.seed(1)
for after in (2, 3, 5, 8, 12, 20, 40, 80, 160, 320):
    widths, held = [], 0
    for one in ours:
        values = [pair_value(s) for end, s in one["blocks"] if end <= after and len(s) == 2]
        if len(values) >= 5 and (after <= one["seconds"]):
            widths.append(t95(len(values) - 1) * statistics.stdev(values) / math.sqrt(len(values)))
            held += abs(statistics.mean(values)) <= widths[-1]
    n = int(after / 2 / a_process)
    if 2 <= n <= min(len(pool_a), len(pool_b)) // 2:
        theirs = statistics.mean(welch(random.sample(pool_a, n), random.sample(pool_b, n))[0] for _ in range(200))
    else:
        theirs = None
    if n > 2 and theirs is None:
        theirs = 1.96 * math.sqrt(2 / n) * spread
    cell = f"±{percent(statistics.median(widths))} | {held} of {len(widths)}" if len(widths) >= len(ours) / 2 else "– | "
    print(f"| {after} s | {cell} | {'±' + percent(theirs) if theirs else '–'} |")
