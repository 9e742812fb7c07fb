"""concurrent.futures.ProcessPoolExecutor, one task at a time for each worker.

gilmatrix: {"name": "process-pool", "summary": "ProcessPoolExecutor", "workers": "processes", "asyncio": false, "since": null}
"""
from gilbench import processpool


class Mode(processpool.ProcessPoolMode):
    pass
