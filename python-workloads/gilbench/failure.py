"""What can go wrong, and how it is put into words of bounded length."""

MESSAGE_LIMIT = 2000
TRACEBACK_LIMIT = 4000
EXIT_FAILED = 70


class Unsupported(Exception):
    """This mode or workload can't run on this interpreter or system at all."""


class WorkerDied(Exception):
    """A worker process ended while it was still needed."""


class ProtocolError(Exception):
    """The runner, or the file it wrote, broke the protocol."""


class UsageError(Exception):
    """The command line, or the cell it asks for, is wrong."""


class CommandFailed(Exception):
    """A command ended with another status than 0."""


class WrongInterpreter(Exception):
    """No interpreter, or none that proves to be the one under test, ran a command."""


class Disturbed(Exception):
    """The code under test took away what the harness works with."""


class NotFit(Exception):
    """What goes to worker processes or comes back from them can't be pickled, or not unpickled."""

    def __init__(self, what, error):
        Exception.__init__(self, "%s: %s" % (what, _brief(error)))


class ThreadLeft(Exception):
    """A thread that the work has started doesn't end, and so the process wouldn't."""


class Lazy(Exception):
    """A result of which nothing has been computed yet: what it is, what would compute it, and whether it can be
    drawn out."""

    def __init__(self, what, instead, drains=False):
        Exception.__init__(self, what)
        self.what = what
        self.instead = instead
        self.drains = drains


class RemoteFailure(Exception):
    """An exception that was raised in a worker process, as that process described it.

    Pool would pickle the exception itself, and hangs for ever where unpickling it fails.
    """

    def __init__(self, description):
        Exception.__init__(self, description["message"])
        self.description = description


def _brief(error):
    """One line about an error, or about what a traceback's text ends with."""
    text = error if isinstance(error, str) else "%s: %s" % (type(error).__name__, error)
    lines = [line.strip() for line in text.strip().strip("'\"").splitlines() if line.strip(" '\"")]
    return lines[-1][:300] if isinstance(error, str) and lines else text[:300]


def describe(error):
    """`type`, `message` and `traceback` of an exception, each bounded."""
    if isinstance(error, RemoteFailure):
        return error.description
    try:
        message = str(error)
    except BaseException as inner:
        message = "(no message: its str() raised %s)" % type(inner).__name__
    return {
        "type": type(error).__name__[:200],
        "message": message[:MESSAGE_LIMIT],
        "traceback": _traceback(error),
    }


def _traceback(error):
    try:
        import traceback
        # Only the frames: the message may be huge, and is reported beside it.
        frames = traceback.format_tb(error.__traceback__)
        return "".join(frames)[-TRACEBACK_LIMIT:]
    except BaseException as inner:
        return "(no traceback: %s)" % type(inner).__name__


def exit_in_words(code):
    """An exit code as multiprocessing gives it: negative for a signal."""
    if code is None:
        return "ended, its exit code is not known"
    if code >= 0:
        return "ended with exit code %d" % code
    try:
        import signal
        return "was killed by signal %d (%s)" % (-code, signal.Signals(-code).name)
    except ValueError:
        return "was killed by signal %d" % -code
