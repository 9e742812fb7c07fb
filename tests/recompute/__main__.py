"""Recomputes the figures and answers of runs with numpy and scipy, and holds them against gilmatrix's.

    python tests/recompute GILMATRIX RUN...

It is written from docs/method.md, docs/protocol.md and docs/results.schema.json, and reads `run.json` and
`records.jsonl`. What is a judgement and no figure is taken from `results.json`: a cell's outcome and its doubts.
"""
import collections
import itertools
import json
import math
import pathlib
import subprocess
import sys
import tempfile

import numpy
from scipy import stats

import derived
from formulas import Contest, Meeting, compare, counted, estimate, mean_interval, median_interval
from formulas import medians, middle, ratio_ends, said, together_over_alone

TOLERANCE = 1e-3
# Doubts that leave a cell its ratios.
HARMLESS = {"answer_unproven", "busy_machine", "different_builds", "own_threads"}
UNASKED = {"excluded", "filtered", "other_shard"}
SITUATIONS = ["warm", "same_interpreter", "cold", "responsive"]
PHASES = ["start", "imports", "pool", "warmup", "first", "work", "teardown"]
SIMPLEST_FIRST = ["inline", "command", "loop", "threads", "interpreters", "processes"]
OVER_ITSELF = {"ratio": 1.0, "ci95": [1.0, 1.0], "pairs": 0, "settled": True}

Cell = collections.namedtuple("Cell", "interpreter workload mode workers start_method environment")


def cell_of(fields):
    return Cell(*(fields.get(name) for name in Cell._fields))


def single(interpreter, cell):
    """What ratios of a cell are taken over: the plain loop, of commands the command in the plain environment."""
    return Cell(interpreter, cell.workload, "command" if cell.mode == "command" else "single", 1, None, "plain")


class Run:
    def __init__(self, folder, results):
        self.run = json.loads((folder / "run.json").read_text())
        records = [json.loads(line) for line in (folder / "records.jsonl").read_text().splitlines()]
        self.precision = self.run["matrix"]["run"]["precision"]
        self.baseline = self.run["matrix"]["interpreters"]["baseline"]
        self.cells = [cell_of(planned["cell"]) for planned in self.run["plan"]["cells"]]
        self.weak = {it["name"] for it in self.run["matrix"]["workloads"] if it.get("scaling") == "weak"}
        self.kinds = {mode["name"]: mode["kind"] for mode in self.run.get("modes") or results["modes"]}
        judged = zip(self.cells, results["cells"], strict=True)
        self.comparable = {
            cell for cell, it in judged if it["outcome"] == "completed" and {doubt["kind"] for doubt in it["doubts"]} <= HARMLESS
        }
        self.warm, self.solos, blocks = (collections.defaultdict(list) for _ in range(3))
        for record in records:
            blocks[record["block"], record["kind"]].append(record)
            if record["outcome"] == "completed" and record["kind"] in ("block", "rivals"):
                self.warm[cell_of(record["cell"])].append(record)
            elif record["outcome"] == "completed" and record["kind"] == "solo" and record.get("side") != "base":
                self.solos[cell_of(record["cell"])].append(record)
        self.pairs, self.meetings, self.capacity, self.references = (collections.defaultdict(list) for _ in range(4))
        for (block, kind), members in sorted(blocks.items(), key=lambda it: it[0][0] or 0):
            sound = [member for member in members if member["outcome"] == "completed"]
            if kind == "capacity" and sound == members:
                self.capacity[cell_of(members[0]["cell"])._replace(workers=len(members))] += together_over_alone(members)
            elif kind == "reference" and len(sound) == 2:
                reference, own = sorted(sound, key=lambda it: it["cell"]["workload"] != "@reference")
                self.references[own["cell"]["workload"]] += compare(own, reference)
            elif kind in ("block", "rivals"):
                self.pair_up(block, sound)

    def work(self, cell):
        """Log of how many times the work of one worker a pass is."""
        return math.log(cell.workers) if cell.workload in self.weak else 0.0

    def pair_up(self, block, members):
        """Takes every two members of a block; of several of one cell the first."""
        of_cell = {cell_of(member["cell"]): member for member in reversed(members)}
        disturbed = any((member["disturbance"] or {}).get("reason") for member in members)
        for one, other in itertools.combinations([cell for cell in self.cells if cell in of_cell], 2):
            for value, waiting, cpu in compare(of_cell[one], of_cell[other], self.work(one) - self.work(other)):
                self.pairs[one, other].append((value, waiting, cpu))
                self.pairs[other, one].append((-value, -waiting, None if cpu is None else -cpu))
                self.meetings[one.workload].append(Meeting((one, other), value, waiting, block, disturbed))

    def speedup(self, logs, ends, pairs):
        settled = ends is not None and pairs >= 10 and (ends[1] - ends[0]) / 2 <= self.precision
        return {"ratio": math.exp(logs), "ci95": ratio_ends(ends), "pairs": pairs, "settled": bool(settled)}

    def of_pairs(self, pairs):
        """The ratio over pairs of (value, waiting, ...)."""
        if not pairs:
            return None
        values, waiting = [pair[0] for pair in pairs], numpy.mean([pair[1] for pair in pairs])
        return self.speedup(numpy.mean(values), mean_interval(values, waiting), len(pairs))

    def over(self, cell, other):
        """A cell's speedup over a plain loop, and its CPU time over that one's."""
        if not {cell, other} <= self.comparable:
            return None, None
        if cell == other:
            return OVER_ITSELF if self.warm[cell] else None, {"value": 1.0, "ci95": [1.0, 1.0]}
        pairs = self.pairs[cell, other]
        cpu = [pair[2] for pair in pairs if pair[2] is not None]
        return self.of_pairs(pairs), {"value": math.exp(numpy.mean(cpu)), "ci95": ratio_ends(mean_interval(cpu))} if cpu else None

    def totals(self, cell):
        """By round the mean log of the cold total, for one worker's work."""
        rounds = collections.defaultdict(list)
        for record in self.solos[cell]:
            if record["total_ns"]:
                rounds[record["round"]].append(math.log(record["total_ns"]) - self.work(cell))
        return {number: numpy.mean(logs) for number, logs in rounds.items()}

    def total_speedup(self, cell, base):
        ours, theirs = self.totals(cell), self.totals(base)
        if not {cell, base} <= self.comparable or not (ours and theirs):
            return None
        if cell == base:
            return OVER_ITSELF
        paired = [theirs[number] - ours[number] for number in ours.keys() & theirs.keys()]
        if len(paired) >= 3:
            return self.speedup(numpy.mean(paired), mean_interval(paired), len(paired))
        ours, theirs = list(ours.values()), list(theirs.values())
        fewest = min(len(ours), len(theirs))
        ends = stats.ttest_ind(theirs, ours, equal_var=False).confidence_interval(0.95) if fewest >= 3 else None
        return self.speedup(numpy.mean(theirs) - numpy.mean(ours), ends, fewest)

    def figures(self, cell):
        """What `results.json` has of a cell, under the same names."""
        warm, solos = [counted(record) for record in self.warm[cell]], self.solos[cell]
        resources = [record["resources"] for record in solos if record["resources"]]
        with_cpu = [cpu for passes in warm if (cpu := [it for it in passes if it["cpu_ns"] is not None])]
        cores = [sum(it["cpu_ns"] for it in passes) / sum(it["ns"] for it in passes) for passes in with_cpu]
        base, own = single(self.baseline, cell), single(cell.interpreter, cell)
        (over_base, cpu_over_base), (over_self, cpu_over_self) = self.over(cell, base), self.over(cell, own)
        phases = PHASES if cell.mode != "command" else ["first"]
        return {
            "wall_ns": estimate(medians(warm, "ns")),
            "total_ns": estimate(said(solos, "total_ns")),
            "cpu_ns": middle(said(resources, "cpu_ns")),
            "cpu_cores_used": middle(cores),
            "peak_rss_bytes": max(said(resources, "peak_rss_bytes"), default=None),
            "peak_pss_bytes": max(said(resources, "peak_pss_bytes"), default=None),
            "loop_lag_ns": middle(medians(warm, "loop_lag_ns")),
            "loop_lag_ci95": median_interval(medians(warm, "loop_lag_ns")),
            "loop_lag_p99_ns": middle(medians(warm, "loop_lag_p99_ns")),
            "phases_ns": {name: middle(said([record["phases_ns"] for record in solos], name)) for name in phases},
            "speedup": over_base,
            "speedup_self": over_self,
            "speedup_total": self.total_speedup(cell, base),
            "efficiency": over_self and over_self["ratio"] / cell.workers,
            "efficiency_ci95": over_self and over_self["ci95"] and [end / cell.workers for end in over_self["ci95"]],
            "cpu_over_base": cpu_over_base,
            "cpu_over_self": cpu_over_self,
        }

    def levels(self, cell, situation):
        """By round the log of a cell's cold total, or by block that of its stall; of several the first."""
        if situation == "cold":
            found = [(it["round"], it["total_ns"]) for it in self.solos[cell] if it["total_ns"]]
        else:
            stalls = [(it["block"], said(counted(it), "loop_lag_ns")) for it in self.warm[cell]]
            found = [(block, numpy.median(stall)) for block, stall in stalls if stall]
        return {at: math.log(level) for at, level in reversed(found)}

    def meet(self, workload, situation, cells):
        if situation in ("warm", "same_interpreter"):
            return self.meetings[workload]
        levels = {cell: self.levels(cell, situation) for cell in cells}
        return [
            Meeting((one, other), levels[other][at] - levels[one][at], 0.0, at, False)
            for one, other in itertools.combinations(cells, 2)
            for at in levels[one].keys() & levels[other].keys()
        ]

    def answer(self, workload, situation, figures):
        skipped = {cell_of(it["cell"]): (it["skipped"] or {}).get("kind") for it in self.run["plan"]["cells"]}
        cells = [cell for cell in self.cells if cell.workload == workload and skipped[cell] not in UNASKED]
        if situation == "same_interpreter":
            cells = [cell for cell in cells if cell.interpreter == self.baseline]
        elif situation == "cold":
            cells = [cell for cell in cells if cell.mode != "command"]
        elif situation == "responsive":
            cells = [cell for cell in cells if figures[cell]["loop_lag_ns"] is not None]
        ways = [cell for cell in cells if cell.mode != "command" or not skipped[cell]]
        if len(ways) < 2 and not (cells and situation == "warm"):
            return None
        completed = [cell for cell in cells if cell in self.comparable]
        if situation == "cold":
            again = [cell for cell in completed if len(said(self.solos[cell], "total_ns")) > 1]
            completed = again if len(again) > 1 else completed
        contest = Contest(self.cells, self.meet(workload, situation, completed))
        compared = contest.tied_together(completed)
        found = {"compared": len(compared), "not_considered": {cell for cell in cells if cell not in compared}}
        if len(compared) < 2:
            return found | {"choose": None, "gain": None, "regret": None, "decided": False, "as_good": set(), "memory_bytes": None}
        loop = single(self.baseline, cells[0])
        stay = loop if situation != "responsive" and loop in compared else None
        in_play = contest.in_play(compared)
        regrets = {cell: contest.regret(cell, in_play) for cell in in_play}
        within = self.deciding(contest, regrets, stay)
        weight = {cell: figures[cell]["peak_pss_bytes"] or figures[cell]["peak_rss_bytes"] or math.inf for cell in compared}
        if within:
            light = [cell for cell in within if weight[cell] <= 1.05 * min(weight[cell] for cell in within)]
            simple = lambda cell: (SIMPLEST_FIRST.index(self.kinds[cell.mode]), cell.interpreter != self.baseline, regrets[cell])
            choice = min(light, key=simple)
        else:
            worst = lambda one: min(contest.contrast(one, it).estimate for it in in_play if it != one)
            choice = max(in_play, key=worst)
            if stay in in_play and (choice == stay or contest.contrast(choice, stay).estimate <= math.log1p(self.precision)):
                choice = stay
        home = [cell for cell in compared if cell.interpreter == choice.interpreter]
        over = max(home, key=lambda cell: figures[cell]["loop_lag_ns"]) if situation == "responsive" else stay
        return found | {
            "choose": choice,
            "gain": over and contest.gain(choice, over),
            "regret": math.expm1(regrets[choice]),
            "decided": bool(within),
            "as_good": set(within) - {choice},
            "memory_bytes": weight[choice] if weight[choice] < math.inf else None,
        }

    def deciding(self, contest, regrets, stay):
        """Those whose regret is within the precision, and who met all others often enough."""
        often = lambda one: all(one == other or contest.contrast(one, other).meetings >= 3 for other in regrets)
        within = [cell for cell, regret in regrets.items() if regret <= math.log1p(self.precision) and often(cell)]
        if stay is None or stay in within:
            return within
        return [cell for cell in within if contest.contrast(cell, stay).estimate > 0]


def leaves(name, ours, theirs):
    """Name, ours and theirs of each single figure; of a part that `results.json` lacks, theirs is `None`."""
    if isinstance(ours, dict) and isinstance(theirs, dict):
        for key, value in ours.items():
            yield from leaves(f"{name}.{key}", value, theirs.get(key))
    elif isinstance(ours, list) and isinstance(theirs, list):
        yield from ((f"{name}.{end}", *both) for end, *both in zip(("low", "high"), ours, theirs, strict=True))
    else:
        yield name, ours, theirs


def agree(ours, theirs):
    numbers = all(isinstance(it, (int, float, numpy.number)) and not isinstance(it, bool) for it in (ours, theirs))
    return math.isclose(ours, theirs, rel_tol=TOLERANCE, abs_tol=1e-9) if numbers else ours == theirs


def both_sides(run, results):
    """Name, ours and theirs of each figure and answer."""
    figures = {cell: run.figures(cell) for cell in run.cells}
    for (cell, ours), theirs in zip(figures.items(), results["cells"], strict=True):
        yield from ((f"{' '.join(map(str, cell))}: {name}", value, theirs[name]) for name, value in ours.items())
    theirs = {cell_of(it): it for it in results["capacity"]}
    for cell in theirs.keys() | {cell for cell, logs in run.capacity.items() if logs}:
        logs = run.capacity[cell]
        ours = {"ratio": math.exp(numpy.mean(logs)), "ci95": ratio_ends(mean_interval(logs)), "blocks": len(logs)}
        yield f"capacity of {cell}", ours, theirs.get(cell)
    theirs = {it["workload"]: it["speedup"] for it in results["references"]}
    yield from ((f"{name} beside the reference", run.of_pairs(pairs), theirs.get(name)) for name, pairs in run.references.items())
    yield from derived.all_of(run, figures, results)
    theirs = {(it["workload"], it["situation"]): it for it in results["answers"]}
    for workload, situation in itertools.product([it["name"] for it in results["workloads"]], SITUATIONS):
        ours, answer = run.answer(workload, situation, figures), theirs.get((workload, situation))
        if answer:
            named = {"choose": answer["choose"] and cell_of(answer["choose"]), "as_good": set(map(cell_of, answer["as_good"]))}
            named["not_considered"] = {cell_of(it["cell"]) for it in answer["not_considered"]}
            named["gain"] = answer["gain"] and answer["gain"] | {"over": cell_of(answer["gain"]["over"])}
            answer |= named
        yield f"{workload} {situation}", ours, answer


def main():
    gilmatrix, *runs = sys.argv[1:]
    wrong = 0
    for run in runs:
        with tempfile.TemporaryDirectory() as out:
            # It ends as the run did, with a code of its own where something failed.
            subprocess.run([gilmatrix, "report", run, "--format", "json", "--out", out], stdout=subprocess.DEVNULL)
            results = json.loads((pathlib.Path(out) / "results.json").read_text())
        sides = both_sides(Run(pathlib.Path(run), results), results)
        figures = [leaf for name, ours, theirs in sides for leaf in leaves(name, ours, theirs) if leaf[1:] != (None, None)]
        others = [leaf for leaf in figures if not agree(*leaf[1:])]
        for name, ours, theirs in others:
            print(f"{name}: recomputed {ours}, gilmatrix has {theirs}")
        print(f"{run}: {len(figures) - len(others)} of {len(figures)} figures agree within {TOLERANCE:.1%}")
        assert figures, "nothing was there to recompute"
        wrong += len(others)
    sys.exit(wrong > 0)


main()
