"""Who notices which lie, and who accuses the honest: every case of lies.py and honest.py through gilmatrix, pyperf and hyperfine.

    python3 benchmarks/lies/run.py [--gilmatrix PROGRAM] [--only NAME]... [--beside N] [--seconds N] [--others] lies|honest

`--beside N` keeps N CPUs busy from other sessions meanwhile. `--others` asks pyperf and hyperfine, too, where they are on PATH.
The table goes to standard output. The exit code is 1 where a lie isn't called by its name, or the honest are accused.
"""
import argparse
import contextlib
import importlib.util
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
MATRIX = """[run]
budget = "{seconds}s"
[interpreters]
use = ["{interpreter}"]
[modes]
use = ["single", "threads", "mp"]
workers = [2]
[[workload]]
script = "case.py"
function = "work"
tasks = {tasks}
{more}"""
# What is no fault of a function.
SURROUNDINGS = {"busy_machine", "different_builds"}


def cases(text, head):
    """Yields name, accepted kinds, options and source of each case."""
    for block in re.split(r"^(?=#: (?!setup|needs|interpreter|tasks)\w+)", text, flags=re.M)[1:]:
        said = dict(re.findall(r"^#: (\w+)(?: = (.*))?$", block, flags=re.M))
        name = next(iter(said))
        kinds = [kind.strip() for kind in said.pop(name).split(",") if kind.strip()]
        yield name, kinds, said, head + re.sub(r"^#: .*\n", "", block, flags=re.M)


def ask_gilmatrix(options, said, folder):
    more = "".join('%s = "%s"\n' % (key, said[key]) for key in ("setup",) if key in said)
    if "needs" in said:
        more += "packages = [\"%s\"]\n" % said["needs"]
    matrix = MATRIX.format(seconds=options.seconds, interpreter=said.get("interpreter", options.interpreter),
                           tasks=said.get("tasks", 4), more=more)
    with open(os.path.join(folder, "matrix.toml"), "w") as file:
        file.write(matrix)
    ended = subprocess.run([options.gilmatrix, "run", "--out", "out"], cwd=folder, capture_output=True, text=True)
    try:
        with open(os.path.join(folder, "out", "results.json")) as file:
            results = json.load(file)
    except OSError:
        return {"no result: " + ended.stderr.strip().splitlines()[-1] if ended.stderr.strip() else "no result"}
    kinds = set()
    for cell in results["cells"]:
        if cell["outcome"] not in ("completed", "skipped"):
            kinds.add(cell["outcome"])
        kinds.update(doubt["kind"] for doubt in cell.get("doubts", []))
    for answer in results["answers"]:
        kinds.update(doubt["kind"] for doubt in answer["doubts"])
    return kinds - SURROUNDINGS


def ask_pyperf(options, folder):
    with open(os.path.join(folder, "perf.py"), "w") as file:
        file.write("import pyperf, case\npyperf.Runner().bench_func('work', case.work)\n")
    return warned([sys.executable, "perf.py", "--fast", "--processes", "3"], folder)


def ask_hyperfine(options, folder):
    with open(os.path.join(folder, "loop.py"), "w") as file:
        file.write("import case\nfor _ in range(4): case.work()\n")
    return warned(["hyperfine", "--style", "basic", "--runs", "10", sys.executable + " loop.py"], folder)


def warned(command, folder):
    """Returns what another tool objected to: its exit code, or its first warning."""
    ended = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if ended.returncode:
        return "exit %d" % ended.returncode
    found = re.search(r"warning:? *(.*)", ended.stdout + ended.stderr, flags=re.I)
    return found.group(1)[:60] if found else ""


@contextlib.contextmanager
def beside(count):
    spinning = [subprocess.Popen([sys.executable, "-c", "while True: pass"], start_new_session=True) for _ in range(count)]
    try:
        yield
    finally:
        for one in spinning:
            os.killpg(one.pid, signal.SIGKILL)
            one.wait()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("which", choices=["lies", "honest"])
    parser.add_argument("--gilmatrix", default="gilmatrix", type=lambda path: os.path.abspath(shutil.which(path) or path))
    parser.add_argument("--interpreter", default="3.13")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--beside", type=int, default=0)
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--others", action="store_true")
    options = parser.parse_args()
    module = __import__(options.which)
    others = {}
    if options.others and importlib.util.find_spec("pyperf"):
        others["pyperf"] = ask_pyperf
    if options.others and shutil.which("hyperfine"):
        others["hyperfine"] = ask_hyperfine
    print("|", " | ".join(["case", "expected", "gilmatrix", *others, ""]), "|")
    print("| --- | --- | --- |", "--- | " * (len(others) + 1))
    right = whole = 0
    with beside(options.beside):
        for name, expected, said, source in cases(module.CASES, module.FIB):
            if options.only and name not in options.only:
                continue
            with tempfile.TemporaryDirectory() as folder:
                with open(os.path.join(folder, "case.py"), "w") as file:
                    file.write(source)
                found = ask_gilmatrix(options, said, folder)
                told = [ask(options, folder) for ask in others.values()]
            sound = bool(found & set(expected)) if expected else not found
            right, whole = right + sound, whole + 1
            print("|", " | ".join([name, ", ".join(expected), ", ".join(sorted(found)), *told, "" if sound else "**no**"]), "|", flush=True)
    print("\n%d of %d %s" % (right, whole, "lies are called by their names" if options.which == "lies" else "are believed"))
    sys.exit(right < whole)


main()
