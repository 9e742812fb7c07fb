"""Every task appends to the one list that the threads of a process share.

gilmatrix: {"name": "shared-list", "summary": "append to one shared list", "args": {"rounds": 150000}, "tasks": 8, "requires": [], "stress": "the list's own lock on free-threaded builds", "expect": "with the GIL threads equal single; without it 2 threads are slower than one; processes gain only because each has a list of its own"}
"""


def prepare(args):
    return args["rounds"], []


def reset(prepared, done):
    rounds, items = prepared
    if len(items) != rounds * done:
        raise RuntimeError("%d appended, %d arrived" % (rounds * done, len(items)))
    del items[:]


def task(prepared, index):
    rounds, items = prepared
    for _ in range(rounds):
        items.append(index)
    return rounds
