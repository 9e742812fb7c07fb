"""The clocks, and a stopwatch for one pass."""
import gc
import os
import time

from .descriptors import out_of_reach

# Before a script may replace them. The clock of passes is read by its name: one that was replaced is found out.
clock_gettime_ns = getattr(time, "clock_gettime_ns", None)
process_time_ns, thread_time_ns = time.process_time_ns, getattr(time, "thread_time_ns", None)
pthread_getcpuclockid = getattr(time, "pthread_getcpuclockid", None)

try:
    from resource import RUSAGE_CHILDREN, getrusage
except ImportError:  # Windows
    getrusage = None

# Below a millisecond the clock's own cost and the time to wake a worker show in a pass. Tasks so
# short are executed some times in a row inside one reading, and the mean is given.
SHORTEST_NS = 1000000
MOST_REPEATS = 10000

if hasattr(time, "CLOCK_MONOTONIC"):
    def monotonic_ns():
        """The clock that the runner reads too."""
        return clock_gettime_ns(time.CLOCK_MONOTONIC)
else:
    monotonic_ns = time.monotonic_ns


if getrusage is None:
    def children_cpu_ns():
        """CPU time of children that have been waited for: not known on this system."""
        return 0
else:
    def children_cpu_ns():
        """CPU time of children that have been waited for."""
        used = getrusage(RUSAGE_CHILDREN)
        return int((used.ru_utime + used.ru_stime) * 1e9)


def process_cpu_ns():
    """CPU time of this process and of children that it has waited for."""
    return process_time_ns() + children_cpu_ns()


def thread_cpu_ns():
    """CPU time of the calling thread; `None` on a system without such a clock."""
    return None if thread_time_ns is None else thread_time_ns()


class RunQueue:
    """How long the thread that makes it has waited for a CPU while it was ready to run, since it began: the
    second number of Linux's schedstat, which the kernel brings up to date whenever the thread gets its CPU.
    """

    def __init__(self):
        try:
            self.fd = out_of_reach(os.open("/proc/thread-self/schedstat", os.O_RDONLY | os.O_CLOEXEC))
            self.delay_ns(self.read())
        except (OSError, AttributeError, ValueError, IndexError):
            self.fd = None

    def read(self):
        """About a microsecond; what it gives is for `delay_ns`, later."""
        try:
            return None if self.fd is None else os.pread(self.fd, 80, 0)
        except OSError:  # the code under test has closed it
            self.fd = None
            return None

    @staticmethod
    def delay_ns(text):
        return None if text is None else int(text.split()[1])


class Stopwatch:
    """Times one pass in the main process: from submission to the last result.

    `cpu_ns` is the CPU time of the whole main process meanwhile: its worker threads, what handing
    out the work costs, and processes that a task started and waited for. Modes with worker
    processes add theirs. `own_cpu_ns` is the main thread's part of it, `None` where that can't be
    read. `run_delay_ns` is how much of the time the main thread spent waiting for a CPU that other
    processes had, with a `queue`; it is read inside the clock, or what happened between the two
    readings would be taken off a time that it is no part of. Started again after a stop, it adds up.
    """

    __slots__ = ("start_ns", "ns", "cpu_ns", "own_cpu_ns", "run_delay_ns", "begin", "others_at_end_ns",
                 "_began", "_cpu", "_own", "_queue", "_queued")

    def __init__(self, queue=None):
        self._queue = queue
        self.ns = self.cpu_ns = 0
        self.own_cpu_ns = self.run_delay_ns = self.begin = self._queued = None
        # Each pass starts from the same state of the collector, which stays on during the pass.
        gc.collect()

    def start(self):
        self._own = thread_cpu_ns()
        self._cpu = process_cpu_ns()
        if self.begin is None:
            self.start_ns = monotonic_ns()
        self._began = time.perf_counter_ns()
        if self.begin is None:
            self.begin = self._began
        if self._queue is not None:
            self._queued = self._queue.read()

    def stop(self):
        queued = None if self._queue is None else self._queue.read()
        end = time.perf_counter_ns()
        used = process_cpu_ns()
        self.cpu_ns += used - self._cpu
        own = thread_cpu_ns()
        self.others_at_end_ns = used - (own or 0)
        if own is not None:
            self.own_cpu_ns = (self.own_cpu_ns or 0) + own - self._own
        self.ns += end - self._began
        if queued is not None and self._queued is not None:
            delay = RunQueue.delay_ns(queued) - RunQueue.delay_ns(self._queued)
            self.run_delay_ns = (self.run_delay_ns or 0) + delay
        return end


def others_cpu_ns():
    """CPU time of this process that isn't the calling thread's."""
    return process_cpu_ns() - (thread_cpu_ns() or 0)


class OwnWork:
    """What the harness itself did between passes, in the calling thread: it is no part of any figure."""

    __slots__ = ("ns", "cpu_ns", "_began", "_cpu")

    def __init__(self):
        self.ns = self.cpu_ns = 0

    def __enter__(self):
        self._began, self._cpu = time.perf_counter_ns(), thread_cpu_ns()
        return self

    def __exit__(self, *_):
        self.ns += time.perf_counter_ns() - self._began
        if self._cpu is not None:
            self.cpu_ns += thread_cpu_ns() - self._cpu


class ThreadClocks:
    """The CPU clocks of threads, read from outside: it costs the threads nothing.

    Without such clocks (PyPy, Windows) `read` gives `None`.
    """

    def __init__(self, idents):
        try:
            self.clocks = [pthread_getcpuclockid(ident) for ident in idents]
        except (TypeError, OSError):
            self.clocks = None

    def read(self):
        if self.clocks is None:
            return None
        return [clock_gettime_ns(clock) for clock in self.clocks]

    def since(self, before):
        """What each thread used since `before` was read."""
        if before is None:
            return None
        return [now - then for now, then in zip(self.read(), before)]
