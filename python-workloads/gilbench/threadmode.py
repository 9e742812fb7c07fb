"""Workers that are threads of this process: what each mode of that kind asks of all of them at once."""
import threading

from . import facts, mode
from .clock import ThreadClocks


class ThreadMode(mode.Mode):
    """Base of the modes with threads. A mode starts them in `start_threads`, ends them in `stop`, and has
    `each(action)`: `action(number)` once in every thread, the answers in order."""

    def start_threads(self):
        raise NotImplementedError

    def each(self, action):
        raise NotImplementedError

    def start_workers(self):
        mode.Mode.start_workers(self)
        self.start_threads()
        answers = self.each(lambda _: (facts.worker(facts.get_native_id()), threading.get_ident()))
        self.clocks = ThreadClocks([ident for _, ident in answers])
        return [answer for answer, _ in answers]

    def warm_workers(self):
        return self.each(lambda number: dict(self.work.warm(self.portion(number)),
                                             thread=facts.get_native_id()))

    def between(self):
        mode.Mode.between(self)
        self.before = self.clocks.read()

    def after_pass(self, done):
        done.workers_cpu(self.clocks.since(self.before))
        mode.Mode.after_pass(self, done)

    def finish(self):
        mode.Mode.finish(self)
        return self.each(lambda _: facts.worker(facts.get_native_id()))
