"""Every task writes to and reads from the one dict that the threads of a process share.

gilmatrix: {"name": "shared-dict", "summary": "write and read one shared dict", "args": {"rounds": 45000, "keys": 1000}, "tasks": 8, "requires": [], "stress": "the dict's own lock on free-threaded builds, for each write", "expect": "with the GIL threads equal single; without it 2 threads are slower than one; processes gain only because each has a dict of its own"}
"""


def prepare(args):
    return args["rounds"], args["keys"], {}


def reset(prepared, done):
    rounds, keys, table = prepared
    if done and rounds >= keys and len(table) != keys:
        raise RuntimeError("%d keys written, %d there" % (keys, len(table)))
    table.clear()


def task(prepared, index):
    rounds, keys, table = prepared
    total = 0
    for step in range(rounds):
        key = (step + index) % keys
        table[key] = key
        total += table[key]
    return total
