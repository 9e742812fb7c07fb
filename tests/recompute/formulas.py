"""The formulas of docs/method.md: values in, values out."""
import collections
import math

import numpy
from scipy import optimize, special, stats

Meeting = collections.namedtuple("Meeting", "pair value waiting block disturbed")
Prior = collections.namedtuple("Prior", "df variance")
Contrast = collections.namedtuple("Contrast", "estimate error df meetings below above")


def location(values):
    """Hodges and Lehmann; of up to three values the median."""
    if len(values) <= 3:
        return numpy.median(values)
    values = numpy.array(values)
    one, other = numpy.triu_indices(len(values))
    return numpy.median((values[one] + values[other]) / 2)


def mean_interval(values, waiting=0.0):
    """The ends of Student's 95 % interval, which reaches further by what waiting hides; `None` below 3 values."""
    if len(values) < 3:
        return None
    half = stats.t.ppf(0.975, len(values) - 1) * stats.sem(values)
    return [numpy.mean(values) - half + min(waiting, 0), numpy.mean(values) + half + max(waiting, 0)]


def ratio_ends(ends):
    return None if ends is None else [math.exp(end) for end in ends]


def median_interval(values):
    """Between order statistics from 6 values on, else Student's of the logs."""
    values = numpy.sort(values)
    if len(values) >= 6:
        rank = max(int(stats.binom.ppf(0.025, len(values), 0.5)), 1)
        return [values[rank - 1], values[-rank]]
    ends = mean_interval(numpy.log(values))
    middle = numpy.median(values) if ends else None
    return ends and [min(math.exp(ends[0]), middle), max(math.exp(ends[1]), middle)]


def middle(values):
    return numpy.median(values) if values else None


def estimate(values):
    return {"median": middle(values), "ci95": median_interval(values)} if values else None


# From a block's passes to the values of its pairs.


def counted(record):
    return [value for value in record["values"] if not value["warmup"]]


def said(things, key):
    return [thing[key] for thing in things if thing.get(key) is not None]


def medians(processes, key):
    return [numpy.median(values) for passes in processes if (values := said(passes, key))]


def by_sweep(record, key):
    """The first counted pass of each sweep."""
    return {value["sweep"]: value for value in reversed(counted(record)) if value.get(key)}


def own_time(record, value):
    """Its time, of one worker without what it waited for a CPU."""
    delay = value.get("run_delay_ns") if record["cell"]["workers"] == 1 else None
    return value["ns"] - delay if delay and delay < value["ns"] else value["ns"]


def unseen_waiting(alone, workers):
    """By how much several workers may be faster than they look beside this one: log(1 + n(1 - g)/g)."""
    known = [value for value in counted(alone) if value.get("run_delay_ns") is not None]
    shares = [value["ns"] / own_time(alone, value) - 1 for value in known if value["run_delay_ns"] < value["ns"]]
    return math.log1p(workers * numpy.median(shares)) if shares else 0.0


def compare(one, other, more_work=0.0):
    """The pair as (how many times as fast `one` is, what waiting hides, its CPU time over the other's), all logs; none
    without a common sweep."""
    ours, theirs = by_sweep(one, "ns"), by_sweep(other, "ns")
    logs = [math.log(own_time(other, theirs[at]) / own_time(one, ours[at])) for at in ours.keys() & theirs.keys()]
    ours, theirs = by_sweep(one, "cpu_ns"), by_sweep(other, "cpu_ns")
    cpu = [math.log(ours[at]["cpu_ns"] / theirs[at]["cpu_ns"]) for at in ours.keys() & theirs.keys()]
    workers, against, waiting = one["cell"]["workers"], other["cell"]["workers"], 0.0
    if workers > 1 and against == 1:
        waiting = unseen_waiting(other, workers)
    elif workers == 1 and against > 1:
        waiting = -unseen_waiting(one, against)
    centre = location if max(workers, against) > 1 else numpy.median
    return [(centre(logs) + more_work, waiting, centre(cpu) - more_work if cpu else None)] if logs else []


def together_over_alone(block):
    """A block of capacity: what its processes do together over what one does alone."""
    logs, passes = [], [value for record in block for value in counted(record)]
    for sweep in {value["sweep"] for value in passes}:
        alone, together = (
            said([it for it in passes if it["sweep"] == sweep and it["concurrent"] == count], "ns") for count in (1, len(block))
        )
        if alone and len(together) == len(block) > 1:
            logs.append(math.log(sum(numpy.mean(alone) / time for time in together)))
    return [location(logs)] if logs else []


# Who is the fastest, and what choosing another can cost.


def several(cells):
    return sum(cell.workers > 1 for cell in cells)


UNSEEN, SWINGS = Prior(1, 0.1**2), Prior(4, 0.15**2)


def prior_of(samples):
    """What many small samples together say of their variances (Smyth 2004, 6.2)."""
    samples = [(numpy.var(values, ddof=1), len(values) - 1) for values in samples if len(values) > 1]
    variances, dfs = numpy.array([sample for sample in samples if sample[0] > 0]).reshape(-1, 2).T
    if len(variances) < 3:
        return UNSEEN
    logs = numpy.log(variances) - special.digamma(dfs / 2) + numpy.log(dfs / 2)
    excess = numpy.var(logs, ddof=1) - numpy.mean(special.polygamma(1, dfs / 2))
    if excess <= 0:
        return Prior(1e6, numpy.sum(variances * dfs) / numpy.sum(dfs))
    half = math.exp(optimize.brentq(lambda log: special.polygamma(1, math.exp(log)) - excess, -20, 40))
    return Prior(2 * half, math.exp(numpy.mean(logs) + special.digamma(half) - math.log(half)))


class Contest:
    def __init__(self, cells, meetings):
        self.order, self.met = {cell: index for index, cell in enumerate(cells)}, collections.defaultdict(list)
        quiet = {meeting.block for meeting in meetings if not meeting.disturbed}
        for meeting in meetings:
            if len(quiet) < 3 or not meeting.disturbed:
                self.met[meeting.pair].append(meeting)
        of_kind = lambda kind: [[it.value for it in met] for pair, met in self.met.items() if several(pair) == kind]
        self.priors = {kind: prior_of(of_kind(kind)) for kind in (0, 2)}

    def direct(self, one, other, of_mixed=UNSEEN):
        sign = 1 if self.order[one] < self.order[other] else -1
        met = self.met.get((one, other)[::sign])
        if not met:
            return None
        values, n = [sign * it.value for it in met], len(met)
        prior = self.priors.get(several((one, other)), of_mixed)
        own = numpy.var(values, ddof=1) if n > 1 else 0.0
        df = prior.df + n - 1
        error = math.sqrt((prior.df * prior.variance + (n - 1) * own) / df / n)
        waiting = sign * numpy.mean([it.waiting for it in met])
        return Contrast(numpy.mean(values), error, df, n, max(-waiting, 0), max(waiting, 0))

    def contrast(self, one, other):
        """By their own meetings, else through the third that has met both most often; of several the last."""
        found = self.direct(one, other)
        thirds = [] if found else [third for third in reversed(self.order) if third not in (one, other)]
        bridges = [bridge for third in thirds if all(bridge := (self.direct(one, third), self.direct(third, other)))]
        if not bridges:
            return found
        a, b = max(bridges, key=lambda bridge: min(side.meetings for side in bridge))
        fewest = min(a.df, b.df), min(a.meetings, b.meetings)
        return Contrast(a.estimate + b.estimate, math.hypot(a.error, b.error), *fewest, a.below + b.below, a.above + b.above)

    def tied_together(self, cells):
        """The largest part of the cells in which each can be compared with each."""
        meets = lambda one, other: one == other or self.contrast(one, other) is not None
        reach = [[other for other in cells if meets(one, other)] for one in reversed(cells)]
        largest = max(reach, key=len, default=[])
        return [one for one in largest if all(meets(one, other) for other in largest)]

    def in_play(self, among):
        """Those that no other surely beats."""

        def beats(found):
            surely = found and stats.t.isf(0.01 / len(among), found.df) * found.error
            return found and found.meetings >= 2 and found.estimate - found.below > surely

        lost = lambda cell: any(beats(self.direct(one, cell, prior)) for one in among if one != cell for prior in (UNSEEN, SWINGS))
        return [cell for cell in among if not lost(cell)]

    def regret(self, choice, among):
        level = 0.05 / max(len(among) - 1, 4)
        found = [self.contrast(choice, other) for other in among if other != choice]
        return max([0.0] + [stats.t.isf(level, it.df) * it.error - it.estimate + it.below for it in found])

    def gain(self, choice, over):
        if choice == over:
            return {"over": over, "ratio": 1.0, "ci95": [1.0, 1.0]}
        found = self.contrast(choice, over)
        half = stats.t.ppf(0.975, found.df) * found.error
        ends = [found.estimate - half - found.below, found.estimate + half + found.above]
        return {"over": over, "ratio": math.exp(found.estimate), "ci95": ratio_ends(ends)}
