"""What an interpreter, and each worker, says about itself."""
import gc
import os
import sys

try:
    from _thread import get_native_id
except ImportError:
    get_native_id = None

# As they were before anything of the user's was imported, which may replace them.
READER = getattr(sys, "_is_gil_enabled", None)


def version():
    """As `3.13.5` or `3.15.0a2`."""
    info = sys.version_info
    suffix = {"alpha": "a", "beta": "b", "candidate": "rc"}.get(info.releaselevel)
    text = "%d.%d.%d" % info[:3]
    return text + "%s%d" % (suffix, info.serial) if suffix else text


def py_gil_disabled():
    """Whether this is a free-threaded build; `None` where the question doesn't exist yet.

    `t` in `sys.abiflags` is set by the same switch as `Py_GIL_DISABLED`, and costs nothing;
    sysconfig, which takes milliseconds to import, is asked only where there are no flags (Windows).
    """
    if sys.version_info < (3, 13):
        return None
    flags = getattr(sys, "abiflags", None)
    if flags is not None:
        return "t" in flags
    import sysconfig
    return bool(sysconfig.get_config_var("Py_GIL_DISABLED"))


def gil_enabled():
    """Whether the GIL is on right now: an import can switch it back on."""
    return True if READER is None else bool(READER())


def reader_replaced():
    """Whether something else than Python's own function tells the GIL's state, now or from the start on."""
    return getattr(sys, "_is_gil_enabled", None) is not READER or not (
        READER is None or type(READER) is type(len) and READER.__self__ is sys)


def interpreter():
    """The `facts` of the `hello` row."""
    return {
        "executable": os.path.realpath(sys.executable) if sys.executable else "",
        "version": version(),
        "implementation": sys.implementation.name,
        "py_gil_disabled": py_gil_disabled(),
        "gil_enabled": gil_enabled(),
    }


def worker(thread=None):
    """One entry of `workers`. `thread` is the native id, for workers that are threads."""
    facts = interpreter()
    del facts["implementation"]
    facts["pid"] = os.getpid()
    facts["thread"] = thread
    facts["cpus"] = cpus()
    return facts


def cpus():
    """Those that the calling thread may run on; `None` where the system has no such thing."""
    return None if _affinity is None else sorted(_affinity(0))


_affinity = getattr(os, "sched_getaffinity", None)


def collector():
    """The `gc` of the `ready` row: on during passes, run by each process between them, untimed."""
    threshold = getattr(gc, "get_threshold", None)  # PyPy has none
    return {"enabled": gc.isenabled(), "between_passes": "collect",
            "threshold": list(threshold()) if threshold else None}


def frozen():
    """How many objects the collector was told to leave out for ever."""
    count = getattr(gc, "get_freeze_count", None)  # PyPy has none
    return count() if count else 0


COLLECTOR = collector()
FROZEN = frozen()
