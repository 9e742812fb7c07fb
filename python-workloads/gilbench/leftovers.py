"""Threads of the work's own that would keep the process from ending."""
import sys
import time

from .failure import ThreadLeft

GRACE_S = 1.0


def check():
    """Wait a little for threads that the work has started; an error names one that doesn't end."""
    threading = sys.modules.get("threading")
    if threading is None:
        return
    # An executor's idle threads are ended by Python itself.
    ended = getattr(sys.modules.get("concurrent.futures.thread"), "_threads_queues", {})
    deadline = time.monotonic() + GRACE_S
    for thread in threading.enumerate():
        if thread.daemon or thread in ended or thread in (threading.main_thread(), threading.current_thread()):
            continue
        thread.join(max(0, deadline - time.monotonic()))
        if thread.is_alive():
            raise ThreadLeft("the thread `%s`, which the work started, is still running %g s after it, so the process "
                             "can't end; end it in `teardown`, or make it a daemon" % (thread.name, GRACE_S))
