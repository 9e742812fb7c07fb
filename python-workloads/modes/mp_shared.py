"""multiprocessing.Pool whose workers use one copy of the inputs, in shared memory.

The block is a multiprocessing.RawArray or Value: unlike a named SharedMemory it is gone with the
last process that has it, however that one ends.

gilmatrix: {"name": "mp-shared", "summary": "multiprocessing.Pool over shared memory", "workers": "processes", "asyncio": false, "since": null, "shared": true}
"""
from gilbench import multipool


class Mode(multipool.PoolMode):
    def share(self):
        shared = self.workload.share(self.context)
        self.work = self.workload.ready(shared)
        return shared

    def between(self):
        # What is shared is reset once, here, before the workers meet for the next pass.
        self.work.reset()
        return multipool.PoolMode.between(self)
