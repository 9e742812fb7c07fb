"""A workload that has been made ready in one process (or subinterpreter)."""
import os
import sys
import time

from . import facts
from .checksum import Answer
from .clock import thread_cpu_ns


SHORT_NS = 20000


def _nothing(prepared, item):
    pass


class _Started:
    """Counts the threads that `threading` starts meanwhile: they may have ended before anyone looks."""

    def __init__(self):
        self.count = 0
        self.threading = sys.modules.get("threading")

    def __enter__(self):
        if self.threading is not None and getattr(self.threading, "_profile_hook", None) is None:
            self.threading.setprofile(self._began)
        else:
            self.threading = None
        return self

    def __exit__(self, *error):
        if self.threading is not None:
            self.threading.setprofile(None)

    def _began(self, frame, event, argument):
        """Called in the new thread, for its first event alone."""
        sys.setprofile(None)
        self.count += 1


class Work:
    """The task function, its inputs, and how many tasks ran here since the last `reset`."""

    __slots__ = ("task", "plain", "prepared", "hook", "done", "teardown", "check", "called", "first_ns", "later_ns",
                 "setup_ns", "alone", "threads")

    def __init__(self, task, prepared, hook, teardown=None, check=None, called=None, setup_ns=0):
        self.plain = task
        self.task = self.first  # until `settle` is called
        self.prepared = prepared
        self.hook = hook
        self.done = 0
        self.teardown = teardown
        self.check = check
        # The function that does the work, CPU time of its first call, where that imported nothing, time of
        # the shortest of the others in warm-ups, CPU time of `setup`.
        self.called = called
        self.first_ns = self.later_ns = None
        self.setup_ns = setup_ns
        # How many threads the first call started. Counted where it is the only worker: without the GIL setting the hook
        # can wait until other threads have done the work.
        self.alone = False
        self.threads = 0

    def checked(self):
        """What `check` says after a pass, as text, and whether there was anything in it; `None` where no
        task ran here."""
        if self.done == 0:
            return None
        answer = Answer()
        answer.take(self.check())
        return answer.text(), answer.proves

    def reset(self):
        """The workload's own `reset`: it checks what the tasks left behind, and clears it."""
        if self.hook is not None:
            self.hook(self.prepared, self.done)
        self.done = 0

    def leave(self):
        """The workload's own `teardown`, once, after all the work."""
        teardown, self.teardown = self.teardown, None
        if teardown is not None:
            teardown()

    def warm(self, items):
        """Run a worker's share of the tasks, and say so."""
        begin = time.perf_counter_ns()
        for item in items:
            self._noted(item)
        spent = time.perf_counter_ns() - begin
        return {"pid": os.getpid(), "tasks": len(items), "ns": spent}

    def first(self, prepared, item):
        """The task, whose very first call is noted."""
        if self.first_ns is not None:
            return self.plain(prepared, item)
        self.first_ns = 0
        modules, cpu = len(sys.modules), thread_cpu_ns()
        if self.alone:
            with _Started() as started:
                result = self.plain(prepared, item)
            self.threads = started.count
        else:
            result = self.plain(prepared, item)
        if cpu is not None and len(sys.modules) == modules:
            self.first_ns = thread_cpu_ns() - cpu
        return result

    def settle(self):
        """The task as it is from now on."""
        if self.first_ns is not None:
            self.task = self.plain
        return self.task

    def _noted(self, item):
        task, prepared = self.plain, self.prepared
        if self.first_ns is None:
            self.first(prepared, item)
            return
        for _ in range(4):
            begin = time.perf_counter_ns()
            task(prepared, item)
            spent = time.perf_counter_ns() - begin
            if self.later_ns is None or spent < self.later_ns:
                self.later_ns = spent
            # A few more of what takes next to nothing: the first of them still wakes caches.
            if spent > SHORT_NS or self.hook is not None:
                return

    def _empty(self):
        """What a call of nothing takes here, timed as those of the warm-ups."""
        task = _nothing
        begin = time.perf_counter_ns()
        task(None, None)
        return time.perf_counter_ns() - begin

    def seen(self):
        """What this process can tell of itself after the work: `doubts` judges it."""
        info = getattr(self.called, "cache_info", None)
        return {"first_ns": self.first_ns or 0, "later_ns": self.later_ns, "setup_ns": self.setup_ns,
                "threads": self.threads,
                "empty_ns": min(self._empty() for _ in range(16)),
                "hits": info().hits if callable(info) else 0,
                "collector": None if facts.collector() == facts.COLLECTOR else facts.collector(),
                "frozen": facts.frozen() > facts.FROZEN,
                "reader_replaced": facts.reader_replaced()}
