"""Takes and drops references to one object, over and over.

gilmatrix: {"name": "hot-refcount", "summary": "references to one hot object", "args": {"rounds": 90000}, "tasks": 8, "requires": [], "stress": "one object's reference count, a cache line that all threads write", "expect": "nothing with the GIL; without it threads don't scale and can lose to single: only the thread that made an object counts its references cheaply"}
"""


class Hot:
    pass


def prepare(args):
    return args["rounds"], Hot()


def task(prepared, index):
    rounds, hot = prepared
    taken = 0
    for _ in range(rounds):
        taken += len((hot, hot, hot, hot))
    return taken + index
