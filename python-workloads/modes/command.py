"""A whole command, started anew in each pass.

gilmatrix: {"name": "command", "summary": "a whole command, started anew in each pass", "workers": "command", "asyncio": false, "since": null}
"""
from resource import RUSAGE_SELF, getrusage

from gilbench import mode
from gilbench.clock import monotonic_ns


class Mode(mode.Mode):
    unproven = ("it prints nothing on its standard output, so nothing but its exit status tells right work from wrong "
                "or none: have it print what it worked out")

    def start(self):
        self.queue = None  # who waits for a CPU is the command, not this thread
        begin = monotonic_ns()
        with self.own:
            self.between()
            self.told, self.gil_at_end = self.workload.command.prove()
        self.proved_ns = monotonic_ns() - begin
        return [self.told]

    def warm(self):
        """Each pass is a process of its own; what there is to be warmed, files, the run that proved it has warmed."""
        return [{"pid": self.told["pid"], "thread": None, "tasks": 1, "ns": self.proved_ns}]

    def between(self):
        if self.workload.prepare is not None:
            self.workload.prepare.run()

    def run_tasks(self):
        printed, self.usage = self.workload.command.run()
        return [printed]

    def after_pass(self, done):
        done.cpu_ns = int((self.usage.ru_utime + self.usage.ru_stime) * 1e9)
        done.extra["workers_cpu_ns"] = [done.cpu_ns]
        if self.workload.command.run_delay_ns is not None:
            done.extra["run_delay_ns"] = min(self.workload.command.run_delay_ns, done.ns)
        # The kernel begins with the harness's own, from which it was started.
        if self.usage.ru_maxrss > getrusage(RUSAGE_SELF).ru_maxrss:
            done.extra["peak_rss_bytes"] = self.usage.ru_maxrss << 10

    def crowd(self):
        """No call of it ends by the clock of this process."""

    def finish(self):
        if self.workload.cleanup is not None:
            self.workload.cleanup.run()
        return [dict(self.told, gil_enabled=self.gil_at_end)]

    def abandon(self):
        for program in (self.workload.command, self.workload.prepare, self.workload.cleanup):
            if program is not None:
                program.kill()
