"""multiprocessing.Pool, one task at a time for each worker, as threads get theirs.

gilmatrix: {"name": "mp", "summary": "multiprocessing.Pool", "workers": "processes", "asyncio": false, "since": null}
"""
from gilbench import multipool


class Mode(multipool.PoolMode):
    pass
