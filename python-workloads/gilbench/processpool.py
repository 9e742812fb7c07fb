"""Worker processes of a concurrent.futures.ProcessPoolExecutor."""
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

from . import processes, processworker
from .failure import NotFit, Unsupported


class Pool(ProcessPoolExecutor):
    """Says why it is broken also to who submits a call after that."""

    last = None

    def submit(self, function, item):
        try:
            self.last = ProcessPoolExecutor.submit(self, function, item)
        except BrokenProcessPool:
            error = None if self.last is None else self.last.exception(1)
            if isinstance(error, BrokenProcessPool):
                raise error
            raise
        return self.last


class ProcessPoolMode(processes.ProcessMode):
    """It starts its processes with the first calls, one a call where it doesn't fork, so all exist
    once as many calls as workers have been submitted and are held."""

    executor = None

    def create(self, initialise, arguments):
        self.executor = Pool(self.workers, self.context, initialise, arguments)

    def pool_processes(self):
        return list(self.executor._processes.values())

    def submit(self, function, items):
        calls = self.named(self._submit_all, function, items)
        return lambda: self.named(lambda: [call.result() for call in calls])

    def _submit_all(self, function, items):
        try:
            return [self.executor.submit(function, item) for item in items]
        except AttributeError as error:  # PyPy 7.3.11 calls what it hasn't got, unless it forks
            raise Unsupported("ProcessPoolExecutor is broken on this Python with start method "
                              "`%s`: %s" % (self.start_method, error)) from error

    def run_tasks(self):
        if self.chunksize in (None, 1):
            return processes.ProcessMode.run_tasks(self)
        return self.named(lambda: list(self.executor.map(processworker.run, self.items, chunksize=self.chunksize)))

    def run_pass(self):
        return self.named(processes.ProcessMode.run_pass, self)

    def named(self, call, *arguments):
        """`call`, except that a pool found broken is left to the death watch, which can say which
        process died of what; it ends everything."""
        try:
            return call(*arguments)
        except BrokenProcessPool as broken:
            cause = str(broken.__cause__ or "")
            if cause and not any(name in cause for name in ("EOFError", "OSError", "ConnectionResetError")):
                raise NotFit("what its calls return can't be unpickled", cause) from broken
            if self.watch is not None:
                self.watch.thread.join(2)
            raise

    def close(self):
        self.executor.shutdown(wait=True)

    def halt(self):
        if self.executor is not None:
            self.executor._shutdown_thread = True
