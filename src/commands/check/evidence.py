"""What `gilmatrix check` asks an interpreter, one question a process: `evidence.py REPORT NONCE QUESTION ARGUMENTS`.

The answer is JSON in the file REPORT between two NONCEs: an import may print, close descriptors, or end the process.
"""
import importlib
import importlib.machinery
import json
import os
import re
import site
import sys
import threading
import time
import warnings

# Distributions whose name isn't the module's.
KNOWN_AS = {
    "Crypto": "pycryptodome", "OpenSSL": "pyOpenSSL", "PIL": "pillow", "attr": "attrs", "bs4": "beautifulsoup4",
    "cv2": "opencv-python-headless", "dateutil": "python-dateutil", "dotenv": "python-dotenv", "fitz": "pymupdf",
    "google.protobuf": "protobuf", "jose": "python-jose", "jwt": "PyJWT", "magic": "python-magic",
    "psycopg2": "psycopg2-binary", "skimage": "scikit-image", "sklearn": "scikit-learn", "yaml": "PyYAML",
    "zmq": "pyzmq",
}


def imports(path):
    """Returns what a script imports and neither the standard library nor its folder has: requirements, sorted."""
    import ast
    with open(path, "rb") as file:
        tree = ast.parse(file.read(), path)
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module:
            names.add(node.module)
    folder = os.path.dirname(os.path.abspath(path))
    here = lambda top: any(os.path.exists(os.path.join(folder, top + end)) for end in (".py", "/__init__.py"))
    found = set()
    for name in names:
        top = name.split(".")[0]
        if top not in sys.stdlib_module_names and not here(top):
            found.add(KNOWN_AS.get(".".join(name.split(".")[:2])) or KNOWN_AS.get(top) or top)
    return sorted(found)


def module_of(file):
    """Returns the module that a file of a distribution is, and whether it is compiled; None: it is none."""
    parts = list(file.parts)
    for suffix in importlib.machinery.EXTENSION_SUFFIXES:
        if parts[-1].endswith(suffix):
            parts[-1] = parts[-1][: -len(suffix)]
            break
    else:
        if not parts[-1].endswith(".py") or len(parts) > 2 or (len(parts) == 2 and parts[-1] != "__init__.py"):
            return None
        parts = [parts[0][:-3] if len(parts) == 1 else parts[0]]
        suffix = None
    compiled = suffix is not None
    if compiled and parts[-1] == "__init__":
        parts.pop()
    # A library that modules load has an identifier for a name, too, but no function that initialises a module.
    if not all(part.isidentifier() for part in parts) or parts[0] in ("tests", "test"):
        return None
    return ".".join(parts), compiled


def initialises(path, name):
    """Returns whether a compiled file has the function by which a module of this name is made."""
    function = b"PyInit_" + name.rsplit(".", 1)[-1].encode()
    try:
        with open(path, "rb") as file:
            return function in file.read()
    except OSError:
        return True


def distributions():
    """Returns every distribution here: name, version, what it requires, whether it was asked for, its modules."""
    from importlib import metadata
    found = []
    for dist in metadata.distributions():
        name = dist.metadata["Name"]
        if name.lower() == "pip":
            continue
        modules = {}
        for file in dist.files or []:
            module = module_of(file)
            if module and (not module[1] or initialises(dist.locate_file(file), module[0])):
                modules[module[0]] = modules.get(module[0], False) or module[1]
        requires = {re.split(r"[^A-Za-z0-9._-]", one.strip())[0] for one in dist.requires or [] if "extra ==" not in one}
        found.append({
            "name": name, "version": dist.version, "requires": sorted(requires),
            "requested": dist.read_text("REQUESTED") is not None, "modules": modules,
        })
    return sorted(found, key=lambda one: one["name"].lower())


# What the interpreter said while it took the environment's folders in: a .pth file may import, too.
AT_START = []


def blamed(said):
    """Returns the module that the interpreter says it switched the GIL on for."""
    for one in AT_START + said:
        named = re.search(r"load module '([^']+)'", str(one.message))
        if named:
            return named.group(1)
    return None


def failure(error):
    return "%s: %s" % (type(error).__name__, str(error).strip().split("\n")[0][:200])


def import_one(name):
    """Imports a module; says whether the GIL is on afterwards, and for which module it was switched on."""
    error = None
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        try:
            importlib.import_module(name)
        except BaseException as caught:
            error = failure(caught)
    return {"after": sys._is_gil_enabled(), "by": blamed(said), "error": error}


def import_at_once(threads, *names):
    """Imports the modules in several threads at the same moment."""
    barrier, errors = threading.Barrier(int(threads)), []

    def run():
        try:
            barrier.wait()
            for name in names:
                importlib.import_module(name)
        except BaseException as caught:
            errors.append(failure(caught))

    together(run, int(threads))
    return {"error": errors[0] if errors else None}


def together(run, threads):
    started = [threading.Thread(target=run) for _ in range(threads)]
    for one in started:
        one.start()
    for one in started:
        one.join()


def stress(harness, path, function, threads, seconds):
    """Calls a function again and again in several threads that are switched as often as can be, and compares each
    answer with that of one thread alone."""
    sys.path.insert(0, harness)
    from gilbench.checksum import combine
    from gilbench.workload import Workload

    workload = Workload("stress", path=path, plain={"function": function})
    call = workload.plain.task(workload.load(), {})

    def digest():
        return combine([call(None, 0)])

    alone = digest()
    if digest() != alone:
        return {"error": "it returns something else each time it is called, in one thread, too", "calls": 2}
    sys.setswitchinterval(1e-6)
    until, wrong, counts = time.monotonic() + float(seconds), [], []

    def run():
        count = 0
        while time.monotonic() < until and not wrong:
            try:
                if digest() != alone:
                    wrong.append("another answer than in one thread")
            except BaseException as caught:
                wrong.append(failure(caught))
            count += 1
        counts.append(count)

    together(run, int(threads))
    return {"error": wrong[0] if wrong else None, "calls": sum(counts), "gil": sys._is_gil_enabled()}


QUESTIONS = {
    "imports": imports, "distributions": distributions, "import": import_one, "at-once": import_at_once,
    "stress": stress,
}


def main():
    report, nonce, question = sys.argv[1:4]
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        site.main()
    AT_START.extend(said)
    text = json.dumps(QUESTIONS[question](*sys.argv[4:]))
    with open(report, "r+") as file:
        file.write(nonce + text + nonce + "\n")


main()
