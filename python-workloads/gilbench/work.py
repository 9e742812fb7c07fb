"""A workload that has been made ready in one process (or subinterpreter)."""
import os
import time


class Work:
    """The task function, its inputs, and how many tasks ran here since the last `reset`."""

    __slots__ = ("task", "prepared", "hook", "done")

    def __init__(self, task, prepared, hook):
        self.task = task
        self.prepared = prepared
        self.hook = hook
        self.done = 0

    def reset(self):
        """The workload's own `reset`: it checks what the tasks left behind, and clears it."""
        if self.hook is not None:
            self.hook(self.prepared, self.done)
        self.done = 0

    def warm(self, items):
        """Run a worker's share of the tasks, and say so."""
        task, prepared = self.task, self.prepared
        begin = time.perf_counter_ns()
        for item in items:
            task(prepared, item)
        spent = time.perf_counter_ns() - begin
        return {"pid": os.getpid(), "tasks": len(items), "ns": spent}
