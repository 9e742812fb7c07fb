"""A workload: where its code is, and its inputs. Small and picklable, so that workers can load it.

docs/workloads.md says what a workload's file may define; only `task` must be there.
"""
import os
import sys

from . import catalogue
from .failure import Unsupported, UsageError


class Workload:
    """One workload with its arguments; `path` is given for a file outside the catalogue."""

    def __init__(self, name, args=None, tasks=None, path=None):
        self.name = name
        self.outside = path is not None
        self.path = os.path.abspath(path) if path else catalogue.path_of("workloads", name)
        if not os.path.isfile(self.path):
            if self.outside:
                raise UsageError("no workload file `%s`" % self.path)
            known = ", ".join(catalogue.names("workloads"))
            raise UsageError("no workload `%s`, there are: %s" % (name, known))
        entry = catalogue.entry(self.path)
        self.requires = entry.get("requires", [])
        self.args = dict(entry.get("args", {}))
        given = args or {}
        if not self.outside:
            for key in given:
                if key not in self.args:
                    known = ", ".join("`%s`" % arg for arg in self.args) or "none"
                    raise UsageError("no argument `%s` in workload `%s`, it takes: %s"
                                     % (key, name, known))
        self.args.update(given)
        self.tasks = entry.get("tasks", 8) if tasks is None else tasks

    def load(self):
        """The workload's module, imported once a process."""
        if self.outside:
            folder = os.path.dirname(self.path)
            if folder not in sys.path:
                sys.path.insert(0, folder)
        try:
            module = catalogue.load(self.path, "workload")
        except ImportError as error:
            if self.requires:
                needs = ", ".join("`%s`" % package for package in self.requires)
                raise Unsupported("workload `%s` needs %s: %s"
                                  % (self.name, needs, _reason(error))) from error
            raise
        if not callable(getattr(module, "task", None)):
            raise UsageError("workload `%s` has no function `task`" % self.path)
        return module

    def items(self):
        """What each task is called with, beside what all share: its own input, or its index."""
        inputs = self._optional("inputs")
        if inputs is None:
            return list(range(self.tasks))
        items = list(inputs(dict(self.args), self.tasks))
        if len(items) != self.tasks:
            raise UsageError("`inputs` of workload `%s` gave %d inputs for %d tasks"
                             % (self.name, len(items), self.tasks))
        return items

    def ready(self, shared=None, owner=True):
        """The `Work` of this process. `shared` is what `share` returned, where processes share;
        then only the main process is the owner, who resets it."""
        from .work import Work
        module = self.load()
        args = dict(self.args)
        if shared is not None:
            prepared = module.attach(args, shared)
        else:
            prepare = self._optional("prepare")
            prepared = args if prepare is None else prepare(args)
        return Work(module.task, prepared, self._optional("reset") if owner else None)

    def digest(self):
        """A function from a result to what the checksum is made of; `None` for the result."""
        return self._optional("digest")

    def inherited(self):
        """Whether forked workers find the inputs in the memory that they share with the parent."""
        return bool(self._optional("INHERIT"))

    def can_share(self):
        """Whether processes can use its inputs in shared memory."""
        return self._optional("share") is not None and self._optional("attach") is not None

    def share(self, context):
        """The inputs in shared memory, to be handed to workers as they start."""
        return self.load().share(dict(self.args), context)

    def _optional(self, name):
        return getattr(self.load(), name, None)


def _reason(error):
    """One line. NumPy wraps the error that tells the reason into a page of advice."""
    while isinstance(error.__cause__, ImportError):
        error = error.__cause__
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "no reason given")
