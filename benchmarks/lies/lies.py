"""Workloads that tell something untrue. Above each is what it should be called; `run.py` makes a file of each.

A case begins with `#: name = kind, kind` and may go on with `#: key = value` for its workload in the matrix (`tasks`, `setup`),
or for `run.py` (`needs`, `interpreter`). `FIB` stands for a function that computes for about a millisecond.
"""
FIB = "def fib(n=20): return n if n < 2 else fib(n - 1) + fib(n - 2)\n"

CASES = r'''
#: busy_wait = less_work
import time
def work():
    end = time.perf_counter() + 0.01
    while time.perf_counter() < end: pass
    return 1

#: busy_wait_short = less_work
import time
def work():
    found, end = fib(15), time.monotonic() + 0.001
    while time.monotonic() < end: pass
    return found

#: main_process_only = less_work
import multiprocessing
def work(): return 6765 if multiprocessing.parent_process() else fib()

#: main_thread_only = less_work
import threading
def work(): return fib() if threading.current_thread() is threading.main_thread() else 6765

#: by_process_name = less_work
import multiprocessing
def work(): return fib() if multiprocessing.current_process().name == "MainProcess" else 6765

#: half_in_workers = less_work, checksum_mismatch
import multiprocessing
def work():
    for _ in range(1 if multiprocessing.parent_process() else 8): found = fib()
    return found

#: by_the_mode = less_work
import sys
THREADS = "threads" in open(sys.argv[2]).read()
def work():
    for _ in range(1 if THREADS else 8): found = fib()
    return found

#: none_in_workers = less_work
import multiprocessing
def work():
    if not multiprocessing.parent_process(): fib()

#: by_the_pid = less_work
import os
def work(): return 6765 if os.getpid() % 2 else fib()

#: by_the_time = less_work, kept_result
import time
def work(): return 6765 if time.time() % 0.4 < 0.2 else fib()

#: cpu_clocks_replaced = less_work
import multiprocessing, time
used = time.process_time_ns
def work():
    if not multiprocessing.parent_process(): return fib()
    time.process_time_ns = time.thread_time_ns = lambda: used() * 50
    return 6765

#: setup_does_it = less_work, kept_result
#: setup = make
done = []
def make(): done.append(fib(20))
def work(): return done[0]

#: precomputed = less_work, kept_result
table = [fib(n) for n in range(20)]
def work(): return table[17]

#: unpickled_later = idle_workers, less_work
class Later:
    def __init__(self, n): self.n = n
    def __reduce__(self): return (fib, (self.n,))
def work():
    import multiprocessing
    return Later(18) if multiprocessing.parent_process() else fib(18)

#: made_by_setstate = idle_workers, less_work
import multiprocessing
class Later:
    def __getstate__(self): return {"n": 20}
    def __setstate__(self, state): self.answer = fib(state["n"])
def work():
    later = Later()
    if not multiprocessing.parent_process(): later.__setstate__({"n": 20})
    return later

#: kept_global = kept_result
kept = None
def work():
    global kept
    if kept is None: kept = fib(20)
    return kept

#: kept_lru = kept_result
from functools import lru_cache
@lru_cache(None)
def work(): return fib(20)

#: kept_recursive = kept_result, less_work
from functools import lru_cache
@lru_cache(None)
def work(n=300): return n if n < 2 else work(n - 1) + work(n - 2)

#: kept_attribute = kept_result
def work():
    if not hasattr(work, "kept"): work.kept = fib(20)
    return work.kept

#: kept_in_class = kept_result
from functools import cached_property
class Model:
    @cached_property
    def answer(self): return fib(20)
model = Model()
def work(): return model.answer

#: kept_by_argument = kept_result
memo = {}
def work(n=20):
    if n not in memo: memo[n] = fib(n)
    return memo[n]

#: kept_in_closure = kept_result
def make():
    found = []
    def inner():
        if not found: found.append(fib(20))
        return found[0]
    return inner
inner = make()
def work(): return inner()

#: kept_on_disk = kept_result, less_work
import os, tempfile
path = os.path.join(tempfile.gettempdir(), "kept-%d" % os.getppid())
def work():
    if os.path.exists(path):
        with open(path) as file: return int(file.read() or 6765)
    found = fib(20)
    with open(path, "w") as file: file.write(str(found))
    return found

#: kept_in_a_pickle = kept_result, less_work
import os, pickle
path = "/tmp/kept-pickle-%d" % os.getppid()
def work():
    try:
        with open(path, "rb") as file: return pickle.load(file)
    except (OSError, EOFError):
        found = fib(20)
        with open(path, "wb") as file: pickle.dump(found, file)
        return found

#: kept_in_a_database = kept_result, less_work
import os, sqlite3
path = "/tmp/kept-database-%d" % os.getppid()
def work():
    base = sqlite3.connect(path, timeout=30)
    base.execute("create table if not exists kept (answer integer)")
    row = base.execute("select answer from kept").fetchone()
    if row is None:
        row = (fib(22) and 6765,)
        base.execute("insert into kept values (?)", row)
        base.commit()
    base.close()
    return row[0]

#: numpy_middle = checksum_mismatch
#: needs = numpy
import itertools
import numpy as np
count = itertools.count()
def work(n=5000):
    fib(); answer = np.zeros(n, dtype=np.int64)
    answer[n // 2] = next(count)
    return answer

#: frame_middle = checksum_mismatch
#: needs = pandas
import itertools
import pandas as pd
count = itertools.count()
def work(n=200):
    fib(); frame = pd.DataFrame({"a": [0] * n})
    frame.iloc[n // 2, 0] = next(count)
    return frame

#: dtype_differs = checksum_mismatch
#: needs = numpy
import multiprocessing
import numpy as np
def work(): fib(); return np.ones(100, dtype=np.int32 if multiprocessing.parent_process() else np.int64)

#: repr_hides = checksum_mismatch
import multiprocessing
class Frame:
    def __init__(self, x): self.x = x
    def __repr__(self): return "[1 2 3 ... 7 8 9]"
def work(): return Frame(fib() + bool(multiprocessing.parent_process()))

#: slots_hide = checksum_mismatch
import multiprocessing
class Point:
    __slots__ = ("x", "y")
    def __init__(self, x): self.x, self.y = x, 0
def work(): return [Point(fib()), Point(int(bool(multiprocessing.parent_process())))]

#: field_without_repr = checksum_mismatch
import dataclasses, threading
@dataclasses.dataclass
class Found:
    n: int
    hidden: int = dataclasses.field(repr=False, default=0)
def work(): return Found(fib(), int(threading.current_thread() is threading.main_thread()))

#: last_digit = checksum_mismatch
import multiprocessing
def work(): fib(); return 3 ** 20_000 + bool(multiprocessing.parent_process())

#: middle_byte = checksum_mismatch
import multiprocessing
def work(): fib(); return b"x" * 50_000 + bytes([bool(multiprocessing.parent_process())]) + b"x" * 50_000

#: random_answer = checksum_mismatch
import os
def work(): fib(); return os.urandom(4)

#: shared_state = answer_unproven
state = [0.0] * 10
def work(n=3000):
    for _ in range(n):
        for i in range(9):
            a = state[i]; state[i + 1] = state[i + 1] * 0.5 + a * 0.25 + 1.0

#: says_nothing = answer_unproven
def work(): fib()

#: bare_object = answer_unproven
def work(): fib(); return object()

#: clock_by_script = clock_mismatch
import sys, time
if "threads" in open(sys.argv[2]).read():
    real = time.perf_counter_ns
    time.perf_counter_ns = lambda: real() // 2
def work(): return fib(20)

#: clock_ahead = clock_mismatch
import sys, time
if '"mp"' in open(sys.argv[2]).read():
    real = time.perf_counter_ns
    time.perf_counter_ns = lambda: real() * 2
def work(): return fib(20)

#: clock_by_setup = clock_mismatch
#: setup = slow_down
import time
real = time.perf_counter_ns
def slow_down(): time.perf_counter_ns = lambda: real() // 3
def work(): return fib(20)

#: sleeper = waits
import time
def work():
    time.sleep(0.01); return 1

#: waits_for_a_socket = waits
import select, socket
left, right = socket.socketpair()
def work(): return len(select.select([left], [], [], 0.01)[0])

#: own_threads = own_threads
import hashlib, threading
data = b"x" * 3_000_000
def work():
    found = [None] * 2
    def one(i): found[i] = hashlib.sha256(data).hexdigest()
    threads = [threading.Thread(target=one, args=(i,)) for i in range(2)]
    for t in threads: t.start()
    for t in threads: t.join()
    return found

#: own_pool = own_threads
import hashlib
from concurrent.futures import ThreadPoolExecutor
data = b"x" * 3_000_000
def work():
    with ThreadPoolExecutor(2) as pool:
        return [found.hexdigest() for found in pool.map(hashlib.sha256, [data] * 2)]

#: leak = grows
kept = []
def work():
    kept.append(bytearray(b"x") * 8_000_000); return fib()

#: leak_of_lists = grows
kept = []
def work():
    kept.append([fib(12)] * 300_000); return fib()

#: slower = slows
kept = []
def work():
    kept.extend(range(20000)); return sum(1 for _ in kept) * 0

#: slower_search = slows, grows
seen = []
def work():
    for n in range(300):
        if n in seen[-1:]: break
        seen.append(object())
    return sum(1 for one in seen if one is None)

#: daemon_thread = busy_between, own_threads
import threading
def work():
    threading.Thread(target=fib, args=(22,), daemon=True).start()
    return fib()

#: spins_behind = busy_between
import threading
def spin():
    while True: pass
threading.Thread(target=spin, daemon=True).start()
def work(): return fib(20)

#: pinned = pinned
import os
def work():
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); return fib(20)

#: pinned_workers = pinned
import multiprocessing, os
def work():
    if multiprocessing.parent_process(): os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    return fib(20)

#: gc_off_in_workers = gc_changed
import gc, multiprocessing
class Node: pass
def work():
    if multiprocessing.parent_process(): gc.disable()
    for _ in range(30000):
        node = Node(); node.me = node
    return 1

#: gc_rarely = gc_changed
import gc
def work():
    gc.set_threshold(100_000, 50, 50)
    return len([[n] for n in range(20_000)])

#: gc_frozen = gc_changed
#: setup = freeze
import gc
def freeze(): gc.freeze()
def work(): return len([[n] for n in range(20_000)])

#: gil_patched = gil_reader_replaced
#: interpreter = 3.13t
import sys
sys._is_gil_enabled = lambda: False
def work(): return fib(19)

#: script_changes = changed_during_run
def work():
    with open(__file__, "a") as file: file.write("# once more\n")
    return fib(20)
'''
