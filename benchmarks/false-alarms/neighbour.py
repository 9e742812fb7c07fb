"""A busy process that comes and goes: on and off for exponential times of 2 s on average, from a seed."""
import random
import sys
import time

random.seed(int(sys.argv[1]))
while True:
    end = time.monotonic() + random.expovariate(0.5)
    while time.monotonic() < end:
        sum(range(10_000))
    time.sleep(random.expovariate(0.5))
