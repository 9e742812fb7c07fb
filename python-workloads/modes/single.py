"""One task after the other in the main thread: what everything else is measured against.

gilmatrix: {"name": "single", "summary": "one task after the other, no concurrency", "workers": "inline", "asyncio": false, "since": null}
"""
from gilbench import mode
from gilbench.clock import Stopwatch
from gilbench.proof import LARGE


class Mode(mode.Mode):
    def timed_pass(self):
        if self.large is False:
            return super().timed_pass()
        stopwatch, proof = Stopwatch(self.queue), self.proof()
        items = self.items
        if self.large is None:
            # The first result of all tells whether the others go through at a stretch.
            self._step(stopwatch, proof, items[0])
            items = items[1:]
            if proof.answer.size <= LARGE:
                return self._rest(stopwatch, proof, items)
        for number in range(self.repeats):
            read = not proof.impatient or number in (0, self.repeats - 1)
            for item in items:
                self._step(stopwatch, proof if read else None, item)
            if read:
                proof.round()
        return mode.Pass([None] * self.repeats, stopwatch, proof=proof)

    def _step(self, stopwatch, proof, item):
        task, prepared = self.task, self.prepared
        stopwatch.start()
        result = task(prepared, item)
        stopwatch.stop()
        if proof is not None:
            proof.step(result)

    def _rest(self, stopwatch, proof, items):
        task, prepared = self.task, self.prepared
        stopwatch.start()
        results = [task(prepared, item) for item in items]
        stopwatch.stop()
        proof.take([results])
        return mode.Pass([None], stopwatch, proof=proof)

    def run_tasks(self):
        # No thread exists in this mode: on free-threaded builds the first one changes how the
        # whole process counts references.
        task, prepared = self.task, self.prepared
        return [task(prepared, item) for item in self.items]

    def after_pass(self, done):
        super().after_pass(done)
        # What is missing from the pass's CPU time, threads and processes of the task's own used.
        done.workers_cpu(None if done.own_cpu_ns is None else [done.own_cpu_ns])
