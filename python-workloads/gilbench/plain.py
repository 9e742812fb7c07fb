"""A plain function of anyone's file as a workload: called with its arguments, once a task."""
from .failure import UsageError

LAZY = ("async_generator", "coroutine", "generator")
NESTED = 6


class Plain:
    """How the runner wants a file's function called.

    `positional` come before the named arguments; with `inputs`, a list or the name of a function of
    the file, each task's own input comes before both. `setup` and `teardown` name functions of the
    file that each process (or subinterpreter) calls once, before and after all the work.
    """

    def __init__(self, asked):
        self.function = asked.get("function")
        self.positional = list(asked.get("positional") or ())
        self.inputs = asked.get("inputs")
        self.setup = asked.get("setup")
        self.teardown = asked.get("teardown")
        self.installed = bool(asked.get("installed"))

    def task(self, module, args):
        """The function as `task(prepared, item)`. One more call a task, well below 0.1 µs."""
        function = find(module, self.function)
        positional, args = tuple(self.positional), dict(args)
        if self.inputs is not None:
            return lambda prepared, item: function(item, *positional, **args)
        return lambda prepared, index: function(*positional, **args)

    def digest(self, result):
        """What the checksum is made of: the result's `repr`, without what differs between processes."""
        kind = type(result).__name__
        if kind in LAZY:
            raise UsageError("`%s` returned a %s: nothing is computed before it is consumed, so wrap "
                             "it in a function that does" % (self.function, kind.replace("_", " ")))
        return without_address(repr(ordered(result)))


def ordered(value, depth=0):
    """The value with its sets in a fixed order, as deep as is reasonable."""
    if depth > NESTED:
        return value
    if type(value) in (set, frozenset):
        return ["set"] + sorted(without_address(repr(ordered(one, depth + 1))) for one in value)
    if type(value) in (list, tuple):
        return type(value)(ordered(one, depth + 1) for one in value)
    if type(value) is dict:
        return {key: ordered(one, depth + 1) for key, one in value.items()}
    return value


def without_address(text):
    """`<C object at 0x7f…>` is another address in each process."""
    if " at 0x" not in text:
        return text
    import re
    return re.sub("(?<= at )0x[0-9a-fA-F]+", "0x", text)


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
