"""One task after the other in the main thread: what everything else is measured against.

gilmatrix: {"name": "single", "summary": "one task after the other, no concurrency", "workers": "inline", "asyncio": false, "since": null}
"""
from gilbench import mode


class Mode(mode.Mode):
    def run_tasks(self):
        # No thread exists in this mode: on free-threaded builds the first one changes how the
        # whole process counts references.
        task, prepared = self.task, self.prepared
        return [task(prepared, item) for item in self.items]

    def after_pass(self, done):
        super().after_pass(done)
        # What is missing from the pass's CPU time, threads and processes of the task's own used.
        done.workers_cpu(None if done.own_cpu_ns is None else [done.own_cpu_ns])
