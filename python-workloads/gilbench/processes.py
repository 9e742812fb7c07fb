"""The main process's side of worker processes: start, stop, end at once."""
import _thread
import multiprocessing
import signal
import time
from concurrent.futures import BrokenExecutor
from multiprocessing.reduction import ForkingPickler

from . import processworker
from .content import PLAIN
from .deathwatch import DeathWatch, exit_code
from .failure import NotFit, RemoteFailure, Unsupported, WorkerDied, exit_in_words
from .remote import RemoteMode


# Before a script may replace it.
START = _thread.start_new_thread
NAP = 0.0005


def threads_are_native():
    """Whether a thread is one of the system, and no greenlet."""
    return _thread.start_new_thread is START


class ProcessMode(RemoteMode):
    """Base of the modes with worker processes.

    A mode says how to `create` its pool, to `submit` a call for each of some items, and to `close`
    it; `pool_processes` are multiprocessing's objects of its workers.
    """

    watch = None
    processes = ()

    def start_workers(self):
        methods = multiprocessing.get_all_start_methods()
        if self.start_method not in methods:
            raise Unsupported("no start method `%s` here, there are: %s"
                              % (self.start_method, ", ".join(methods)))
        self.context = multiprocessing.get_context(self.start_method)
        if hasattr(signal, "SIGCHLD") and signal.getsignal(signal.SIGCHLD) == signal.SIG_IGN:
            # Ignored, by a script or by who started us, the system forgets how workers ended.
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        with self.own:
            self.try_inputs()
        if self.semaphores is not None:
            # By these names the runner finds what was killed before it could be taken away; worker
            # processes inherit them.
            config = multiprocessing.current_process()._config
            if "semprefix" in config:
                config["semprefix"] = "/" + self.semaphores
        # Two semaphores make a barrier. multiprocessing.Barrier would do, but imports tempfile
        # and mmap in every process, some milliseconds that the pool phase would show.
        try:
            self.arrived = self.context.Semaphore(0)
            self.gate = self.context.Semaphore(0)
        except (OSError, ImportError) as error:
            raise Unsupported("worker processes meet at semaphores in shared memory, and none can be made here "
                              "(%s): mount /dev/shm for writing, as `docker run --shm-size 64m` does" % error) from error
        shared = self.share()
        if shared is None and self.start_method == "fork" and self.workload.inherited():
            processworker.inherited = self.workload.ready()
        self.create(processworker.initialise, (self.workload, shared, self.arrived, self.gate))
        waiting = self.submit(processworker.meet, range(self.workers))
        self.processes = self.pool_processes()
        self.watch = DeathWatch(self.processes, self.on_worker_death)
        return self.first_meeting(waiting)

    def take(self, semaphore):
        """Greenlets (gevent, eventlet) that stand for threads hand out the calls: they run while this one sleeps."""
        if threads_are_native():
            return semaphore.acquire()
        while not semaphore.acquire(False):
            time.sleep(NAP)

    def try_inputs(self):
        """A worker that can't unpickle an input would die of it, and the pool hang."""
        for item in self.items:
            if type(item) not in PLAIN:
                try:
                    pickled = ForkingPickler.dumps(item)
                except Exception as error:
                    raise NotFit("an input can't be pickled", error) from error
                try:
                    ForkingPickler.loads(pickled)
                except Exception as error:
                    raise NotFit("an input can't be unpickled", error) from error

    def executed(self):
        try:
            return self.timed_pass()
        except (NotFit, RemoteFailure, Unsupported, BrokenExecutor):
            raise
        except Exception as error:
            # Tasks don't raise here: `processworker.run` describes what they raise.
            raise NotFit("what its calls return can't be pickled", getattr(error, "exc", error)) from error

    def share(self):
        """What workers get in shared memory; `None` where they don't share."""

    def stop(self):
        self.watch.stop()
        self.close()
        for process in self.processes:
            code = exit_code(process)
            if code:
                raise WorkerDied("worker process %d %s after the work"
                                 % (process.pid, exit_in_words(code)))

    def abandon(self):
        self.halt()
        for process in set(self.processes) | set(_children()):
            try:
                process.kill()
            except (OSError, ValueError, AttributeError):
                pass  # it has ended already
        _remove_folder()

    def create(self, initialise, arguments):
        raise NotImplementedError

    def pool_processes(self):
        """Asked for once a call for each worker has been submitted."""
        raise NotImplementedError

    def submit(self, function, items):
        """Calls `function(item)` in the workers; a function that waits for the results."""
        raise NotImplementedError

    def close(self):
        raise NotImplementedError

    def halt(self):
        """See that no worker is started any more; the next thing is that all are killed."""


def _children():
    try:
        return multiprocessing.active_children()
    except RuntimeError:  # the set changed meanwhile, in the pool's thread
        return ()


def _remove_folder():
    """The folder of the forkserver's socket, which an orderly end would remove."""
    folder = multiprocessing.current_process()._config.get("tempdir")
    if folder is not None:
        import shutil
        shutil.rmtree(folder, ignore_errors=True)
