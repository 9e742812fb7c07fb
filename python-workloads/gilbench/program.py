"""A whole command: started, read to its end, and proved to be run by the interpreter under test."""
import json
import os
import select
import shlex
import shutil
import signal
import sys
import tempfile

try:
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

from . import facts
from .failure import CommandFailed, Unsupported, WorkerDied, WrongInterpreter, exit_in_words
from .plain import Plain

# What stands for the interpreter under test.
PYTHON = "{python}"
CHUNK = 1 << 16
# Of what it says on standard error so much is kept, in bytes, and so much of a line told, in characters.
KEPT = 4000
BRIEF = 300
SHOWN = 100
# Of the CPU time of a command that has one thread and no children so much is its first thread's.
ALL = 0.95


class WholeCommand:
    """What stands for a workload where a command is one: it has no file, and one task."""

    tasks = 1

    def __init__(self, asked):
        self.name = asked["name"]
        self.plain = Plain({})
        self.folder = asked["folder"]
        self.command = self.prepare = self.cleanup = None
        self.words = {key: asked.get(key) or [] for key in ("command", "prepare", "cleanup")}

    def load(self):
        """Go where it is to run, and look for its programs."""
        if not hasattr(os, "posix_spawn"):
            raise Unsupported("a command needs `os.posix_spawn`, which this Python lacks")
        os.chdir(self.folder)
        self.command, self.prepare, self.cleanup = (Program(words) if words else None
                                                    for words in self.words.values())

    def can_share(self):
        return False

    def checks_passes(self):
        return False

    def digest(self):
        return None


class Program:
    """One command line. Its name is looked up beside the interpreter, where a package's scripts are, and on PATH."""

    def __init__(self, words):
        self.shown = " ".join(map(_told, words))[:SHOWN]
        self.words = filled_in(words)
        folders = [os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)]
        self.path = shutil.which(self.words[0], path=os.pathsep.join(folders))
        if self.path is None:
            raise CommandFailed("there is no program `%s`, neither beside `%s` nor on PATH"
                                % (self.words[0], sys.executable))
        # How long it waited for a CPU that others had; `None`: the kernel doesn't tell, or not of its first thread alone,
        # since others did part of the work.
        self.pid = self.run_delay_ns = None

    def run(self, env=None):
        """What it printed, as a digest (`None`: nothing), and what the kernel says that it and its children took."""
        out, out_end = os.pipe()
        err, err_end = os.pipe()
        try:
            # Whoever has the harness end at this very moment has to know the child.
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGIO])
            try:
                self.pid = os.posix_spawn(
                    self.path, self.words, os.environ if env is None else env,
                    file_actions=[(os.POSIX_SPAWN_DUP2, out_end, 1), (os.POSIX_SPAWN_DUP2, err_end, 2)],
                    setsigmask=[], setsigdef=[signal.SIGPIPE, signal.SIGXFSZ])  # which Python ignores
            except OSError as error:
                raise CommandFailed("`%s` can't be started: %s" % (self.path, error.strerror))
            finally:
                signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGIO])
                os.close(out_end)
                os.close(err_end)
            printed, said = _read(out, err)
        finally:
            os.close(out)
            os.close(err)
        told = _schedstat(self.pid)
        _, status, usage = os.wait4(self.pid, 0)
        self.pid = self.run_delay_ns = None
        if told is not None and told[0] >= ALL * 1e9 * (usage.ru_utime + usage.ru_stime):
            self.run_delay_ns = told[1]
        if status:
            self._failed(-os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), said)
        return printed, usage

    def _failed(self, code, said):
        os.write(2, said)
        lines = said.decode("utf-8", "replace").strip().splitlines()
        text = "`%s` %s%s" % (self.shown, exit_in_words(code), ": " + lines[-1].strip()[:BRIEF] if lines else "")
        raise WorkerDied(text) if code < 0 else CommandFailed(text)

    def kill(self):
        if self.pid is not None:
            try:
                os.kill(self.pid, signal.SIGKILL)
            except OSError:
                pass

    def prove(self):
        """Run it once; the facts of the Python that ran, and whether the GIL was on at its end.

        Of several Pythons one that isn't the interpreter under test, if there is one.
        """
        with tempfile.TemporaryFile("w+") as file:
            env = dict(os.environ, GILMATRIX_PROOF="/proc/%d/fd/%d" % (os.getpid(), file.fileno()))
            hook = os.path.join(os.path.dirname(os.path.abspath(__file__)), "proving")
            env["PYTHONPATH"] = os.pathsep.join(filter(None, (hook, env.get("PYTHONPATH"))))
            failure = None
            try:
                self.run(env)
            except (CommandFailed, WorkerDied) as error:
                failure = error
            file.seek(0)
            rows = [json.loads(line) for line in file]
        strangers = [row for row in rows if _who(row) != _who(facts.interpreter())]
        if failure is not None and not strangers:
            raise failure
        if not rows:
            raise WrongInterpreter(
                "`%s` runs `%s`, and no Python that tells which one it is: write `%s` for Python, without `-I`, `-E` "
                "or `-S`" % (self.shown, self.path, PYTHON))
        first, last = {}, {}
        for row in rows:
            first.setdefault(row["pid"], row)
            last[row["pid"]] = row
        told = dict((strangers or rows)[0], pid=os.getpid(), thread=None,
                    gil_enabled=any(row["gil_enabled"] for row in first.values()))
        return told, any(row["gil_enabled"] for row in last.values())


def _schedstat(pid):
    """What its first thread had of a CPU, and waited for one, once it has ended and is still there to be asked about."""
    try:
        os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        with open("/proc/%d/schedstat" % pid, "rb") as file:
            return tuple(map(int, file.read().split()[:2]))
    except (AttributeError, OSError, ValueError):
        return None


def _who(row):
    return row["executable"], row["version"], row["py_gil_disabled"]


def _told(word):
    """The word without the value of a variable, which may be a secret."""
    name, equals, _ = word.partition("=")
    return name + "=\u2026" if equals and name.isupper() else word


def filled_in(words):
    """With the interpreter under test, and the `-X` options that it was started with."""
    python = [sys.executable]
    for name, value in getattr(sys, "_xoptions", {}).items():
        python += ["-X", name if value is True else "%s=%s" % (name, value)]
    quoted = " ".join(map(shlex.quote, python))
    filled = []
    for word in words:
        filled += python if word == PYTHON else [word.replace(PYTHON, quoted)]
    return filled


def _read(out, err):
    """Read both to their ends: a digest of the one, `None` if it was empty, and the end of the other."""
    digest, size, said = blake2b(digest_size=12), 0, b""
    poll = select.poll()
    for fd in (out, err):
        poll.register(fd, select.POLLIN)
    left = 2
    while left:
        for fd, _ in poll.poll():
            chunk = os.read(fd, CHUNK)
            if not chunk:
                poll.unregister(fd)
                left -= 1
            elif fd == out:
                digest.update(chunk)
                size += len(chunk)
            else:
                said = (said + chunk)[-KEPT:]
    return digest.hexdigest() if size else None, said
