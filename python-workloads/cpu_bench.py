"""Runs one way of doing CPU work concurrently, and times it.

By hand:    python cpu_bench.py --mode mp --workers 4
By gilmatrix: python cpu_bench.py --spec SPEC.json   (docs/protocol.md)

This file parses under Python 2.7 too, so that an old interpreter gets a clear message. It is also
what spawned workers import as their main module, so nothing but the entry below may cost time.
"""
import sys
import time

if __name__ == "__main__":
    if sys.version_info < (3, 8):
        sys.stderr.write(
            "cpu_bench: needs Python 3.8 or later, this is %d.%d (%s)\n"
            % (sys.version_info[0], sys.version_info[1], sys.executable)
        )
        sys.exit(2)
    if hasattr(time, "CLOCK_MONOTONIC"):
        AT_NS = time.clock_gettime_ns(time.CLOCK_MONOTONIC)
    else:
        AT_NS = time.monotonic_ns()

    import os

    HERE = os.path.dirname(os.path.abspath(__file__))
    # With -P, -I or PYTHONSAFEPATH Python doesn't put the script's folder there itself.
    if HERE not in sys.path:
        sys.path.insert(0, HERE)

    if sys.argv[1:2] == ["--spec"] and len(sys.argv) == 3:
        from gilbench.driven import main
        sys.exit(main(sys.argv[2], AT_NS))
    else:
        from gilbench.byhand import main
        sys.exit(main(sys.argv[1:], AT_NS))
