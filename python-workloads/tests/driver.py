"""Drives cpu_bench.py as the runner does: FIFO for the rows, a pipe for the commands."""
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(HERE)
BENCH = os.path.join(ROOT, "cpu_bench.py")
NONCE = "test"
# Of the semaphores of all that a test starts.
PREFIX = "gilmatrix-test%d-" % os.getpid()
sys.path.insert(0, ROOT)
from gilbench import catalogue  # noqa: E402

# The headers of all modes that are young enough for this Python and run any workload, by name: a new file is tested
# like the others. `mp-shared` needs a workload that can be shared, `command` a command.
HEADERS = {name: catalogue.entry(catalogue.path_of("modes", name)) for name in catalogue.names("modes")}
HEADERS = {name: header for name, header in HEADERS.items()
           if not header.get("shared") and header["workers"] != "command"
           and tuple(int(part) for part in (header["since"] or "0").split(".")) <= sys.version_info[:2]}


def _of_kind(*kinds):
    return tuple(name for name, header in HEADERS.items() if header["workers"] in kinds)


MODES = tuple(HEADERS)
PROCESSES = _of_kind("processes")
LOOPS = tuple(name for name, header in HEADERS.items() if header["asyncio"])
ONE_WORKER = _of_kind("inline", "loop")
THREADS = _of_kind("threads", "interpreters")
# One of each kind of workers, where all would take long.
SMALL_MODES = ("single", "threads", "mp")
METHODS = ("fork", "forkserver", "spawn")


def _broken(method):
    """PyPy's ProcessPoolExecutor can only fork (seen in 7.3.11)."""
    if sys.implementation.name != "pypy" or method == "fork":
        return False
    from concurrent.futures import ProcessPoolExecutor
    return not hasattr(ProcessPoolExecutor, "_adjust_process_count")


def methods(mode):
    """The start methods that `mode` must manage here."""
    return tuple(method for method in METHODS if mode in ("mp", "mp-shared") or not _broken(method))


# fib's argument for a pass of some ten milliseconds: PyPy needs a larger one.
SOME_MS = 27 if sys.implementation.name == "pypy" else 21


def fixture(name):
    return os.path.join(HERE, "fixtures", name + ".py")


def workload(name="fib", tasks=8, **args):
    if name == "fib":
        args.setdefault("n", 10)
    asked = {"name": name, "tasks": tasks, "args": args}
    if os.path.exists(fixture(name)):
        asked["path"] = fixture(name)
    return asked


def is_tracker(pid):
    try:
        with open("/proc/%d/cmdline" % pid, "rb") as file:
            return b"multiprocessing.resource_tracker" in file.read()
    except OSError:
        return False


def semaphores(prefix=""):
    """Named semaphores of this machine whose names begin so."""
    return {name for name in os.listdir("/dev/shm") if name.startswith("sem." + prefix)}


class Harness:
    """One process of the harness; a context manager that leaves nothing behind."""

    def __init__(self, mode, workers=2, start_method=None, work=None, python=sys.executable, **spec):
        self.folder = tempfile.TemporaryDirectory()
        report = os.path.join(self.folder.name, "report")
        os.mkfifo(report)
        self.report = os.open(report, os.O_RDONLY | os.O_NONBLOCK)
        if mode in PROCESSES + ("mp-shared",) and start_method is None:
            start_method = "fork"
        asked = {"protocol": 1, "nonce": NONCE, "report": report, "mode": mode,
                 "workers": workers, "start_method": start_method,
                 "semaphores": PREFIX, "workload": work or workload()}
        asked.update(spec)
        path = os.path.join(self.folder.name, "spec.json")
        with open(path, "w") as file:
            json.dump(asked, file)
        self.launched_ns = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
        self.process = subprocess.Popen(
            [python, BENCH, "--spec", path], stdin=subprocess.PIPE,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
        self.group = self.process.pid
        self.buffer = b""
        self.number = 0

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._kill()
        if self.process.stdin.closed:
            self.process.stdin = None
        if not self.process.stdout.closed:
            self.process.communicate()
        os.close(self.report)
        self.folder.cleanup()

    def _kill(self):
        """End the whole session, multiprocessing's resource tracker last: it frees the semaphores of
        the dead, and killed together with them it leaves them in /dev/shm. On a busy machine it takes
        seconds."""
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            pids = self.members()
            if not pids:
                return
            for pid in pids:
                if not is_tracker(pid):
                    try:
                        os.kill(pid, signal.SIGKILL)
                    except ProcessLookupError:
                        pass
            time.sleep(0.002)
        os.killpg(self.group, signal.SIGKILL)

    def send(self, **command):
        self.process.stdin.write(json.dumps(command).encode() + b"\n")
        self.process.stdin.flush()

    def row(self, limit=30):
        """The next row; an AssertionError if there is none within `limit` seconds."""
        deadline = time.monotonic() + limit
        while b"\n" not in self.buffer:
            left = deadline - time.monotonic()
            assert left > 0, "no row within %s s; stderr: %r" % (limit, self.stderr())
            if not select.select([self.report], [], [], min(left, 0.2))[0]:
                continue
            chunk = os.read(self.report, 65536)
            if not chunk:  # no writer yet, or no more
                assert self.process.poll() is None, "ended: %r" % self.stderr()
                time.sleep(0.005)
            self.buffer += chunk
        line, self.buffer = self.buffer.split(b"\n", 1)
        row = json.loads(line.decode("ascii"))
        assert row.pop("n") == NONCE
        return row

    def stderr(self):
        if self.process.poll() is None:
            return "(still running)"
        return self.process.stderr.read()

    def expect(self, kind, limit=30):
        row = self.row(limit)
        assert row["k"] == kind, "%s, not %s: %r" % (row["k"], kind, row)
        return row

    def ready(self):
        """The `hello` and `ready` rows."""
        return self.expect("hello"), self.expect("ready")

    def one_pass(self):
        self.number += 1
        self.send(cmd="pass", id=self.number)
        row = self.expect("value")
        assert row["id"] == self.number
        return row

    def warm(self):
        self.send(cmd="warm", id=0)
        return self.expect("warmed")

    def end(self):
        """The `end` row, after which the process must have ended with 0."""
        self.send(cmd="end")
        row = self.expect("end")
        out, err = self.process.communicate(timeout=20)
        assert self.process.returncode == 0, (self.process.returncode, err)
        self.out, self.err = out, err
        return row

    def failed(self, limit=30):
        """The `error` row, after which the process must have ended with 70."""
        row = self.expect("error", limit)
        self.process.wait(timeout=20)
        assert self.process.returncode == 70, self.process.returncode
        return row

    def members(self):
        """Pids of the processes of the harness's session that are alive."""
        pids = []
        for name in os.listdir("/proc"):
            if name.isdigit():
                try:
                    with open("/proc/%s/stat" % name) as file:
                        fields = file.read().rpartition(")")[2].split()
                except OSError:
                    continue
                if int(fields[3]) == self.group and fields[0] not in "ZX":
                    pids.append(int(name))
        return pids

    def gone_within(self, seconds):
        """Whether no process of the session is left after at most `seconds`."""
        deadline = time.monotonic() + seconds
        while self.members():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.01)
        return True
