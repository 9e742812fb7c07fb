"""A workload: where its code is, and its inputs. Small and picklable, so that workers can load it.

A workload's file has

    def task(prepared, index)   one task; pure; returns something small (int, str, bytes, ...)
    def prepare(args)           optional: inputs, built once in each process outside the clock;
                                without it `prepared` is the dict of arguments
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
            if error.name in self.requires or self.requires:
                needs = ", ".join("`%s`" % package for package in self.requires)
                raise Unsupported("workload `%s` needs %s: %s" % (self.name, needs, error)) from error
            raise
        if not callable(getattr(module, "task", None)):
            raise UsageError("workload `%s` has no function `task`" % self.path)
        return module

    def ready(self):
        """The task function and its prepared inputs."""
        module = self.load()
        prepare = getattr(module, "prepare", None)
        prepared = dict(self.args) if prepare is None else prepare(dict(self.args))
        return module.task, prepared
