"""Has each Python that a command starts say which one it is, at its start and at its end.

It is on PYTHONPATH in the run that proves a command, never in a timed one.
"""
import atexit
import json
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def _facts():
    root = os.path.dirname(os.path.dirname(HERE))
    sys.path.insert(0, root)
    try:
        from gilbench import facts
    finally:
        sys.path.remove(root)
    return facts


def _tell():
    with open(os.environ["GILMATRIX_PROOF"], "a") as file:
        file.write(json.dumps(FACTS.worker()) + "\n")


FACTS = _facts()
_tell()
atexit.register(_tell)
# The one that this hides comes after it.
sys.path[:] = [path for path in sys.path if os.path.abspath(path) != HERE]
OWN = sys.modules.pop("sitecustomize")
try:
    import sitecustomize
except ImportError:
    sys.modules["sitecustomize"] = OWN
