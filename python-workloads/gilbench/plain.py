"""A plain function of anyone's file as a workload: called with its arguments, once a task."""
from _thread import _local

from .failure import UsageError

# `inspect` and `threading` would be a visible part of a small process's start and memory.
CO_COROUTINE = 0x80
CO_ASYNC_GENERATOR = 0x200


class Plain:
    """How the runner wants a file's function called.

    `positional` come before the named arguments; with `inputs`, a list or the name of a function of
    the file, each task's own input comes before both. `setup` and `teardown` name functions of the
    file that each process (or subinterpreter) calls once, before and after all the work. `check` names one
    whose value stands for the answer. With `drain` the generator that it returns is drawn out.
    """

    def __init__(self, asked):
        self.function = asked.get("function")
        self.positional = list(asked.get("positional") or ())
        self.inputs = asked.get("inputs")
        self.setup = asked.get("setup")
        self.teardown = asked.get("teardown")
        self.check = asked.get("check")
        self.drain = bool(asked.get("drain"))
        self.installed = bool(asked.get("installed"))

    def task(self, module, args, given=None):
        """The function as `task(prepared, item)`. One more call a task, well below 0.1 µs. `given` is
        what `setup` returned: a method is called on it where it is of the method's class."""
        function = _bound(module, self.function, given)
        if self.drain:
            function = _drained(function, self.function)
        positional, args = tuple(self.positional), dict(args)
        if self.inputs is not None:
            call = lambda prepared, item: function(item, *positional, **args)
        else:
            call = lambda prepared, index: function(*positional, **args)
        return OnOwnLoop(call) if _flags(function) & CO_COROUTINE else call


class OnOwnLoop:
    """A coroutine function as a task: each thread runs it to its end on a loop of its own.

    A mode that has a loop awaits `awaitable` on it instead.
    """

    def __init__(self, awaitable):
        self.awaitable = awaitable
        self.here = _local()

    def __call__(self, prepared, item):
        loop = getattr(self.here, "loop", None)
        if loop is None:
            import asyncio
            loop = self.here.loop = asyncio.new_event_loop()
        return loop.run_until_complete(self.awaitable(prepared, item))


def _flags(function):
    while hasattr(function, "func") and hasattr(function, "keywords"):  # functools.partial
        function = function.func
    return getattr(getattr(function, "__code__", None), "co_flags", 0)


def _drained(function, name):
    """A function that returns all that the generator or iterator of this one gives."""
    if _flags(function) & CO_ASYNC_GENERATOR:
        async def whole(*positional, **args):
            return [one async for one in function(*positional, **args)]
        return whole

    def whole(*positional, **args):
        lazy = function(*positional, **args)
        if not hasattr(lazy, "__next__"):
            raise UsageError("`%s` returned a value of type `%s`, not a generator or another iterator: there is nothing to "
                             "draw out" % (name, type(lazy).__name__))
        return list(lazy)
    return whole


def find(module, name):
    """The function `name` of a loaded file; a method, as `Class.method`, isn't bound yet."""
    function = module
    for part in name.split("."):
        owner, function = function, getattr(function, part, None)
        if function is None:
            break
    if callable(function):
        return function
    known = sorted(key for key, value in vars(owner).items()
                   if isinstance(value, (type(find), staticmethod, classmethod)) and not key.startswith("_"))
    raise UsageError("`%s` has no function `%s`, there %s" % (
        module.__file__ if owner is module else owner.__name__, part,
        "are: " + ", ".join("`%s`" % one for one in known) if known else "is none"))


def _bound(module, name, given):
    """The function `name`; a method on the instance that was given, or on one that is made without arguments."""
    function = find(module, name)
    path, _, method = name.rpartition(".")
    owner = find(module, path) if path else None
    if not isinstance(owner, type):
        return function
    import inspect
    if not inspect.isfunction(inspect.getattr_static(owner, method)):
        return function
    if not isinstance(given, owner):
        try:
            given = owner()
        except TypeError as error:
            raise UsageError("`%s` can't be made without arguments (%s): name a function that returns one "
                             "as `setup`" % (path, error))
    return getattr(given, method)
