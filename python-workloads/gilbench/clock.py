"""The clocks, and a stopwatch for one pass."""
import gc
import time

if hasattr(time, "CLOCK_MONOTONIC"):
    def monotonic_ns():
        """The clock that the runner reads too."""
        return time.clock_gettime_ns(time.CLOCK_MONOTONIC)
else:
    monotonic_ns = time.monotonic_ns


class Stopwatch:
    """Times one pass in the main process: from submission to the last result.

    `cpu_ns` is the CPU time of the whole main process meanwhile: its worker threads, and what
    handing out the work costs. Modes with worker processes add theirs.
    """

    __slots__ = ("start_ns", "ns", "cpu_ns", "begin", "_cpu")

    def __init__(self):
        # Each pass starts from the same state of the collector, which stays on during the pass.
        gc.collect()

    def start(self):
        self._cpu = time.process_time_ns()
        self.start_ns = monotonic_ns()
        self.begin = time.perf_counter_ns()

    def stop(self):
        end = time.perf_counter_ns()
        self.cpu_ns = time.process_time_ns() - self._cpu
        self.ns = end - self.begin
        return end
