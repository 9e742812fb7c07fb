"""Worker processes of a multiprocessing.Pool.

Its three helper threads sleep in the kernel while nothing is to be done (since 3.8).
"""
import threading
from multiprocessing.pool import TERMINATE

from . import processes, processworker
from .failure import NotFit, Unsupported


class PoolMode(processes.ProcessMode):
    pool = None

    def create(self, initialise, arguments):
        if not processes.threads_are_native():
            raise Unsupported("something there (gevent, eventlet) has replaced threads by greenlets, and with those "
                              "multiprocessing.Pool hangs, outside of gilmatrix, too: leave this mode out, use "
                              "`process-pool`, or don't patch")
        before = threading.excepthook

        def hook(ended):
            # It reads the results: without it the pool would wait for them for ever.
            if self.pool is not None and ended.thread is self.pool._result_handler:
                self.on_worker_death(NotFit("what its calls return can't be unpickled", ended.exc_value))
            before(ended)

        threading.excepthook = hook
        self.pool = self.context.Pool(self.workers, initialise, arguments)

    def pool_processes(self):
        return list(self.pool._pool)

    def submit(self, function, items):
        return self.pool.map_async(function, items, chunksize=1).get

    def run_tasks(self):
        # Without a number in chunks of a fourth of a worker's share, as everyone's `Pool.map`.
        return self.pool.map(processworker.run, self.items, self.chunksize)

    def close(self):
        self.pool.close()
        self.pool.join()

    def halt(self):
        # The handler thread replaces workers that died. It looks at its state before it waits
        # again, so it is woken; Pool.terminate would wait for locks that a dead worker may hold.
        if self.pool is not None:
            self.pool._worker_handler._state = TERMINATE
            self.pool._change_notifier.put(None)
            self.pool._worker_handler.join(1)
