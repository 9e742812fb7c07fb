"""What runs inside a worker process, or a subinterpreter. Only items and answers travel.

An answer is (failure, what was asked for, who answers, its CPU clock).
"""
import gc
import os
import signal

from . import facts, leftovers
from .clock import process_cpu_ns, thread_cpu_ns
from .failure import describe

_worker = None

inherited = None
"""The `Work` that forked workers find here, where the workload has its inputs inherited."""


class Worker:
    """This process's inputs, and the two semaphores at which all workers meet."""

    def __init__(self, workload, shared, arrived, gate, thread=None):
        self.arrived = arrived
        self.gate = gate
        self.thread = thread
        self.who = os.getpid() if thread is None else thread
        self.clock = process_cpu_ns if thread is None else thread_cpu_ns
        self.failure = None
        self.work = self.task = self.prepared = None
        try:
            self.work = inherited or workload.ready(shared, owner=shared is None)
            self.task, self.prepared = self.work.task, self.work.prepared
        except BaseException as error:
            # Raised here it would only make the pool start another worker, for ever.
            self.failure = describe(error)

    def hold(self):
        self.arrived.release()
        self.gate.acquire()


def initialise(workload, shared, arrived, gate):
    """In a worker process."""
    global _worker
    # A Ctrl-C in the terminal is the main process's business; it ends its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _worker = Worker(workload, shared, arrived, gate)


def initialise_interpreter(workload, arrived, gate):
    """In a subinterpreter: a thread of the main process, with modules of its own."""
    global _worker
    from _thread import get_native_id
    _worker = Worker(workload, None, arrived, gate, get_native_id())


def meet(_):
    """Held until every worker has one of these calls, so each worker answers exactly once.

    Resets what its tasks share, collects the garbage of this process, and tells its facts.
    """
    worker = _worker
    try:
        if worker.failure is None:
            worker.work.reset()
            worker.task = worker.work.settle()
    except BaseException as error:
        worker.failure = describe(error)
    gc.collect()
    worker.hold()
    return worker.failure, facts.worker(worker.thread), worker.who, worker.clock()


def leave(_):
    """Held like `meet`, after the workload's `teardown`: what the process tells of itself."""
    worker = _worker
    seen = None
    try:
        seen = worker.work.seen()
        worker.work.leave()
        if worker.thread is None:
            leftovers.check()
    except BaseException as error:
        worker.failure = describe(error)
    worker.hold()
    return worker.failure, seen, worker.who, 0


def check(_):
    """Held like `meet`: what the workload's `check` says of the pass."""
    worker = _worker
    checked = None
    try:
        checked = worker.work.checked()
    except BaseException as error:
        worker.failure = describe(error)
    worker.hold()
    return worker.failure, checked, worker.who, 0


def warm(items):
    """Held like `meet`, then runs these items."""
    worker = _worker
    worker.hold()
    warmed = None
    try:
        worker.work.done += len(items)
        warmed = dict(worker.work.warm(items), thread=worker.thread)
    except BaseException as error:
        worker.failure = describe(error)
    return worker.failure, warmed, worker.who, worker.clock()


def run(item):
    """One task."""
    worker = _worker
    worker.work.done += 1
    try:
        result = worker.task(worker.prepared, item)
    except BaseException as error:
        return describe(error), None, worker.who, 0
    return None, result, worker.who, worker.clock()
