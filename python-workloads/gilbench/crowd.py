"""Whether tasks end by the clock. Beside a thread that keeps it waiting for the GIL, work takes its CPU time all the same;
what looks at the clock until it is time to end takes less."""
import os
import sys
from _thread import allocate_lock, start_new_thread  # as they are before the user's code may replace them
from time import perf_counter_ns

from . import facts
from .clock import thread_cpu_ns

# So often alone and beside, in turn, for so long each; tried so many times until nothing disturbed it as often. What takes
# longer is too dear to be asked: where it ends by the clock, two that share the GIL take half of its CPU time, which is
# seen without this.
TURNS = 3
TRIES = 12
LONG_NS = 10000000
LONGEST_NS = 50000000
# No turn begins after so long: the runner waits.
WHOLE_NS = 300000000
# Alone it computes for all of its time but this part: who rests finds its CPU slow and its caches cold, and computes
# faster beside others.
RESTS = 0.1
# Each time it was kept waiting for at least this part of its CPU time, and took less than this part of the least
# that it took alone: nothing but the clock can have ended it.
KEPT = 0.5
LESS = 0.75
# What lets the GIL go thousands of times waits as often: the other thread ends after so many times as long as it took
# alone.
PATIENCE = 4
# Threads that share the GIL take turns so often, so that tasks of a millisecond are interrupted, too.
INTERVAL = 0.0001

_affinity = getattr(os, "sched_getaffinity", None)
_hold = getattr(os, "sched_setaffinity", None)
_cpus = facts.cpus()


class Crowd:
    """Asks `run(item)`, in the calling thread. `calls` is how many calls that took."""

    def __init__(self, run, items):
        self.run = run
        self.items = items
        self.calls = 0

    def found(self):
        """CPU time of a call alone and beside another thread, where calls end by the clock; else `None`."""
        if _hold is None or thread_cpu_ns() is None or not facts.gil_enabled():
            # Without the GIL they would have to share a CPU, which the kernel hands on too rarely for a short look.
            return None
        cpus, interval = _affinity(0), sys.getswitchinterval()
        try:
            # On one CPU all the time: another one may be half as fast again.
            _hold(0, _cpus[:1])
            sys.setswitchinterval(INTERVAL)
            return self._judged()
        except Exception:  # refused by the system, or raised by a task that has not raised so far
            return None
        finally:
            _hold(0, cpus)
            sys.setswitchinterval(interval)

    def _judged(self):
        begin = perf_counter_ns()
        once = self._times(1)[0]
        if once > LONGEST_NS:
            return None
        number = max(1, LONG_NS // max(1, once))
        alone, beside = [], []
        for _ in range(TRIES):
            if perf_counter_ns() - begin > WHOLE_NS:
                return None
            took, used = self._times(number)
            if used < (1 - RESTS) * took:
                continue
            alone.append(used)
            took, used = self._beside(number, PATIENCE * took)
            beside.append(used)
            if took < (1 + KEPT) * used or max(beside) > LESS * min(alone):
                return None
            if len(alone) == TURNS:
                return min(alone) // number, max(beside) // number
        return None

    def _times(self, number):
        """How long so many calls took, and their CPU time."""
        self.calls += number
        run, items, size = self.run, self.items, len(self.items)
        begin, cpu = perf_counter_ns(), thread_cpu_ns()
        for index in range(number):
            run(items[index % size])
        used = thread_cpu_ns() - cpu
        return perf_counter_ns() - begin, used

    def _beside(self, number, patience):
        """The same beside a thread that spins for no longer than `patience`, on another CPU, so that they take turns
        often."""
        going, begun, ended = [True], allocate_lock(), allocate_lock()
        begun.acquire()
        ended.acquire()

        def spin():
            _hold(0, _cpus[-1:])
            begun.release()
            until = perf_counter_ns() + patience
            while going and perf_counter_ns() < until:
                pass
            ended.release()

        start_new_thread(spin, ())
        begun.acquire()
        try:
            return self._times(number)
        finally:
            going.clear()
            ended.acquire()
