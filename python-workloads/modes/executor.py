"""asyncio that hands its tasks to a thread pool with run_in_executor.

gilmatrix: {"name": "executor", "summary": "asyncio with a thread pool (run_in_executor)", "workers": "many", "processes": false, "asyncio": true, "since": null}
"""
from gilbench import loop, threadpool


class Mode(loop.LoopMode):
    def start(self):
        loop.LoopMode.start(self)
        self.pool = threadpool.ThreadPool(self.workers)
        return self.pool.meet()

    def awaitables(self):
        submit, executor = self.loop.run_in_executor, self.pool.executor
        return [submit(executor, self.task, self.prepared, index) for index in range(self.tasks)]

    def finish(self):
        return self.pool.meet()

    def stop(self):
        self.pool.stop()
        loop.LoopMode.stop(self)
