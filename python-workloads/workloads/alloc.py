"""Builds and drops binary trees of small objects.

gilmatrix: {"name": "alloc", "summary": "binary trees of small objects, built and dropped", "args": {"depth": 9, "trees": 14}, "tasks": 8, "requires": [], "stress": "object allocation, reference counts and the cyclic garbage collector", "expect": "the highest price of free threading in one thread, 2x and more; threads still scale, for each has a heap of its own; the collector stops them all"}
"""


class Node:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


def grow(depth):
    return Node(grow(depth - 1), grow(depth - 1)) if depth else Node(None, None)


def count(node):
    return 1 + count(node.left) + count(node.right) if node.left is not None else 1


def task(prepared, index):
    return sum(count(grow(prepared["depth"])) for _ in range(prepared["trees"])) + index
