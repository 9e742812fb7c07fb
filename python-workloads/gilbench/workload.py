"""A workload: where its code is, and its inputs. Small and picklable, so that workers can load it.

docs/workloads.md says what a workload's file may define; only `task` must be there.
"""
import importlib
import os
import sys

from . import catalogue
from .clock import thread_cpu_ns
from .failure import Unsupported, UsageError
from .plain import Plain, find


class Workload:
    """One workload with its arguments; `path` is given for a file outside the catalogue.

    `plain` says how a file's function is called that isn't written for this harness, and which of
    its functions are hooks.
    """

    def __init__(self, name, args=None, tasks=None, path=None, plain=None):
        self.name = name
        self.plain = Plain(plain or {})
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
        """The workload's module, imported once a process; a file of a package under the package's name, so that
        its relative imports work."""
        folder, package = catalogue.package_of(self.path) if self.outside else (None, None)
        if self.outside and folder not in sys.path:
            # Where the file's project is installed, that is what runs, not the source beside it.
            sys.path.insert(len(sys.path) if self.plain.installed else 0, folder)
        try:
            if package is None:
                module = catalogue.load(self.path, "workload")
            else:
                module = importlib.import_module(package)
        except ImportError as error:
            if self.requires:
                needs = ", ".join("`%s`" % package for package in self.requires)
                raise Unsupported("workload `%s` needs %s: %s"
                                  % (self.name, needs, _reason(error))) from error
            raise
        if package and not self.plain.installed and not os.path.samefile(module.__file__, self.path):
            raise UsageError("`%s` is %s for this interpreter, not %s"
                             % (package, module.__file__, self.path))
        find(module, self.plain.function or "task")
        return module

    def items(self):
        """What each task is called with, beside what all share: its own input, or its index."""
        inputs = self.plain.inputs
        if isinstance(inputs, str):
            inputs = find(self.load(), inputs)
        elif inputs is None:
            inputs = self._optional("inputs")
        if inputs is None:
            return list(range(self.tasks))
        items = list(inputs(dict(self.args), self.tasks) if callable(inputs) else inputs)
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
        given, setup_ns = self._set_up(module)
        teardown = find(module, self.plain.teardown) if self.plain.teardown else None
        check = find(module, self.plain.check) if self.checks_passes() else None
        if self.plain.function:
            return Work(self.plain.task(module, args, given), None, None, teardown, check,
                        find(module, self.plain.function), setup_ns)
        if shared is not None:
            prepared = module.attach(args, shared)
        else:
            prepare = self._optional("prepare")
            prepared = args if prepare is None else prepare(args)
        return Work(module.task, prepared, self._optional("reset") if owner else None, teardown, check,
                    module.task)

    def _set_up(self, module):
        """Call `setup`; what it returned and its CPU time."""
        if not self.plain.setup:
            return None, 0
        setup, begin = find(module, self.plain.setup), thread_cpu_ns()
        given = setup()
        return given, 0 if begin is None else thread_cpu_ns() - begin

    def digest(self):
        """A function from a result to what the checksum is made of; `None` for the result."""
        if self.plain.check:
            return _nothing if self.checks_passes() else find(self.load(), self.plain.check)
        return self._optional("digest")

    def checks_passes(self):
        """Whether a function that takes no result is called after each pass, where the tasks ran."""
        if not self.plain.check:
            return False
        check = find(self.load(), self.plain.check)
        code = getattr(check, "__code__", None)
        return code is not None and code.co_argcount == len(check.__defaults__ or ())

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
        """What the file offers the harness; a plain function's file means nothing by its names."""
        module = self.load()
        return None if self.plain.function else getattr(module, name, None)


def _nothing(result):
    """What is left of a result where something else stands for the answer."""


def _reason(error):
    """One line. NumPy wraps the error that tells the reason into a page of advice."""
    while isinstance(error.__cause__, ImportError):
        error = error.__cause__
    return next((line.strip() for line in str(error).splitlines() if line.strip()), "no reason given")
