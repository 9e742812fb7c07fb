"""Coroutines gathered on one loop: those of a coroutine function, else ones that never await and so block it.

gilmatrix: {"name": "asyncio", "summary": "asyncio coroutines that block the loop", "workers": "loop", "asyncio": true, "since": null}
"""
from gilbench import loop, mode


class Mode(loop.OnLoop, mode.Mode):
    def awaitables(self):
        return [self.compute(item) for item in self.items]

    async def compute(self, item):
        awaitable = getattr(self.work.plain, "awaitable", None)
        return self.task(self.prepared, item) if awaitable is None else await awaitable(self.prepared, item)
