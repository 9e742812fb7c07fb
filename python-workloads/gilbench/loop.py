"""Passes on an event loop, and how long the loop was held up meanwhile."""
import asyncio
import time

from .clock import Stopwatch
from .mode import Pass

BEAT_NS = 5000000


class Heartbeat:
    """A callback due every 5 ms; how late the loop runs it is the loop's lag.

    Its first beat is due when the pass starts, and it is queued behind the tasks, so it sees the
    whole of what they keep the loop from doing; a beat that is overdue when the pass ends counts.
    A beat costs some tens of microseconds, below 1 % of the loop's thread.
    """

    def __init__(self, begin):
        self.due = begin
        self.lags = []

    async def run(self):
        while True:
            now = time.perf_counter_ns()
            self.lags.append(max(0, now - self.due))
            self.due = now + BEAT_NS
            await asyncio.sleep(BEAT_NS / 1e9)

    def end(self, now):
        if now > self.due:
            self.lags.append(now - self.due)

    def longest(self):
        return max(self.lags, default=0)

    def p99(self):
        """Nearest rank."""
        ranked = sorted(self.lags)
        return ranked[-(-99 * len(ranked) // 100) - 1] if ranked else 0


class OnLoop:
    """Mixed into a mode it runs the passes on an event loop and measures its lag.

    The loop lives from start to stop, but runs only in passes.
    """

    def start(self):
        self.loop = asyncio.new_event_loop()
        return super().start()

    def timed_pass(self):
        return self.loop.run_until_complete(self._pass())

    async def _pass(self):
        stopwatch = Stopwatch(self.queue)
        rounds = []
        stopwatch.start()
        gathered = asyncio.gather(*self.awaitables())
        heart = Heartbeat(stopwatch.begin)
        beating = self.loop.create_task(heart.run())
        try:
            rounds.append(await gathered)
            while len(rounds) < self.repeats:
                rounds.append(await asyncio.gather(*self.awaitables()))
            heart.end(stopwatch.stop())
        finally:
            beating.cancel()
        extra = {"lag_p99_ns": heart.p99(), "beats": len(heart.lags)}
        return Pass(rounds, stopwatch, heart.longest(), extra)

    def awaitables(self):
        """One awaitable a task, in task order."""
        raise NotImplementedError

    def stop(self):
        super().stop()
        self.loop.close()
