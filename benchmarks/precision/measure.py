"""How long until a ratio is known to ±2 %? gilmatrix and pyperf in turn, the same function and interpreter twice,
so that the truth is 1 and every interval can be checked.

    python3 benchmarks/precision/measure.py --gilmatrix target/release/gilmatrix --python ~/.pyenv/versions/3.13.0/bin/python3.13 \
        --trials 10 --out benchmarks/precision/trials.jsonl

Appends to the file, one line a trial; benchmarks/precision/score.py makes the table of it. About 45 s a trial."""
import argparse, json, pathlib, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).resolve().parent
FIB = HERE.parents[1] / "python-workloads/workloads/fib.py"
MATRIX = """
[run]
precision = {precision}
until = "settled"
max_rounds = 200
[interpreters]
use = ["a", "b"]
baseline = "a"
[[interpreter]]
name = "a"
request = "{python}"
[[interpreter]]
name = "b"
request = "{python}"
[modes]
use = ["single"]
[[workload]]
name = "fib"
tasks = 4
args = {{ n = 20 }}
"""

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("--gilmatrix", required=True)
parser.add_argument("--python", required=True)
parser.add_argument("--trials", type=int, default=10)
parser.add_argument("--precision", type=float, default=0.02)
parser.add_argument("--budget", default="60s")
parser.add_argument("--out", type=pathlib.Path, required=True)
options = parser.parse_args()


def environment(folder):
    """A virtual environment of that interpreter with pyperf in it."""
    subprocess.run([options.python, "-m", "venv", folder], check=True)
    python = str(pathlib.Path(folder) / "bin/python")
    subprocess.run([python, "-m", "pip", "install", "-q", "pyperf==2.10.0"], check=True)
    return python


def gilmatrix(folder, seed):
    """The whole command, from start to finished reports."""
    (folder / "matrix.toml").write_text(MATRIX.format(python=options.python, precision=options.precision))
    out = folder / f"run-{seed}"
    begin = time.monotonic()
    command = [options.gilmatrix, "run", str(folder / "matrix.toml"), "--budget", options.budget,
               "--seed", str(seed), "--out", str(out), "--format", "json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    seconds = time.monotonic() - begin
    results = json.loads((out / "results.json").read_text())
    speedup = next(c for c in results["cells"] if c["interpreter"] == "b")["speedup"]
    # One value a block, with the moment when it was known.
    ends, sides = {}, {}
    for line in (out / "records.jsonl").read_text().splitlines():
        record = json.loads(line)
        if record["kind"] != "block" or record["outcome"] != "completed":
            continue
        values = [v for v in record["values"] if not v["warmup"]]
        sides.setdefault(record["block"], {})[record["cell"]["interpreter"]] = {v["sweep"]: v["ns"] for v in values}
        end = max(v["start_ns"] + v["ns"] for v in values)
        ends[record["block"]] = max(end, ends.get(record["block"], 0))
    return {"seconds": seconds, "ratio": speedup["ratio"], "ci95": speedup["ci95"], "pairs": speedup["pairs"],
            "settled": speedup["settled"], "blocks": [[ends[b] / 1e9, s] for b, s in sorted(sides.items())]}


def pyperf(python, folder, name):
    """pyperf's own defaults: a calibrating process, then 20 with three values each."""
    out = folder / f"{name}.json"
    begin = time.monotonic()
    subprocess.run([python, str(HERE / "bench.py"), "--fib", str(FIB), "-o", str(out), "--quiet"], check=True, stdout=subprocess.DEVNULL)
    seconds = time.monotonic() - begin
    runs = json.loads(out.read_text())["benchmarks"][0]["runs"]
    out.unlink()
    return {"seconds": seconds, "processes": [run["values"] for run in runs if "values" in run]}


with tempfile.TemporaryDirectory() as folder:
    folder = pathlib.Path(folder)
    python = environment(folder / "venv")
    # What a first run does once (probing, bytecode) is nobody's precision.
    gilmatrix(folder, 0)
    for trial in range(options.trials):
        seed = int(time.time())
        row = {"precision": options.precision, "gilmatrix": gilmatrix(folder, seed)}
        row["pyperf"] = [pyperf(python, folder, "a"), pyperf(python, folder, "b")]
        with options.out.open("a") as out:
            out.write(json.dumps(row) + "\n")
        print(f"{trial + 1}/{options.trials}: gilmatrix {row['gilmatrix']['seconds']:.1f} s {row['gilmatrix']['ci95']} "
              f"settled={row['gilmatrix']['settled']}, pyperf {sum(p['seconds'] for p in row['pyperf']):.1f} s", file=sys.stderr, flush=True)
