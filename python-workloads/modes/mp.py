"""multiprocessing.Pool and its `map`, which hands out tasks in chunks.

gilmatrix: {"name": "mp", "summary": "multiprocessing.Pool", "workers": "processes", "asyncio": false, "since": null}
"""
from gilbench import multipool


class Mode(multipool.PoolMode):
    pass
