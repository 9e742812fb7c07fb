"""Matrix product over lists of integers: loops, indexing, integer arithmetic.

Integers only, so that the checksum is the same everywhere.

gilmatrix: {"name": "matmul", "summary": "matrix product in pure Python", "args": {"n": 48}, "tasks": 8, "requires": [], "stress": "loops, indexing, integer arithmetic on data that all tasks read", "expect": "as fib, with a smaller price for free threading"}
"""


def prepare(args):
    n = args["n"]
    left = [[(3 * i + 5 * j) % 19 - 9 for j in range(n)] for i in range(n)]
    # By columns, as the product reads it.
    right = [[(7 * i + 2 * j) % 17 - 8 for i in range(n)] for j in range(n)]
    return left, right


def task(prepared, index):
    left, right = prepared
    total = 0
    for i, row in enumerate(left):
        for j, column in enumerate(right):
            cell = index
            for a, b in zip(row, column):
                cell += a * b
            total = (total * 31 + cell + i - j) % 1000003
    return total
