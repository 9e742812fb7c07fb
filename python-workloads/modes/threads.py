"""concurrent.futures.ThreadPoolExecutor.

gilmatrix: {"name": "threads", "summary": "ThreadPoolExecutor", "workers": "threads", "asyncio": false, "since": null}
"""
from gilbench import threadpool


class Mode(threadpool.ThreadPoolMode):
    def run_tasks(self):
        task, prepared = self.task, self.prepared
        return list(self.executor.map(lambda item: task(prepared, item), self.items))
