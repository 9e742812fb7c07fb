"""Coroutines that compute without ever awaiting, gathered on one loop: they block it.

gilmatrix: {"name": "asyncio", "summary": "asyncio coroutines that block the loop", "workers": "one", "processes": false, "asyncio": true, "since": null}
"""
from gilbench import loop


class Mode(loop.LoopMode):
    def awaitables(self):
        return [self.compute(index) for index in range(self.tasks)]

    async def compute(self, index):
        return self.task(self.prepared, index)
