"""asyncio that hands its tasks to a thread pool with run_in_executor.

gilmatrix: {"name": "executor", "summary": "asyncio with a thread pool (run_in_executor)", "workers": "threads", "asyncio": true, "since": null}
"""
from gilbench import loop, threadpool


class Mode(loop.OnLoop, threadpool.ThreadPoolMode):
    def awaitables(self):
        submit, executor = self.loop.run_in_executor, self.executor
        return [submit(executor, self.task, self.prepared, item) for item in self.items]
