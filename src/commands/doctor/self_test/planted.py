"""The work that is compared: fib(13), REPEATS times. 103 repeats take 3 % longer than 100."""
import os

REPEATS = int(os.environ["REPEATS"])


def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def task(prepared, item):
    for _ in range(REPEATS):
        result = fib(13)
    return result
