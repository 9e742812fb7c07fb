"""The main process's side of worker processes: start, meet, pass, stop, end at once."""
import multiprocessing

from . import processworker
from .clock import Stopwatch
from .deathwatch import DeathWatch, exit_code
from .failure import RemoteFailure, Unsupported, WorkerDied, exit_in_words
from .mode import Mode, Pass


class ProcessMode(Mode):
    """Base of the modes with worker processes.

    A mode says how to `create` its pool, to `submit` a call for each number up to a count, and to
    `close` it; `processes` are multiprocessing's objects of its workers.
    """

    watch = None
    processes = ()

    def start(self):
        methods = multiprocessing.get_all_start_methods()
        if self.start_method not in methods:
            raise Unsupported("no start method `%s` here, there are: %s"
                              % (self.start_method, ", ".join(methods)))
        self.context = multiprocessing.get_context(self.start_method)
        # Two semaphores make a barrier. multiprocessing.Barrier would do, but imports tempfile
        # and mmap in every process, some milliseconds that the pool phase would show.
        self.arrived = self.context.Semaphore(0)
        self.gate = self.context.Semaphore(0)
        self.create(processworker.initialise, (self.workload, self.arrived, self.gate))
        self.watch = DeathWatch(self.processes, self.on_worker_death)
        return [facts for _, facts, _ in self.meet()]

    def meet(self):
        """One call in each worker. No time limit here: if one dies, the death watch ends all."""
        answers = self.submit(processworker.meet, self.workers)
        for _ in range(self.workers):
            self.arrived.acquire()
        for _ in range(self.workers):
            self.gate.release()
        answers = answers()
        for failure, _, _ in answers:
            if failure is not None:
                raise RemoteFailure(failure)
        return answers

    def run_pass(self):
        """The workers collect their garbage before the clock starts; what they used by their own
        clocks until their last task ended is added to the main process's."""
        before = {facts["pid"]: cpu_ns for _, facts, cpu_ns in self.meet()}
        stopwatch = Stopwatch()
        stopwatch.start()
        answers = self.submit(processworker.run, self.tasks)()
        stopwatch.stop()
        after = {}
        results = []
        for failure, result, pid, cpu_ns in answers:
            if failure is not None:
                raise RemoteFailure(failure)
            results.append(result)
            after[pid] = max(cpu_ns, after.get(pid, 0))
        outcome = Pass(results, stopwatch)
        outcome.cpu_ns += sum(cpu_ns - before[pid] for pid, cpu_ns in after.items())
        return outcome

    def finish(self):
        return [facts for _, facts, _ in self.meet()]

    def stop(self):
        self.watch.stop()
        self.close()
        for process in self.processes:
            code = exit_code(process)
            if code != 0:
                raise WorkerDied("worker process %d %s after the work"
                                 % (process.pid, exit_in_words(code)))

    def abandon(self):
        self.halt()
        self._kill()

    def _kill(self):
        for process in set(self.processes) | set(_children()):
            try:
                process.kill()
            except (OSError, ValueError, AttributeError):
                pass  # it has ended already

    def create(self, initialise, arguments):
        raise NotImplementedError

    def submit(self, function, count):
        """Calls `function(0..count-1)` in the workers; a function that waits for the results."""
        raise NotImplementedError

    def close(self):
        raise NotImplementedError

    def halt(self):
        """See that no worker is started any more; the next thing is that all are killed."""


def _children():
    try:
        return multiprocessing.active_children()
    except RuntimeError:  # the set changed meanwhile, in the pool's thread
        return ()
