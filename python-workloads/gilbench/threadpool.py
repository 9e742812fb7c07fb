"""A ThreadPoolExecutor whose workers have all answered."""
import threading
from concurrent.futures import ThreadPoolExecutor

from . import facts, mode
from .clock import ThreadClocks


class ThreadPoolMode(mode.Mode):
    """Base of the modes that hand their tasks to `self.executor`."""

    def start_workers(self):
        mode.Mode.start_workers(self)
        self.executor = ThreadPoolExecutor(max_workers=self.workers)
        answers = self.meet(lambda _: (facts.worker(facts.get_native_id()),
                                       threading.get_ident()))
        self.clocks = ThreadClocks([ident for _, ident in answers])
        return [answer for answer, _ in answers]

    def meet(self, action):
        """`action(number)` once in every worker: each is held until all are there, so that none is
        starved and each thread really exists."""
        barrier = threading.Barrier(self.workers)

        def held(number):
            barrier.wait()
            return action(number)

        return list(self.executor.map(held, range(self.workers)))

    def warm_workers(self):
        return self.meet(lambda number: dict(self.work.warm(self.portion(number)),
                                             thread=facts.get_native_id()))

    def between(self):
        mode.Mode.between(self)
        self.before = self.clocks.read()

    def after_pass(self, done):
        done.workers_cpu(self.clocks.since(self.before))
        mode.Mode.after_pass(self, done)

    def finish(self):
        mode.Mode.finish(self)
        return self.meet(lambda _: facts.worker(facts.get_native_id()))

    def stop(self):
        self.executor.shutdown(wait=True)
