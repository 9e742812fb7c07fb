"""What runs inside a worker process. Only indices and small results travel to and from it."""
import gc
import os
import signal
import time

from . import facts
from .failure import describe

_worker = None


class Worker:
    """This process's inputs, and the two semaphores at which all workers meet."""

    def __init__(self, workload, arrived, gate):
        self.arrived = arrived
        self.gate = gate
        self.failure = None
        try:
            self.task, self.prepared = workload.ready()
        except BaseException as error:
            # Raised here it would only make the pool start another worker, for ever.
            self.failure = describe(error)


def initialise(workload, arrived, gate):
    global _worker
    # A Ctrl-C in the terminal is the main process's business; it ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker = Worker(workload, arrived, gate)


def meet(_):
    """Held until every worker has one of these calls, so each worker answers exactly once.

    Collects garbage for this process; returns its failure, its facts and its CPU clock.
    """
    gc.collect()
    _worker.arrived.release()
    _worker.gate.acquire()
    return _worker.failure, facts.worker(), time.process_time_ns()


def run(index):
    """One task: failure, result, and this process with its CPU clock after the task."""
    try:
        result = _worker.task(_worker.prepared, index)
    except BaseException as error:
        return describe(error), None, os.getpid(), 0
    return None, result, os.getpid(), time.process_time_ns()
