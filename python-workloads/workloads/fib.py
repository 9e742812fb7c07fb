"""Naive recursion: calls and small integers, nothing else. The article's own workload.

gilmatrix: {"name": "fib", "summary": "naive recursion", "args": {"n": 23}, "tasks": 8, "requires": [], "stress": "function calls and small integers", "expect": "with the GIL threads equal single; without it they scale, from a start about 1.4 to 2 times slower; processes scale on every build"}
"""


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def task(prepared, index):
    return fib(prepared["n"])
