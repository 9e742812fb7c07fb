#!/usr/bin/env python3
"""CPU time and peak memory of a command: what it costs, whatever else the machine does meanwhile.

    cost.py LABEL COMMAND…
"""
import resource
import subprocess
import sys

label, command = sys.argv[1], sys.argv[2:]
done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
# 4: a cell failed, which the report shows.
if done.returncode not in (0, 4):
    sys.exit(f"{label}: exit {done.returncode}\n{done.stderr}")
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(f"{label}: {used.ru_utime + used.ru_stime:.2f} s of CPU, {used.ru_maxrss / 1024:.0f} MiB at its peak")
