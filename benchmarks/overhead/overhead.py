#!/usr/bin/env python3
"""The same invocations through gilmatrix (sampling on), hyperfine and a bare shell loop, interleaved.

    python3 benchmarks/overhead/overhead.py GILMATRIX HYPERFINE [PYTHON] [ROUNDS]

One cell, fib in mode `single`: each of its 3 solo invocations starts Python, runs 3 passes of about 0.3 s and ends. The
others run `cpu_bench.py --passes` with the same workload as often; the first with a pass more, since gilmatrix warms the
first invocation of a cell up after its cold pass. gilmatrix is timed from its
`started` to its `finished` event: finding interpreters before and drawing reports after aren't invocations. Its own CPU
is read between the two from its process's CPU clock, that of its children from the kernel's ticks.
"""
import json, os, pathlib, random, statistics, subprocess, sys, tempfile, time

GILMATRIX, HYPERFINE = sys.argv[1], sys.argv[2]
PYTHON = sys.argv[3] if len(sys.argv) > 3 else "python3.13"
ROUNDS = int(sys.argv[4]) if len(sys.argv) > 4 else 10
HARNESS = pathlib.Path(__file__).resolve().parents[2] / "python-workloads" / "cpu_bench.py"
TASKS, N, PASSES, INVOCATIONS = 8, 28, 3, 3
folder = pathlib.Path(tempfile.mkdtemp(prefix="overhead-"))
(folder / "matrix.toml").write_text(f"""
[run]
budget = "60s"  # longer runs measure a reference, too
until = "settled"
max_rounds = {INVOCATIONS}
[interpreters]
use = ["{PYTHON}"]
[modes]
use = ["single"]
[[workload]]
name = "fib"
tasks = {TASKS}
args = {{ n = {N} }}
""")
# As gilmatrix sets it: no one's variables, bytecode kept.
ENV = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
ENV |= {"PYTHONHASHSEED": "0", "PYTHONPYCACHEPREFIX": str(folder / "pycache"), "OPENBLAS_NUM_THREADS": "1"}
COMMANDS = [" ".join([PYTHON, str(HARNESS), "--mode single --workload fib --tasks", str(TASKS), "--arg", f"n={N}",
                      "--passes", str(PASSES + (number == 0))]) for number in range(INVOCATIONS)]
TICK = os.sysconf("SC_CLK_TCK")


def own_cpu(pid):
    return time.clock_gettime((~pid << 3) | 2)


def children_cpu(pid):
    fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[13]) + int(fields[14])) / TICK


def gilmatrix(number):
    out = folder / f"run-{number}"
    child = subprocess.Popen([GILMATRIX, "run", str(folder / "matrix.toml"), "--out", str(out), "--format", "json"],
                             stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENV, text=True)
    marks = {}
    for line in child.stdout:
        event = json.loads(line)["event"]
        if event in ("started", "finished"):
            marks[event] = (time.monotonic(), own_cpu(child.pid), children_cpu(child.pid))
    child.wait()
    records = [json.loads(line) for line in open(out / "records.jsonl")]
    assert len(records) == INVOCATIONS and all(len(one["values"]) == PASSES for one in records), len(records)
    assert all(one["resources"]["samples"] for one in records), "sampled"
    assert [len(one["warm_ups"]) for one in records] == [1] + [0] * (INVOCATIONS - 1), "warmed up once"
    wall, own, theirs = (b - a for a, b in zip(marks["started"], marks["finished"]))
    return wall, own, theirs


def timed(command):
    start = time.monotonic()
    subprocess.run(command, env=ENV, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
    return time.monotonic() - start


def hyperfine():
    return timed([HYPERFINE, "-N", "--warmup", "0", "--runs", "1", *COMMANDS])


def shell():
    return timed(["bash", "-c", "; ".join(COMMANDS)])


shell(), gilmatrix("warm")
walls, shares = {"gilmatrix": [], "hyperfine": [], "shell": []}, []
for number in range(ROUNDS):
    for name in random.sample(list(walls), 3):
        if name == "gilmatrix":
            wall, own, theirs = gilmatrix(number)
            walls[name].append(wall)
            shares.append((own, theirs))
        else:
            walls[name].append(hyperfine() if name == "hyperfine" else shell())


def ratio(of, over):
    ratios = sorted(a / b for a, b in zip(walls[of], walls[over]))
    pair = sum(walls[of]) / sum(walls[over])
    return f"{statistics.median(ratios):.3f} | {ratios[0]:.3f} to {ratios[-1]:.3f} | {pair:.3f}"


print(f"{ROUNDS} rounds of {INVOCATIONS} invocations each\n")
print("| wall time | median of the rounds' ratios | range | ratio of the sums |\n| --- | --- | --- | --- |")
print(f"| gilmatrix / hyperfine | {ratio('gilmatrix', 'hyperfine')} |")
print(f"| gilmatrix / shell loop | {ratio('gilmatrix', 'shell')} |")
print(f"| hyperfine / shell loop | {ratio('hyperfine', 'shell')} |")
own, theirs = (sum(column) for column in zip(*shares))
print(f"\nRunner's CPU: {own:.3f} s beside {theirs:.2f} s of the invocations': {100 * own / theirs:.2f} %")
