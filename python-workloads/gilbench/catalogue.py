"""The modes and workloads: one file each, described by one line of JSON in its docstring.

The line begins with `gilmatrix:`; the runner reads it as well (docs/protocol.md). A file's name is
the entry's name with `_` for `-`.
"""
import os
import sys

from .failure import UsageError

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MARK = "gilmatrix:"
# What the line of a mode says, and what the workers of one may be.
OF_MODES = ("name", "summary", "workers", "asyncio", "since")
WORKERS = ("inline", "loop", "threads", "processes", "interpreters", "command")


def path_of(kind, name):
    """The file of the mode or workload `name`, whether it exists or not; `kind` is the folder."""
    return os.path.join(HERE, kind, name.replace("-", "_") + ".py")


def names(kind):
    """Every name in a folder, sorted."""
    files = os.listdir(os.path.join(HERE, kind))
    stems = (name[:-3] for name in files if name.endswith(".py") and not name.startswith("_"))
    return sorted(stem.replace("_", "-") for stem in stems)


def entry(path):
    """The description in a file's docstring, `{}` where there is none."""
    import json
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip().startswith(MARK):
                try:
                    return json.loads(line.strip()[len(MARK):])
                except ValueError as error:
                    raise UsageError("the line `%s` of `%s` is no JSON: %s" % (MARK, path, error)) from error
    return {}


def mode(name):
    """The description of a mode, with all that it has to say."""
    path = path_of("modes", name)
    if not os.path.isfile(path):
        raise UsageError("no mode `%s`, there are: %s" % (name, ", ".join(names("modes"))))
    found = entry(path)
    lacking = [key for key in OF_MODES if key not in found]
    if lacking:
        raise UsageError("the line `%s` of `%s` lacks `%s`" % (MARK, path, "`, `".join(lacking)))
    if found["name"] != name:
        raise UsageError("`%s` calls itself `%s`; its file's name makes it `%s`" % (path, found["name"], name))
    if found["workers"] not in WORKERS:
        raise UsageError("`workers` of `%s` is `%s`, not one of %s" % (path, found["workers"], ", ".join(WORKERS)))
    return found


def package_of(path):
    """The folder that a file is imported from, and its name there where it lies in a package, else `None`."""
    own, file = os.path.split(path)
    folder, parts = own, [] if file == "__init__.py" else [file[:-3]]
    while os.path.isfile(os.path.join(folder, "__init__.py")):
        folder, part = os.path.split(folder)
        parts.insert(0, part)
    return folder, ".".join(parts) if folder != own else None


def load(path, prefix):
    """The module in the file `path`, loaded once a process.

    By path and under a name of our own, so that `modes/asyncio.py` hides no other module.
    """
    from importlib.machinery import ModuleSpec, SourceFileLoader
    name = "gilbench_%s_%s" % (prefix, os.path.basename(path)[:-3])
    module = sys.modules.get(name)
    if module is None:
        loader = SourceFileLoader(name, path)
        module = type(sys)(name)
        module.__file__ = path
        module.__loader__ = loader
        module.__spec__ = ModuleSpec(name, loader, origin=path)
        sys.modules[name] = module
        try:
            loader.exec_module(module)
        except BaseException:
            del sys.modules[name]
            raise
    return module
