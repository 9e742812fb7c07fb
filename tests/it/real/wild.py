"""A workload that does everything to outlive whoever started it."""

import os
import signal
import sys
import time

TAG = os.environ.get("GILMATRIX_WILD", "1")


def spread():
    """Called once in each process: daemons of every kind, and one that keeps forking."""
    daemon(lambda: os.execve("/bin/sleep", ["sleep", "86400." + TAG], {}))
    daemon(stubborn)
    daemon(lambda: os.kill(os.getpid(), signal.SIGSTOP))
    daemon(restless)


def dig_in():
    """The same, from a process that doesn't end when it is asked to."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    spread()


def daemon(work):
    """Forked twice, in a session of its own, holding on to the streams."""
    if os.fork():
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    try:
        work()
    finally:
        os._exit(0)


def stubborn():
    every = set(range(1, 32)) - {signal.SIGKILL, signal.SIGSTOP}
    signal.pthread_sigmask(signal.SIG_BLOCK, every)
    time.sleep(600)


def restless():
    """Each generation forks the next and ends: bounded, in case it should really escape."""
    for _ in range(3000):
        if os.fork():
            os._exit(0)
        time.sleep(0.005)


def crash():
    os.kill(os.getpid(), signal.SIGSEGV)


def work(seconds):
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass
    return 1
