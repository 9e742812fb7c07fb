"""What every mode is to the rest: start, passes, facts after the work, stop."""
from . import facts
from .clock import Stopwatch


class Pass:
    """One execution of all tasks: `results` in task order, times in nanoseconds."""

    __slots__ = ("results", "start_ns", "ns", "cpu_ns", "lag_ns", "extra")

    def __init__(self, results, stopwatch, lag_ns=None, extra=None):
        self.results = results
        self.start_ns = stopwatch.start_ns
        self.ns = stopwatch.ns
        self.cpu_ns = stopwatch.cpu_ns
        self.lag_ns = lag_ns
        self.extra = extra or {}


class Mode:
    """The base, and all that a mode with one worker in the main thread needs.

    A mode file defines a class `Mode` on top of this one. It imports what it needs at its top, so
    that the imports phase shows what a user of that mode waits for, and it leaves nothing running
    between passes that uses the CPU.
    """

    def __init__(self, cell, on_worker_death):
        self.workers = cell.workers
        self.tasks = cell.workload.tasks
        self.start_method = cell.start_method
        self.workload = cell.workload
        self.on_worker_death = on_worker_death

    def start(self):
        """Bring up the workers and their inputs; returns the facts of each, once all answered."""
        self.task, self.prepared = self.workload.ready()
        return [facts.worker()]

    def run_pass(self):
        """Run all tasks once; a `Pass`."""
        stopwatch = Stopwatch()
        stopwatch.start()
        results = self.run_tasks()
        stopwatch.stop()
        return Pass(results, stopwatch)

    def run_tasks(self):
        """All tasks, results in task order: the part inside the clock."""
        raise NotImplementedError

    def finish(self):
        """The facts of each worker again, after the work."""
        return [facts.worker()]

    def stop(self):
        """End the workers in an orderly way."""

    def abandon(self):
        """End worker processes at once, from any thread and in any state."""
