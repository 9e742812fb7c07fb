"""concurrent.futures.ThreadPoolExecutor.

gilmatrix: {"name": "threads", "summary": "ThreadPoolExecutor", "workers": "many", "processes": false, "asyncio": false, "since": null}
"""
from gilbench import mode, threadpool


class Mode(mode.Mode):
    def start(self):
        mode.Mode.start(self)
        self.pool = threadpool.ThreadPool(self.workers)
        return self.pool.meet()

    def run_tasks(self):
        task, prepared = self.task, self.prepared
        return list(self.pool.executor.map(lambda index: task(prepared, index), range(self.tasks)))

    def finish(self):
        return self.pool.meet()

    def stop(self):
        self.pool.stop()
