"""Reads a large block that nobody changes; each task reads one part of it.

Threads share the one block. Forked workers inherit it and share its pages until something writes
there: `form` "bytes" stays shared, "list" doesn't, since reading an object writes its reference
count. forkserver's and spawn's workers, and subinterpreters, build a copy each. `mp-shared` maps one
block into all.

gilmatrix: {"name": "big-readonly", "summary": "large read-only data", "args": {"mb": 32, "form": "bytes"}, "tasks": 8, "requires": [], "shared": true, "stress": "memory: look at PSS, not at time", "expect": "threads and mp-shared hold one copy; fork one copy of bytes, but in the end one a worker of a list; spawn, forkserver and subinterpreters one a worker"}
"""
INHERIT = True
STRIDE = 4
OBJECT = 40  # bytes of an int and of the list's pointer to it


def prepare(args):
    if args["form"] == "bytes":
        return memoryview(_pattern() * args["mb"])
    if args["form"] == "list":
        return list(range(1000, 1000 + args["mb"] * (1 << 20) // OBJECT))
    raise ValueError("`form` is \"bytes\" or \"list\", not %r" % args["form"])


def share(args, context):
    if args["form"] != "bytes":
        from gilbench.failure import Unsupported
        raise Unsupported("only `form` \"bytes\" can lie in shared memory, Python objects can't")
    block = context.RawArray("B", args["mb"] << 20)
    view = memoryview(block).cast("B")
    pattern = _pattern()
    for start in range(0, len(view), len(pattern)):
        view[start:start + len(pattern)] = pattern
    return block


def attach(args, shared):
    return memoryview(shared).cast("B")


def task(prepared, index):
    part = len(prepared) // 8
    start = index % 8 * part
    if isinstance(prepared, list):
        return sum(prepared[start:start + part])
    return sum(prepared[start:start + part:STRIDE])


def _pattern():
    return (bytes(range(251)) * ((1 << 20) // 251 + 1))[:1 << 20]
