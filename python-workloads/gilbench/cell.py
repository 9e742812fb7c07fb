"""What one process of the harness is asked to run."""
import sys

from . import catalogue
from .failure import Unsupported, UsageError
from .workload import Workload


class Cell:
    """A mode, its workers and a workload. `entry` is the mode's line of the catalogue."""

    def __init__(self, mode, workers, start_method, workload, semaphores=None, chunksize=None):
        self.mode = mode
        self.path = catalogue.path_of("modes", mode)
        self.entry = catalogue.mode(mode)
        self.one_worker = self.entry["workers"] in ("inline", "loop", "command")
        if (self.entry["workers"] == "command") != hasattr(workload, "command"):
            raise UsageError("whole commands run in mode `command`, and nothing else does: `%s` can't run in mode `%s`"
                             % (workload.name, mode))
        _check_count("workers", workers)
        _check_count("tasks", workload.tasks)
        self.workers = 1 if self.one_worker else workers
        self.start_method = start_method if self.entry["workers"] == "processes" else None
        if self.entry["workers"] == "processes" and start_method is None:
            raise UsageError("mode `%s` needs a start method: the default differs between "
                             "Python versions" % mode)
        self.workload = workload
        self.semaphores = semaphores
        self.chunksize = chunksize
        if chunksize is not None:
            _check_count("chunksize", chunksize)

    @classmethod
    def from_spec(cls, spec):
        """From the runner's spec; `workload` may have a `path` to a file outside the catalogue, and
        name a plain function of it."""
        asked = spec["workload"]
        if asked.get("command"):
            from .program import WholeCommand
            return cls(spec["mode"], 1, None, WholeCommand(asked))
        workload = Workload(asked["name"], asked.get("args"), asked.get("tasks"), asked.get("path"),
                            asked)
        return cls(spec["mode"], spec["workers"], spec.get("start_method"), workload,
                   spec.get("semaphores"), spec.get("chunksize"))

    def load(self, on_worker_death):
        """Import the mode and the workload; the mode, not started yet."""
        since = self.entry.get("since")
        if since and sys.version_info[:2] < tuple(int(part) for part in since.split(".")):
            raise Unsupported("mode `%s` needs Python %s or later" % (self.mode, since))
        try:
            module = catalogue.load(self.path, "mode")
        except ImportError as error:
            raise Unsupported("mode `%s` can't be imported: %s" % (self.mode, error)) from error
        self.workload.load()
        if self.entry.get("shared") and not self.workload.can_share():
            raise Unsupported("mode `%s` needs a workload that can lie in shared memory, `%s` has "
                              "no `share` and `attach`" % (self.mode, self.workload.name))
        return module.Mode(self, on_worker_death)


def _check_count(what, value):
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise UsageError("`%s` must be a whole number of at least 1, not %r" % (what, value))
