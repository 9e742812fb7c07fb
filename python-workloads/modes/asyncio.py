"""Coroutines that compute without ever awaiting, gathered on one loop: they block it.

gilmatrix: {"name": "asyncio", "summary": "asyncio coroutines that block the loop", "workers": "loop", "asyncio": true, "since": null}
"""
from gilbench import loop, mode


class Mode(loop.OnLoop, mode.Mode):
    def awaitables(self):
        return [self.compute(item) for item in self.items]

    async def compute(self, item):
        return self.task(self.prepared, item)
