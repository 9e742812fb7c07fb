"""How many threads the math libraries under a workload would use: a pool of pools measures nothing."""
import os
import sys

LIBRARIES = ("numpy", "scipy", "torch", "threadpoolctl")
VARIABLES = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS",
             "VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS")


def threads():
    """What threadpoolctl shows in this process, else the variables that pin them; `None` where
    the workload brought no such library, so that nothing is imported for nothing."""
    if not any(name in sys.modules for name in LIBRARIES):
        return None
    values = {name: os.environ[name] for name in VARIABLES if name in os.environ}
    try:
        import threadpoolctl
        pools = [_pool(pool) for pool in threadpoolctl.threadpool_info()]
    except Exception:  # not there, or at odds with a library; never worth an outcome
        return {"source": "environment", "env": values, "pools": None}
    return {"source": "threadpoolctl", "env": values, "pools": pools}


def _pool(pool):
    """One library; of its path, which differs by machine, the file's name."""
    shown = {key: pool.get(key) for key in ("user_api", "internal_api", "version", "num_threads")}
    shown["file"] = os.path.basename(pool.get("filepath") or "")
    return shown
