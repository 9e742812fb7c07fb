"""asyncio that hands its tasks to a process pool with run_in_executor.

gilmatrix: {"name": "executor-mp", "summary": "asyncio with a process pool (run_in_executor)", "workers": "processes", "asyncio": true, "since": null}
"""
from gilbench import loop, processpool, processworker


class Mode(loop.OnLoop, processpool.ProcessPoolMode):
    def awaitables(self):
        submit, executor = self.loop.run_in_executor, self.executor
        return [submit(executor, processworker.run, item) for item in self.items]
