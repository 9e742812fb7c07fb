"""Makes a wheel for the interpreter that runs this: make_wheel.py FOLDER KIND NAME.

`pure` is of Python alone. `undeclared` has an extension module that doesn't declare itself safe without the GIL, so
that importing it on a free-threaded build switches the GIL on; of `gil` a .pth file imports it when the interpreter
starts, too, as some real packages do. `safe` declares itself, `crash` ends the process.
"""
import os
import subprocess
import sys
import sysconfig
import zipfile

UNDECLARED = """
#include <Python.h>
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "%(name)s", NULL, -1, NULL};
PyMODINIT_FUNC PyInit_%(name)s(void) { return PyModule_Create(&definition); }
"""
SAFE = """
#include <Python.h>
static PyModuleDef_Slot slots[] = {{Py_mod_gil, Py_MOD_GIL_NOT_USED}, {0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "%(name)s", NULL, 0, NULL, slots};
PyMODINIT_FUNC PyInit_%(name)s(void) { return PyModuleDef_Init(&definition); }
"""
CRASH = """
#include <Python.h>
PyMODINIT_FUNC PyInit_%(name)s(void) { abort(); }
"""
EXTENSIONS = {"undeclared": UNDECLARED, "gil": UNDECLARED, "safe": SAFE, "crash": CRASH}


def extension(folder, kind, name):
    source = os.path.join(folder, name + ".c")
    with open(source, "w") as file:
        file.write(EXTENSIONS[kind] % {"name": name})
    built = os.path.join(folder, name + sysconfig.get_config_var("EXT_SUFFIX"))
    include = "-I" + sysconfig.get_paths()["include"]
    subprocess.check_call([os.environ.get("CC", "cc"), "-shared", "-fPIC", "-O1", include, source, "-o", built])
    return built


def main(folder, kind, name):
    if kind in EXTENSIONS:
        abi = "cp%d%d" % sys.version_info[:2]
        tag = "%s-%s%s-%s" % (abi, abi, sys.abiflags, sysconfig.get_platform().replace("-", "_").replace(".", "_"))
        built = extension(folder, kind, name)
        with open(built, "rb") as file:
            files = {os.path.basename(built): file.read()}
        if kind == "gil":
            files[name + ".pth"] = ("import %s\n" % name).encode()
    else:
        tag = "py3-none-any"
        files = {name + "/__init__.py": b"ANSWER = 42\n"}
    info = name + "-1.0.dist-info/"
    files[info + "METADATA"] = ("Metadata-Version: 2.1\nName: %s\nVersion: 1.0\n" % name).encode()
    files[info + "WHEEL"] = ("Wheel-Version: 1.0\nRoot-Is-Purelib: %s\nTag: %s\n" % (kind == "pure", tag)).encode()
    record = "".join("%s,,\n" % path for path in list(files) + [info + "RECORD"])
    files[info + "RECORD"] = record.encode()
    wheel = os.path.join(folder, "%s-1.0-%s.whl" % (name, tag))
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    print(os.path.basename(wheel))


main(*sys.argv[1:])
