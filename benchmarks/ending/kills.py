#!/usr/bin/env python3
"""What `kill -9` at random moments loses, doubles and leaves behind.

    python3 benchmarks/ending/kills.py target/debug/gilmatrix [TIMES] [KIND...]

A run of `single` and of pools by fork, forkserver and spawn is killed TIMES times (200) and resumed after each; one
kill in four falls into its start, the others into its work. KIND: `runner` kills that process alone, `group` its
whole process group, `guard` the guard process and that group in one stroke, so that nobody is left to tidy up.

Lost: an invocation that was announced as ended (the event `invocation`) and isn't in records.jsonl. Doubled: one that
was announced twice, or stands there twice. Alive: processes of the run 2 s after the kill. Left: named semaphores and
temporary folders that nobody has removed by then; `at the end` says how many are left of them after the last resume.
Exits with 1 where anything was lost or doubled, or was alive.
"""
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

KINDS = ["runner", "group", "guard"]
PATIENCE = 2.0
MATRIX = """
[run]
budget = "60m"
precision = "0.1%"
max_rounds = 100000
until = "settled"
[interpreters]
use = ["3.13"]
[modes]
use = ["single", "mp"]
workers = [2]
start_methods = ["fork", "forkserver", "spawn"]
[[workload]]
name = "fib"
tasks = 2
args = { n = 10 }
"""


class Place:
    """A folder with a matrix, a run and a temporary folder of its own."""

    def __init__(self, program):
        self.program = program
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="kills-"))
        (self.folder / "matrix.toml").write_text(MATRIX)
        self.temp = self.folder / "tmp"
        self.temp.mkdir()
        self.tag = ("GILMATRIX_KILLS=%s" % self.folder).encode()
        self.semaphores = set()

    def command(self, *more):
        fresh = not (self.folder / "out/run.json").exists()
        begin = ["run", "--out", "out", "--seed", "1"] if fresh else ["run", "--resume", "out"]
        return [self.program, *begin, "--format", "json", *more]

    def env(self):
        return {**os.environ, "TMPDIR": str(self.temp), "GILMATRIX_KILLS": str(self.folder)}

    def alive(self):
        found = []
        for entry in pathlib.Path("/proc").glob("[0-9]*"):
            try:
                if self.tag in (entry / "environ").read_bytes().split(b"\0"):
                    found.append(int(entry.name))
            except OSError:
                pass
        return found

    def left(self):
        """Folders and semaphores; the semaphores are named after the folders."""
        self.semaphores |= {entry.name for entry in self.temp.iterdir()}
        names = tuple("sem.%s-" % name for name in self.semaphores)
        there = [name for name in os.listdir("/dev/shm") if names and name.startswith(names)]
        return len(list(self.temp.iterdir())), len(there)

    def ids(self):
        lines = (self.folder / "out/records.jsonl").read_bytes().split(b"\n")[:-1]
        return [json.loads(line)["id"] for line in lines]


def guards_of(pid):
    """The guard isn't marked; it is a child of the runner, and called so."""
    try:
        below = pathlib.Path("/proc/%d/task/%d/children" % (pid, pid)).read_text().split()
        lines = {int(child): pathlib.Path("/proc/%s/cmdline" % child).read_bytes() for child in below}
        return [child for child, line in lines.items() if line.startswith(b"gilmatrix-guard\0")]
    except OSError:
        return []


def strike(kind, runner):
    if kind == "runner":
        return os.kill(runner.pid, signal.SIGKILL)
    if kind == "guard":
        # Stopped, the runner can't see its guard end.
        os.kill(runner.pid, signal.SIGSTOP)
        for guard in guards_of(runner.pid):
            os.kill(guard, signal.SIGKILL)
    os.killpg(runner.pid, signal.SIGKILL)


def one(place, kind, number, rng):
    """Starts or resumes the run, kills it; gives the ids that it announced."""
    runner = subprocess.Popen(place.command(), cwd=place.folder, env=place.env(), stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, start_new_session=True)
    wanted = 0 if number % 4 == 0 else rng.randrange(1, 3)
    announced, enough = [], threading.Event()

    def read():
        for line in runner.stdout:
            event = json.loads(line) if line.endswith(b"\n") else {}
            if event.get("event") == "invocation":
                announced.append(event["id"])
                if len(announced) >= wanted:
                    enough.set()
        enough.set()

    reader = threading.Thread(target=read)
    reader.start()
    if wanted:
        enough.wait(60)
    time.sleep(rng.uniform(0, 0.3 if not wanted else 0.15))
    place.left()
    strike(kind, runner)
    struck = time.monotonic()
    runner.wait()
    reader.join(60)
    alive = place.alive()
    while alive and time.monotonic() - struck < PATIENCE:
        time.sleep(0.01)
        alive = place.alive()
    gone = time.monotonic() - struck
    while place.left() != (0, 0) and time.monotonic() - struck < PATIENCE:
        time.sleep(0.01)
    for pid in alive:
        os.kill(pid, signal.SIGKILL)
    return announced, len(alive), gone


def series(program, kind, times):
    place, rng, seen = Place(program), random.Random(kind), set()
    lost = doubled = survivors = folders = semaphores = 0
    slowest = 0.0
    for number in range(times):
        announced, alive, gone = one(place, kind, number, rng)
        doubled += len(announced) - len(set(announced)) + len(seen & set(announced))
        seen |= set(announced)
        kept = place.ids() if (place.folder / "out/records.jsonl").exists() else []
        doubled += len(kept) - len(set(kept))
        lost += len(seen - set(kept))
        survivors += alive
        slowest = max(slowest, gone)
        left = place.left()
        folders, semaphores = max(folders, left[0]), max(semaphores, left[1])
    # To its end: nothing may be in the way of that.
    last = subprocess.run(place.command("--budget", "2s"), cwd=place.folder, env=place.env(),
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    ids = place.ids()
    if last.returncode != 0:
        sys.exit("the last resume ended with %d: %s" % (last.returncode, last.stderr.decode()))
    lost += len(set(range(1, len(ids) + 1)) - set(ids))
    at_end = place.left()
    print("%-7s %4d kills, %5d invocations: %d lost, %d doubled, %d alive after %g s (the slowest was gone after "
          "%3.0f ms); left: at most %d folders and %d semaphores, at the end %d and %d"
          % (kind, times, len(ids), lost, doubled, survivors, PATIENCE, 1000 * slowest, folders, semaphores, *at_end),
          flush=True)
    return lost or doubled or survivors


def main():
    program, times = os.path.abspath(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 200
    failed = [kind for kind in sys.argv[3:] or KINDS if series(program, kind, times)]
    sys.exit(1 if failed else 0)


main()
