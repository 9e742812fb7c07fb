"""Notices the death of a worker process, which makes `multiprocessing.Pool` hang for ever.

ProcessPoolExecutor notices by itself, but doesn't say which process died of what."""
import signal
import threading
import time
from multiprocessing import Pipe
from multiprocessing.connection import wait

from .failure import WorkerDied, exit_in_words


class DeathWatch:
    """A thread that sleeps in the kernel until a process ends: it costs nothing, and the main
    thread's wait for results stays the plain one that is measured. `on_death` is called in it."""

    def __init__(self, processes, on_death):
        self.processes = processes
        self.on_death = on_death
        self.wake, self.waker = Pipe(duplex=False)
        self.thread = threading.Thread(target=self._watch, name="death watch", daemon=True)
        self.thread.start()

    def _watch(self):
        sentinels = {process.sentinel: process for process in self.processes}
        ended = wait(list(sentinels) + [self.wake])
        if self.wake not in ended:
            died = self._died([sentinels[one] for one in ended])
            if died.by_pool:
                # A pool that can't go on ends its workers; the main thread knows why, and is quicker.
                time.sleep(0.5)
            self.on_death(died)

    @staticmethod
    def _died(processes):
        """Once one has died, ProcessPoolExecutor terminates the others: those aren't the news."""
        codes = [(process, exit_code(process)) for process in processes]
        process, code = next((pair for pair in codes if pair[1] != -signal.SIGTERM), codes[0])
        died = WorkerDied("worker process %d %s" % (process.pid, exit_in_words(code)))
        died.by_pool = code == -signal.SIGTERM
        return died

    def stop(self):
        """Call before the workers are told to end."""
        self.waker.send_bytes(b"x")
        self.thread.join()
        self.waker.close()
        self.wake.close()


def exit_code(process):
    """The code of a process that has ended; `None` if it can't be found out.

    The pool's own thread reaps its workers, and a second reader at the same moment would get a
    wrong code, so that one is given the time to do it.
    """
    deadline = time.monotonic() + 0.3
    while time.monotonic() < deadline:
        code = getattr(process._popen, "returncode", None)
        if code is not None:
            return code
        time.sleep(0.002)
    return process.exitcode
