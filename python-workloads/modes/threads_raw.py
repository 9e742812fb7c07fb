"""threading.Thread without a pool: started once, held at a barrier, each with a fixed share.

Nothing is handed out during a pass: no queue, no lock, no future. What a thread pool costs, and what
its dynamic shares gain when tasks differ, is the difference to `threads`.

gilmatrix: {"name": "threads-raw", "summary": "threads started before, behind a barrier, each with a fixed share", "workers": "threads", "asyncio": false, "since": null}
"""
import threading

from gilbench import mode, threadmode
from gilbench.clock import Stopwatch


class Mode(threadmode.ThreadMode):
    def start_threads(self):
        self.stopwatch = None
        self.gate = threading.Barrier(self.workers + 1, self.opens)
        self.done = threading.Barrier(self.workers + 1)
        self.answers = [None] * self.workers
        self.failures = []
        self.threads = [threading.Thread(target=self.serve, args=(number,), daemon=True)
                        for number in range(self.workers)]
        for thread in self.threads:
            thread.start()

    def opens(self):
        # Called by whoever comes to the barrier last, while all others are still held: started
        # after it, the clock may miss work, since this thread can be the last to wake.
        if self.stopwatch is not None:
            self.stopwatch.start()
            self.stopwatch = None

    def serve(self, number):
        while True:
            self.gate.wait()
            if self.job is None:
                return
            try:
                self.answers[number] = self.job(number)
            except BaseException as error:
                self.failures.append(error)
            self.done.wait()

    def each(self, job):
        self.job = job
        self.gate.wait()
        self.done.wait()
        if self.failures:
            raise self.failures[0]
        return list(self.answers)

    def timed_pass(self):
        stopwatch = self.stopwatch = Stopwatch()
        rounds = [self.run_tasks() for _ in range(self.repeats)]
        stopwatch.stop()
        return mode.Pass(rounds, stopwatch)

    def run_tasks(self):
        results = [None] * self.tasks
        for number, share in enumerate(self.each(self.own_share)):
            results[number::self.workers] = share
        return results

    def own_share(self, number):
        task, prepared = self.task, self.prepared
        return [task(prepared, item) for item in self.items[number::self.workers]]

    def stop(self):
        self.job = None
        self.gate.wait()
        for thread in self.threads:
            thread.join()
