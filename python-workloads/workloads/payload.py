"""Each task gets `bytes` bytes of its own and gives as many back, with next to no computing.

Threads pass a reference. Processes pickle, write, read and unpickle, both ways: what a task must
compute for its payload to be worth sending is the difference to `single`.

gilmatrix: {"name": "payload", "summary": "bytes to each task and back", "args": {"bytes": 1048576}, "tasks": 8, "requires": [], "stress": "pickling and pipes; sweep `bytes` from 1 KB to 100 MB", "expect": "free for threads; some 10 ms a MiB and more for processes; subinterpreters copy too"}
"""
import zlib


def inputs(args, tasks):
    size = args["bytes"]
    for index in range(tasks):
        yield (b"%015d\n" % index * (size // 16 + 1))[:size]


def task(prepared, item):
    return item[1:] + item[:1]


def digest(result):
    return len(result), zlib.crc32(result)
