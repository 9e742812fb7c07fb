"""What an interpreter, and each worker, says about itself."""
import os
import sys


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
    ask = getattr(sys, "_is_gil_enabled", None)
    return True if ask is None else bool(ask())


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
    facts["cpus"] = _cpus()
    return facts


def _cpus():
    """Those that the calling thread may run on; `None` where the system has no such thing."""
    ask = getattr(os, "sched_getaffinity", None)
    return None if ask is None else sorted(ask(0))


def collector():
    """The `gc` of the `ready` row: on during passes, run by each process between them, untimed."""
    import gc
    threshold = getattr(gc, "get_threshold", None)  # PyPy has none
    return {"enabled": gc.isenabled(), "between_passes": "collect",
            "threshold": list(threshold()) if threshold else None}
