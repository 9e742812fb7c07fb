"""concurrent.futures.InterpreterPoolExecutor: threads, each in an interpreter with its own GIL.

gilmatrix: {"name": "interpreters", "summary": "InterpreterPoolExecutor, subinterpreters with a GIL each", "workers": "interpreters", "asyncio": false, "since": "3.14"}
"""
import pickle
from concurrent.futures import InterpreterPoolExecutor

from gilbench import catalogue, processworker, remote
from gilbench.pipesemaphore import PipeSemaphore

# A new interpreter knows none of our modules, so what it starts with is text and bytes.
SETUP = """\
import sys
if here not in sys.path:
    sys.path.insert(0, here)
import pickle
initialise, arguments = pickle.loads(pickled)
initialise(*arguments)
"""


class Mode(remote.RemoteMode):
    own_clocks = False  # they are threads of this process

    def start_workers(self):
        self.arrived, self.gate = PipeSemaphore(), PipeSemaphore()
        pickled = pickle.dumps((processworker.initialise_interpreter,
                                (self.workload, self.arrived, self.gate)))
        self.executor = InterpreterPoolExecutor(
            self.workers, initializer=exec,
            initargs=(SETUP, {"here": catalogue.HERE, "pickled": pickled}))
        return self.first_meeting(self.submit(processworker.meet, range(self.workers), True))

    def submit(self, function, items, first=False):
        calls = [self.executor.submit(function, item) for item in items]
        if first:
            # An interpreter that couldn't start breaks the pool, and would leave us waiting.
            for call in calls:
                call.add_done_callback(lambda done: done.exception() and self.arrived.release())
        return lambda: [call.result() for call in calls]

    def stop(self):
        self.executor.shutdown(wait=True)
        self.arrived.close()
        self.gate.close()
