"""Many tasks of some microseconds each: where does handing them out stop paying?

`task_us` is about what a task takes on 3.13; the work is fixed, so that a faster interpreter shows.

gilmatrix: {"name": "short-tasks", "summary": "many tasks of some microseconds", "args": {"task_us": 100}, "tasks": 400, "requires": [], "stress": "what a mode costs for each task: queues, futures, wake-ups, pickling", "expect": "below some hundred microseconds a task, process pools lose to single; threads on a free-threaded build lose later"}
"""
STEPS_PER_US = 8


def task(prepared, index):
    value = index
    for _ in range(prepared["task_us"] * STEPS_PER_US):
        value = (value * 69069 + 1) & 0xFFFFFFFF
    return value
