#!/usr/bin/env python3
"""CPU time, time on the clock and peak memory of a command. CPU time is what it costs, whatever else the machine
does meanwhile; the clock is to be believed on a machine that does nothing else.

    cost.py LABEL COMMAND…
"""
import resource
import subprocess
import sys
import time

label, command = sys.argv[1], sys.argv[2:]
begin = time.monotonic()
done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
clock = time.monotonic() - begin
# 4: a cell failed, which the report shows.
if done.returncode not in (0, 4):
    sys.exit(f"{label}: exit {done.returncode}\n{done.stderr}")
used = resource.getrusage(resource.RUSAGE_CHILDREN)
cpu = used.ru_utime + used.ru_stime
print(f"{label}: {clock:.2f} s, {cpu:.2f} s of CPU, {used.ru_maxrss / 1024:.0f} MiB at its peak")
