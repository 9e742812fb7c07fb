"""What the harness itself sees that makes one distrust what was measured: a kind, as in results.json, and why."""
import sys

# A first call that took this CPU time, and so many times as long as a later one, which takes next to nothing:
# that one hands over what the first has left. Real work that is warmed up (a compiled expression, a table, a
# model that is loaded) keeps on taking its time.
FIRST_NS = 300000
TIMES = 1000
NOTHING_NS = 20000
# After `setup` a call that takes less than a few instructions of the interpreter only hands over: this time, or where the
# machine is slow so many times that of a call of nothing.
HANDS_OVER_NS = 400
HANDS_OVER = 4


def all(mode, before, after):
    """Asked once, after the work; `before` and `after` are the facts of each worker."""
    texts = {"answer_unproven": _unproven(mode), "less_work": _by_the_clock(mode), "kept_result": _kept(mode),
             "gil_reader_replaced": _reader(mode), "gc_changed": _collector(mode),
             "one_thread": _one_thread(before), "pinned": _pinned(mode, before, after)}
    return [{"kind": kind, "text": text} for kind, text in texts.items() if text is not None]


def calls(mode):
    """CPU time of the very first call of a process, the most of all, time of the shortest later one, and how many threads
    a first call started, the most of all."""
    first = [seen["first_ns"] for seen in mode.seen if seen["first_ns"]]
    later = [seen["later_ns"] for seen in mode.seen if seen["later_ns"] is not None]
    if not later:
        return None
    return {"first_cpu_ns": max(first) if first else None, "later_ns": min(later),
            "threads": max(seen["threads"] for seen in mode.seen)}


def _unproven(mode):
    if mode.nothing is None:
        return None
    if mode.unproven:
        return mode.unproven
    check = mode.workload.plain.check
    if check:
        return "`%s` proves nothing: what it returns has no content; return what the work left behind" % check
    if mode.nothing is type(None):
        what = "its calls return `None`"
    else:
        what = "what its calls return, `%s`, has no content" % mode.nothing.__qualname__
    return ("%s, so nothing tells right work from wrong or none: name a function of the file that does, with "
            "`--check FUNC`, or with `check` in the matrix" % what)


def _by_the_clock(mode):
    if mode.by_the_clock is None:
        return None
    return ("a call takes %s of CPU time alone and %s where another thread keeps it waiting: it ends by the clock, and "
            "not when its work is done" % tuple(map(_time, mode.by_the_clock)))


def _kept(mode):
    name = mode.workload.plain.function or "task"
    hits = sum(seen["hits"] for seen in mode.seen)
    if hits:
        return ("`%s` keeps its results: %d calls were answered from its cache, which is all that was measured; time "
                "`%s.__wrapped__`, or clear the cache in each call" % (name, hits, name))
    for seen in mode.seen:
        first, later = seen["first_ns"], seen["later_ns"]
        if later is None or sys.implementation.name != "cpython":  # what compiles becomes fast, too
            continue
        if later < NOTHING_NS and first > max(FIRST_NS, TIMES * later):
            return ("its first call took %s of CPU time, later ones %s: they answer from what it left behind, and to look "
                    "that up is all that was measured" % (_time(first), _time(later)))
        if later < max(HANDS_OVER_NS, HANDS_OVER * seen["empty_ns"]) and seen["setup_ns"] > max(FIRST_NS, TIMES * later):
            return ("`%s` took %s of CPU time, a call %s: it hands over what was computed before, and that is all that "
                    "was measured" % (mode.workload.plain.setup, _time(seen["setup_ns"]), _time(later)))
    return None


def _reader(mode):
    if not any(seen["reader_replaced"] for seen in mode.seen):
        return None
    return ("`sys._is_gil_enabled` is no longer Python's own function: something there replaces it, so that nobody can "
            "ask whether the GIL is on")


def _collector(mode):
    found = [seen["collector"] for seen in mode.seen if seen["collector"] is not None]
    if any(seen["frozen"] for seen in mode.seen):
        return "its code froze objects (`gc.freeze`), which the garbage collector then goes through no more"
    if not found:
        return None
    number = "one process" if len(mode.seen) == 1 else "%d of %d processes" % (len(found), len(mode.seen))
    if not found[0]["enabled"]:
        return "its code turned the garbage collector off in %s: what others spend on it is saved there" % number
    return "its code changed the garbage collector in %s, to thresholds of %r" % (number, found[0]["threshold"])


def _one_thread(workers):
    who = {(worker["pid"], worker["thread"]) for worker in workers}
    if len(who) == len(workers) or any(worker["thread"] is None for worker in workers):
        return None
    return ("%d workers share %d thread%s of the system (greenlets?), so they can't run in parallel"
            % (len(workers), len(who), "" if len(who) == 1 else "s"))


def _pinned(mode, before, after):
    cpus = {(worker["pid"], worker["thread"]): worker["cpus"] for worker in before}
    left = mode.pinned_to
    if not mode.one_worker:
        for worker in after:
            known = cpus.get((worker["pid"], worker["thread"]))
            if known and worker["cpus"] and set(worker["cpus"]) < set(known):
                left = worker["cpus"]
    if left is None:
        return None
    return ("its code keeps a worker to CPU%s %s, fewer than it was given: workers that share one can't run in parallel"
            % ("" if len(left) == 1 else "s", ", ".join(map(str, left))))


def _time(ns):
    return "%.1f ms" % (ns / 1e6) if ns >= 1e5 else "%.1f \u00b5s" % (ns / 1e3)
