"""Naive recursion: calls and small integers, nothing else. The article's own workload.

gilmatrix: {"name": "fib", "summary": "naive recursion", "args": {"n": 23}, "tasks": 8, "requires": []}
"""


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def task(prepared, index):
    return fib(prepared["n"])
