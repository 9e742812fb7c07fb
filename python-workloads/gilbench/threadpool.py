"""A ThreadPoolExecutor whose workers have all answered."""
import threading
from concurrent.futures import ThreadPoolExecutor

from . import facts


class ThreadPool:
    def __init__(self, workers):
        self.workers = workers
        self.executor = ThreadPoolExecutor(max_workers=workers)

    def meet(self):
        """The facts of every worker: one call in each, held until all are there, so that none is
        starved and each thread really exists."""
        barrier = threading.Barrier(self.workers)

        def answer():
            barrier.wait()
            return facts.worker(threading.get_native_id())

        calls = [self.executor.submit(answer) for _ in range(self.workers)]
        return [call.result() for call in calls]

    def stop(self):
        self.executor.shutdown(wait=True)
