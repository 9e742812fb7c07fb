#!/usr/bin/env python3
"""The sampler's goals, measured on real runs of gilmatrix.

    python3 benchmarks/sampler/sampler.py GILMATRIX [PYTHON] [cost|cpu|memory|lost|others]...

`lost` needs `cargo build --release --example sampler-cost` too. Makes an environment of its own for psrecord and pyperf (`others`), in a temporary folder.
"""
import ast, bisect, glob, json, math, os, pathlib, random, statistics, subprocess, sys, tempfile, time, venv

GILMATRIX = sys.argv[1]
PYTHON = sys.argv[2] if len(sys.argv) > 2 else "3.13"
PARTS = sys.argv[3:] or ["cost", "cpu", "memory", "lost", "others"]
SCRIPT = pathlib.Path(__file__).resolve().with_name("script.py")
FOLDER = pathlib.Path(tempfile.mkdtemp(prefix="sampler-"))
TICK = os.sysconf("SC_CLK_TCK")
RUNS = iter(range(10**6))


def run(function, args, mode="single", workers=1, start="fork", tasks=1, rounds=1, rate=20, beside=None):
    """Solo invocations of one cell; their records, and the CPU of all children by the runner's own ticks."""
    out = FOLDER / f"run-{next(RUNS)}"
    matrix = FOLDER / "matrix.toml"
    text = ", ".join(f"{name} = {json.dumps(value)}" for name, value in args.items())
    modes = '"single"' if mode == "single" else f'"{mode}"'
    matrix.write_text(f"""
[run]
max_rounds = {rounds}
sample_rate = {rate}
budget = "5m"
[interpreters]
use = ["{PYTHON}"]
[modes]
use = [{modes}]
workers = [{workers}]
start_methods = ["{start}"]
[[workload]]
name = "measured"
script = "{SCRIPT}"
function = "{function}"
tasks = {tasks}
args = {{ {text} }}
""")
    filters = ["-m", mode] if mode != "single" else []
    command = [GILMATRIX, "run", str(matrix), "--out", str(out), "--format", "json", *filters]
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    marks = {}
    for line in child.stdout:
        event = json.loads(line)["event"]
        if event in ("started", "finished"):
            fields = pathlib.Path(f"/proc/{child.pid}/stat").read_text().rsplit(")", 1)[1].split()
            marks[event] = (int(fields[13]) + int(fields[14])) / TICK
    child.wait()
    records = [json.loads(line) for line in open(out / "records.jsonl")]
    for record in records:
        assert record["outcome"] == "completed", record["reason"]
    solos = [one for one in records if one["kind"] == "solo" and one["cell"]["mode"] == mode]
    return solos, sum(one["resources"]["cpu_ns"] for one in records if one["resources"]) / 1e9, \
        marks["finished"] - marks["started"]


def cost():
    print("| tree | other processes | rate, Hz | sampler's CPU, of one core | without PSS | late ticks | backend |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for others in (0, 2000):
        sleepers = [subprocess.Popen(["sleep", "600"]) for _ in range(others)]
        try:
            for size in (5, 9, 33):
                for rate in (20, 100) if others == 0 else (20,):
                    solos, _, _ = run("pause", {"milliseconds": 400}, "mp", size - 1, tasks=size - 1, rate=rate)
                    resources = solos[0]["resources"]
                    assert resources["peak_processes"] == size, resources["peak_processes"]
                    seen = resources["sampler"]
                    reached = seen["ticks"] / seen["wall_ns"] * 1e9
                    whole = 100 * seen["cpu_ns"] / seen["wall_ns"]
                    bare = 100 * (seen["cpu_ns"] - seen["pss_cpu_ns"]) / seen["wall_ns"]
                    print(f"| {size} | {others} | {reached:.1f} of {rate} | {whole:.2f} % | {bare:.2f} % "
                          f"| {seen['late_ticks']} of {seen['ticks']} | {seen['backend']} |", flush=True)
        finally:
            for one in sleepers:
                one.kill()
            for one in sleepers:
                one.wait()


def cpu():
    print("| tree | recorded, s | the kernel's sum, s | difference |\n| --- | --- | --- | --- |")
    kinds = [("single", "fork", "work", {"milliseconds": 1500}, 1)]
    kinds += [("mp", start, "work", {"milliseconds": 800}, 4) for start in ("fork", "forkserver", "spawn")]
    kinds += [("single", "fork", "children", {"count": 60}, 1)]
    for mode, start, function, args, tasks in kinds:
        # One round: later ones have blocks, whose processes are not sampled.
        _, recorded, kernel = run(function, args, mode, tasks if tasks > 1 else 1, start, tasks)
        name = "children of 5 to 50 ms" if function == "children" else f"{mode} {start}" if mode == "mp" else mode
        print(f"| {name} | {recorded:.3f} | {kernel:.2f} | {100 * (recorded / kernel - 1):+.3f} % |", flush=True)


def memory():
    print("| 300 MiB held for | peak RSS, of the high-water mark | PSS, of the process's own reading | PSS readings |")
    print("| --- | --- | --- | --- |")
    for hold in (0, 20, 100, 600):
        rss, pss, count = [], [], []
        for _ in range(4):
            log = FOLDER / f"log-{next(RUNS)}"
            solos, _, _ = run("memory", {"mib": 300, "hold": hold, "log": str(log)})
            notes = [ast.literal_eval(line) for name in glob.glob(f"{log}.*") for line in open(name)]
            resources = solos[0]["resources"]
            rss.append(resources["peak_rss_bytes"] / max(note["Hwm"] for note in notes))
            count.append(resources["pss_samples"])
            if hold >= 20:
                pss.append((resources["peak_pss_bytes"] or 0) / max(note["Pss"] for note in notes))
        show = lambda all: f"{100 * min(all):.1f} to {100 * max(all):.1f} %" if all else "–"
        print(f"| {hold} ms | {show(rss)} | {show(pss)} | {min(count)} to {max(count)} |", flush=True)


def lost():
    """Throughput of a full machine, the sampler toggled inside one run: pairs of neighbouring stretches, in
    random order."""
    window, pairs = 0.4, int(os.environ.get("PAIRS", 150))
    follow = pathlib.Path(GILMATRIX).parent / "examples" / "sampler-cost"
    print("| rate | CPU of the sampler, of one core | throughput lost, of the whole machine | pairs |\n| --- | --- | --- | --- |")
    for rate in map(int, os.environ.get("RATES", "20 100").split()):
        tree = subprocess.Popen([sys.executable, str(SCRIPT), "4"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        tool = subprocess.Popen([follow, "follow", str(tree.pid), str(rate)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        time.sleep(1)
        marks = []
        for _ in range(pairs):
            pair = ["on", "off"]
            random.shuffle(pair)
            for word in pair:
                tool.stdin.write(word + "\n")
                tool.stdin.flush()
                begin = time.monotonic()
                time.sleep(window)
                marks.append((word, begin, time.monotonic()))
        tool_out, _ = tool.communicate()
        ends = sorted(map(float, tree.communicate()[0].split()))
        # A unit takes some hundred microseconds: what its edges cut is nothing beside a window.
        count = lambda begin, end: bisect.bisect(ends, end) - bisect.bisect(ends, begin)
        rates = [(word, count(begin, end) / (end - begin)) for word, begin, end in marks]
        logs = [math.log(dict(rates[i : i + 2])["off"] / dict(rates[i : i + 2])["on"]) for i in range(0, len(rates), 2)]
        half = 2.02 * statistics.stdev(logs) / math.sqrt(len(logs))
        cpu, wall, _ = map(int, tool_out.split())
        print(f"| {rate} Hz | {100 * cpu / wall:.2f} % | {100 * statistics.mean(logs):+.2f} % ± {100 * half:.2f} | {pairs} |", flush=True)


def others():
    place = FOLDER / "venv"
    venv.create(place, with_pip=True)
    subprocess.run([place / "bin" / "pip", "install", "-q", "psrecord", "pyperf", "psutil"], check=True)
    code = (f"import sys; sys.path.insert(0, {str(SCRIPT.parent)!r}); import multiprocessing as m, script; "
            "p = m.get_context('fork').Pool(4); [p.map(script.work, [1500] * 4) for _ in range(3)]; "
            "p.map(script.pause, [1]); p.close(); p.join()")
    # As root of its own CPU: the watched command's is its child's.
    print("| tool | asked | CPU of the tool, of one core | samples a second | CPU of the tree, s (kernel's) | peak memory, MiB |")
    print("| --- | --- | --- | --- | --- | --- |")
    _, recorded, _ = run("work", {"milliseconds": 1500}, "mp", 4, tasks=4)
    for rate in (10, 50):
        log = FOLDER / "psrecord.txt"
        start = time.monotonic()
        tool = subprocess.Popen([place / "bin" / "psrecord", f"{sys.executable} -c \"{code}\"", "--interval",
                                 str(1 / rate), "--include-children", "--log", str(log)], stdout=subprocess.DEVNULL)
        os.waitid(os.P_PID, tool.pid, os.WEXITED | os.WNOWAIT)
        wall = time.monotonic() - start
        own = time.clock_gettime((~tool.pid << 3) | 2)
        _, _, usage = os.wait4(tool.pid, 0)
        rows = [line.split() for line in open(log) if line.strip() and not line.startswith("#")]
        times, shares = [float(row[0]) for row in rows], [float(row[1]) for row in rows]
        summed = sum(share / 100 * (b - a) for share, a, b in zip(shares[1:], times, times[1:]))
        kernel = usage.ru_utime + usage.ru_stime - own
        peak = max(float(row[2]) for row in rows)
        print(f"| psrecord | {rate} Hz | {100 * own / wall:.1f} % | {len(rows) / wall:.1f} "
              f"| {summed:.2f} ({kernel:.2f}) | {peak:.0f} RSS, no PSS |", flush=True)
    solos, recorded, kernel = run("work", {"milliseconds": 1500}, "mp", 4, tasks=4)
    resources = solos[0]["resources"]
    seen = resources["sampler"]
    print(f"| gilmatrix | 20 Hz | {100 * seen['cpu_ns'] / seen['wall_ns']:.2f} % | {seen['ticks'] / seen['wall_ns'] * 1e9:.1f} "
          f"| {recorded:.2f} ({kernel:.2f}) | {resources['peak_rss_bytes'] / 2**20:.0f} RSS, "
          f"{resources['peak_pss_bytes'] / 2**20:.0f} PSS |", flush=True)
    done = subprocess.run([place / "bin" / "pyperf", "command", "--track-memory", "-p", "1", "-n", "1", "-w", "0", "-l", "1",
                           sys.executable, "-c", code], capture_output=True, text=True)
    lines = [line for line in (done.stdout + done.stderr).splitlines() if line.strip()]
    print(f"\npyperf command --track-memory: {lines[-1] if lines else 'nothing'}", flush=True)


for part in PARTS:
    print(f"\n{part}\n", flush=True)
    {"cost": cost, "cpu": cpu, "memory": memory, "lost": lost, "others": others}[part]()
