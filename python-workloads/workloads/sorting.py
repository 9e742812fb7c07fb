"""Sorts numbers plainly, then by a key.

gilmatrix: {"name": "sorting", "summary": "sort numbers, plainly and by a key", "args": {"n": 8000}, "tasks": 8, "requires": [], "stress": "list.sort in C, calls of a key function, tuples", "expect": "free threading scales with threads; all read the same numbers, whose reference counts threads then share"}
"""


def prepare(args):
    numbers, value = [], 12345
    for _ in range(args["n"]):
        value = (value * 69069 + 1) & 0xFFFFFFFF
        numbers.append(value >> 8)
    return numbers


def task(prepared, index):
    plain = sorted(prepared)
    keyed = sorted(prepared, key=lambda number: (number % 97, -number))
    return plain[len(plain) // 3] + keyed[len(keyed) // 2] + index
