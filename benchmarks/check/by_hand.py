"""Imports one module of each package that `gilmatrix check` installed, in its environment, and prints the GIL's state:
a second opinion that shares no code with it.

    python3 benchmarks/check/by_hand.py [CACHE]
"""
import json
import os
import pathlib
import subprocess
import sys

DEFAULT = os.environ.get("GILMATRIX_CACHE") or os.path.expanduser("~/.cache/gilmatrix")
# What someone would import; elsewhere the package's own name.
MODULES = {
    "scikit-learn": "sklearn.linear_model", "pillow": "PIL.Image", "scipy": "scipy.optimize", "lxml": "lxml.etree",
    "matplotlib": "matplotlib.pyplot", "pyarrow": "pyarrow.compute", "shapely": "shapely.geometry",
    "numpy": "numpy.linalg", "rapidfuzz": "rapidfuzz.fuzz",
}

for marker in sorted(pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else DEFAULT).glob("environments/*/gilmatrix.json")):
    requirements = json.loads(marker.read_text())["requirements"]
    if len(requirements) != 1:
        continue
    name = requirements[0]
    module = MODULES.get(name, name.replace("-", "_").lower())
    code = "import sys; sys.abiflags == 't' or sys.exit(); before = sys._is_gil_enabled(); import %s; print(before, sys._is_gil_enabled())" % module
    told = subprocess.run([marker.parent / "bin/python", "-c", code], capture_output=True, text=True)
    if not told.returncode and not told.stdout:
        # A build with the GIL.
        continue
    answer = {"False False": "off", "False True": "on", "True True": "on at the start"}
    print("%-16s %s" % (name, answer.get(told.stdout.strip()) or told.stderr.strip().splitlines()[-1]))
