"""Matrix product by NumPy, which releases the GIL: threads serve it on any build.

BLAS starts threads of its own; a pool of such pools measures nothing, so they are pinned to 1
unless the environment says otherwise. The entries are small whole numbers, so the product is exact
and the checksum the same whatever order BLAS adds in.

gilmatrix: {"name": "matmul-numpy", "summary": "matrix product by NumPy, BLAS pinned to one thread", "args": {"n": 448}, "tasks": 8, "requires": ["numpy"], "stress": "BLAS, native code that releases the GIL, one thread each", "expect": "threads scale on every build; processes gain nothing over them and hold more memory"}
"""
import os

for _name in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS",
              "VECLIB_MAXIMUM_THREADS"):
    os.environ.setdefault(_name, "1")

import numpy  # noqa: E402  after the pins


def prepare(args):
    n = args["n"]
    i, j = numpy.indices((n, n))
    left = ((3 * i + 5 * j) % 19 - 9).astype(numpy.float64)
    right = ((7 * i + 2 * j) % 17 - 8).astype(numpy.float64)
    weights = (numpy.arange(n) % 5 + 1).astype(numpy.float64)
    return left, right, weights


def task(prepared, index):
    left, right, weights = prepared
    product = left @ right
    return int(weights @ product @ weights[::-1]) + index
