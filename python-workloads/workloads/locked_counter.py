"""One counter behind one lock, incremented by every task.

The counter is shared by the threads of a process. Worker processes and subinterpreters each have
their own, except in `mp-shared`, where one lock and one number lie in shared memory.

gilmatrix: {"name": "locked-counter", "summary": "a shared counter behind a lock", "args": {"rounds": 15000}, "tasks": 8, "requires": [], "shared": true, "stress": "contention on one lock", "expect": "no mode that shares it gains; threads without the GIL can lose to single; processes gain only because each has a counter of its own"}
"""
import threading


class Counter:
    value = 0


def prepare(args):
    return args["rounds"], threading.Lock(), Counter()


def share(args, context):
    return context.Value("q", 0)


def attach(args, shared):
    return args["rounds"], shared.get_lock(), shared.get_obj()


def reset(prepared, done):
    rounds, _, counter = prepared
    if counter.value != rounds * done:
        raise RuntimeError("%d increments, %d arrived" % (rounds * done, counter.value))
    counter.value = 0


def task(prepared, index):
    rounds, lock, counter = prepared
    for _ in range(rounds):
        with lock:
            counter.value += 1
    return rounds
