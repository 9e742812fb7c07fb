"""A plain function of anyone's file as a workload: called with its arguments, once a task."""
from .failure import UsageError


class Plain:
    """How the runner wants a file's function called.

    `positional` come before the named arguments; with `inputs`, a list or the name of a function of
    the file, each task's own input comes before both. `setup` and `teardown` name functions of the
    file that each process (or subinterpreter) calls once, before and after all the work. `check` names one
    whose value stands for the answer.
    """

    def __init__(self, asked):
        self.function = asked.get("function")
        self.positional = list(asked.get("positional") or ())
        self.inputs = asked.get("inputs")
        self.setup = asked.get("setup")
        self.teardown = asked.get("teardown")
        self.check = asked.get("check")
        self.installed = bool(asked.get("installed"))

    def task(self, module, args):
        """The function as `task(prepared, item)`. One more call a task, well below 0.1 µs."""
        function = find(module, self.function)
        positional, args = tuple(self.positional), dict(args)
        if self.inputs is not None:
            return lambda prepared, item: function(item, *positional, **args)
        return lambda prepared, index: function(*positional, **args)


def find(module, name):
    """The function `name` of a loaded file."""
    function = getattr(module, name, None)
    if callable(function):
        return function
    known = sorted(key for key, value in vars(module).items()
                   if isinstance(value, type(find)) and not key.startswith("_"))
    raise UsageError("`%s` has no function `%s`, there %s" % (
        module.__file__, name,
        "are: " + ", ".join("`%s`" % one for one in known) if known else "is none"))
