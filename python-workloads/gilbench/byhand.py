"""The command line for a person: the same modes and passes, run at once and summed up."""
import argparse
import json
import os
import sys

from . import blas, catalogue, facts, leftovers
from .cell import Cell
from .clock import monotonic_ns
from .failure import EXIT_FAILED, UsageError, describe
from .mode import timed_warm_up
from .workload import Workload

EXAMPLES = """\
examples:
  python cpu_bench.py --mode single
  python cpu_bench.py --mode threads --workers 4 --workload fib --arg n=27
  python cpu_bench.py --mode mp --workers 4 --start-method spawn --passes 5
  python cpu_bench.py --mode asyncio --workload ./mine.py --json
  python cpu_bench.py --mode mp --workload ./mine.py:work --arg 35
"""


def main(arguments, at_ns):
    """Run what the command line asks for; the exit code: 0, 2 wrong usage, 70 it failed."""
    options = _parser().parse_args(arguments)
    if options.list:
        _list()
        return 0
    runs = []
    try:
        cell = _cell(options)
        result = _measure(cell, max(1, options.passes), options.warm_up, at_ns, runs)
    except UsageError as error:
        sys.stderr.write("cpu_bench: %s\n" % error)
        return 2
    except KeyboardInterrupt:
        _abandon(runs)
        os._exit(130)
    except BaseException as error:
        _fail(runs, error)
    if options.json:
        print(json.dumps(result))
    else:
        from .summary import text
        print(text(result))
    return 0


def _parser():
    parser = argparse.ArgumentParser(
        prog="cpu_bench.py", epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description="Runs CPU work in one concurrency mode and times it.")
    parser.add_argument("--mode", default="single", help="how the tasks are run (see --list)")
    parser.add_argument("--workers", type=int, default=_cpus(), metavar="N",
                        help="threads or processes (default: the usable CPUs, %(default)s)")
    parser.add_argument("--workload", default="fib", metavar="NAME",
                        help="what a task does (see --list), a .py file with a function "
                             "task(args, index), or FILE.py:FUNCTION for any function")
    parser.add_argument("--tasks", type=int, metavar="N", help="tasks in a pass")
    parser.add_argument("--arg", action="append", default=[], metavar="NAME=VALUE",
                        help="an argument of the workload; may be given again, and without a name "
                             "for FILE.py:FUNCTION")
    parser.add_argument("--start-method", choices=("fork", "forkserver", "spawn"),
                        default="fork" if hasattr(os, "fork") else "spawn",
                        help="how worker processes start (default: %(default)s)")
    parser.add_argument("--chunksize", type=int, metavar="N",
                        help="tasks that a pool of processes hands out at once (default: the pool's own)")
    parser.add_argument("--passes", type=int, default=3, metavar="N",
                        help="times that all tasks are run (default: 3)")
    parser.add_argument("--warm-up", action="store_true",
                        help="have each worker run its share of the tasks first, untimed")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead")
    parser.add_argument("--list", action="store_true", help="list the modes and workloads")
    parser.add_argument("--spec", metavar="SPEC.json", help="serve gilmatrix (no other option)")
    return parser


def _cpus():
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _cell(options):
    if options.spec is not None:
        raise UsageError("`--spec` goes with no other option")
    path, colon, function = options.workload.rpartition(":")
    if not (colon and path.endswith(".py")):
        path, function = options.workload, ""
    args, positional = {}, []
    for given in options.arg:
        name, equals, value = given.partition("=")
        if equals and (name.isidentifier() or not function):
            args[name] = _value(value)
        elif function:
            positional.append(_value(given))
        else:
            raise UsageError("`--arg %s` is not NAME=VALUE" % given)
    outside = path.endswith(".py")
    name = function or (os.path.basename(path)[:-3] if outside else path)
    workload = Workload(name, args, options.tasks, path if outside else None,
                        {"function": function, "positional": positional})
    return Cell(options.mode, options.workers, options.start_method, workload, chunksize=options.chunksize)


def _value(text):
    """JSON, or the text itself."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _measure(cell, passes, warm, at_ns, runs):
    """Everything about one run, as one object."""
    mode = cell.load(lambda error: _fail(runs, error))
    runs.append(mode)
    imported = monotonic_ns()
    before = mode.start()
    ready = monotonic_ns()
    warmed = timed_warm_up(mode) if warm else None
    done = [mode.run_pass() for _ in range(passes)]
    after = mode.finish()
    ending = monotonic_ns()
    mode.stop()
    ended = monotonic_ns()
    leftovers.check()
    return {
        "facts": facts.interpreter(), "mode": cell.mode, "workers": cell.workers,
        "start_method": cell.start_method, "workload": cell.workload.name,
        "tasks": cell.workload.tasks, "args": cell.workload.args,
        "phases_ns": {"imports": imported - at_ns, "pool": ready - imported,
                      "teardown": ended - ending},
        "gc": facts.collector(), "blas": blas.threads(), "warm_up": warmed,
        "passes": [{"ns": one.ns, "repeats": one.repeats, "cpu_ns": one.cpu_ns, "lag_ns": one.lag_ns,
                    "checksum": one.checksum, "extra": one.extra}
                   for one in done],
        "workers_before": before, "workers_after": after,
    }


def _list():
    for kind in ("modes", "workloads"):
        print("%s:" % kind)
        for name in catalogue.names(kind):
            entry = catalogue.entry(catalogue.path_of(kind, name))
            notes = ["%s=%s" % pair for pair in entry.get("args", {}).items()]
            notes += ["needs %s" % package for package in entry.get("requires", [])]
            notes += ["goes with mp-shared"] if kind == "workloads" and entry.get("shared") else []
            notes += ["Python %s or later" % entry["since"]] if entry.get("since") else []
            print("  %-14s %s%s" % (name, entry.get("summary", ""),
                                    " (%s)" % ", ".join(notes) if notes else ""))
            for key, words in (("stress", "stresses"), ("expect", "expected")):
                if entry.get(key):
                    print("  %14s   %s: %s" % ("", words, entry[key]))


def _abandon(runs):
    for mode in runs:
        mode.abandon()


def _fail(runs, error):
    """Say what went wrong, from whichever thread, and end everything."""
    described = describe(error)
    sys.stderr.write("%scpu_bench: %s: %s\n" % (described["traceback"], described["type"],
                                                described["message"]))
    sys.stderr.flush()
    _abandon(runs)
    os._exit(EXIT_FAILED)
