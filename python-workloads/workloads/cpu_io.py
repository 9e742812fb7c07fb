"""Some computing, some waiting, as a service does that parses what it has fetched.

gilmatrix: {"name": "cpu-io", "summary": "computing mixed with waiting", "args": {"steps": 30000, "wait_ms": 2}, "tasks": 8, "requires": [], "stress": "overlap of one task's waiting with another's computing", "expect": "threads win with the GIL too, up to the share of waiting; beyond that only free threading and processes go on"}
"""
import time


def task(prepared, index):
    value = index
    half = prepared["steps"] // 2
    for _ in range(half):
        value = (value * 69069 + 1) & 0xFFFFFFFF
    time.sleep(prepared["wait_ms"] / 1e3)
    for _ in range(half):
        value = (value * 69069 + 1) & 0xFFFFFFFF
    return value
