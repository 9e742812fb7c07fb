"""A ThreadPoolExecutor whose workers have all answered."""
import threading
from concurrent.futures import ThreadPoolExecutor

from . import threadmode


class ThreadPoolMode(threadmode.ThreadMode):
    """Base of the modes that hand their tasks to `self.executor`."""

    def start_threads(self):
        self.executor = ThreadPoolExecutor(max_workers=self.workers)

    def each(self, action):
        """Each worker is held until all are there, so that none is starved and each thread really exists."""
        barrier = threading.Barrier(self.workers)

        def held(number):
            barrier.wait()
            return action(number)

        return list(self.executor.map(held, range(self.workers)))

    def stop(self):
        self.executor.shutdown(wait=True)
