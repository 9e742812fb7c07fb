#!/usr/bin/env python3
"""Scores pairs.csv and comparisons.csv: gilmatrix's rule, pyperf's and a fixed 10 % threshold. Needs scipy."""
import csv
import math
import pathlib
import statistics

from scipy import stats

HERE = pathlib.Path(__file__).resolve().parent


def bounds(hits, trials):
    """Clopper and Pearson, 95 %."""
    low = stats.beta.ppf(0.025, hits, trials - hits + 1) if hits else 0.0
    high = stats.beta.ppf(0.975, hits + 1, trials - hits) if hits < trials else 1.0
    return f"{hits} of {trials} (95 %: {100 * low:.1f} to {100 * high:.1f} %)"


def ours(values):
    """As src/stats/differs.rs has it."""
    return stats.ttest_1samp(values, 0.0).pvalue < 0.005


def holds(values, truth):
    error = statistics.stdev(values) / math.sqrt(len(values))
    return abs(statistics.mean(values) + math.log(truth)) <= stats.t.ppf(0.975, len(values) - 1) * error


def pyperf(row):
    """compare_to: a two-sample t test with a common variance, 95 % two-sided, over all values."""
    (n1, m1, s1), (n2, m2, s2) = (map(float, row[i : i + 3]) for i in (5, 8))
    return stats.ttest_ind_from_stats(m1, s1, n1, m2, s2, n2).pvalue < 0.05


def threshold(row):
    return not 1 / 1.1 < float(row[9]) / float(row[6]) < 1.1


def main():
    pairs = {row[0]: [float(value) for value in row[1:]] for row in csv.reader(open(HERE / "pairs.csv"))}
    rows = [row for row in csv.reader(open(HERE / "comparisons.csv")) if len(pairs[row[0]]) >= 5]
    for truth in sorted({float(row[1]) for row in rows}):
        some = [row for row in rows if float(row[1]) == truth]
        what = "identical" if truth == 1 else f"{100 * (truth - 1):.0f} % slower"
        print(f"{what}: {len(some)} comparisons, {sum(int(row[4]) for row in some)} settled")
        for name, rule in (
            ("gilmatrix says different", lambda row: ours(pairs[row[0]])),
            ("pyperf's t test says different", pyperf),
            ("a 10 % threshold says different", threshold),
            ("95 % interval holds the truth", lambda row: holds(pairs[row[0]], truth)),
        ):
            print(f"  {name}: {bounds(sum(map(rule, some)), len(some))}")


main()
