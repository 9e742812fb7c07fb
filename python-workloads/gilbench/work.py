"""A workload that has been made ready in one process (or subinterpreter)."""
import os
import time

from .checksum import Answer


class Work:
    """The task function, its inputs, and how many tasks ran here since the last `reset`."""

    __slots__ = ("task", "prepared", "hook", "done", "teardown", "check")

    def __init__(self, task, prepared, hook, teardown=None, check=None):
        self.task = task
        self.prepared = prepared
        self.hook = hook
        self.done = 0
        self.teardown = teardown
        self.check = check

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
        task, prepared = self.task, self.prepared
        begin = time.perf_counter_ns()
        for item in items:
            task(prepared, item)
        spent = time.perf_counter_ns() - begin
        return {"pid": os.getpid(), "tasks": len(items), "ns": spent}
