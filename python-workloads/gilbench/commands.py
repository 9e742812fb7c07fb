"""The runner's commands on standard input, and the runner's end."""
import os
import signal

from .descriptors import Own
from .failure import Disturbed


class Commands:
    """Takes descriptor 0 for itself; what workload code or a worker finds there is /dev/null."""

    def __init__(self):
        self.own = Own(os.dup(0))
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        self.pending = b""
        self.hung_up = None
        self.guarding = False

    def next(self):
        """The next command as an object, `None` once the runner is gone. Sleeps in the kernel."""
        import json
        while b"\n" not in self.pending:
            if not self.own.intact():
                raise Disturbed("the code under test closed descriptors that aren't its own, the harness's too; "
                                "close those that it opened, instead of all")
            chunk = os.read(self.own.fd, 65536)
            if not chunk:
                return None
            self.pending += chunk
        line, self.pending = self.pending.split(b"\n", 1)
        return json.loads(line.decode("utf-8"))

    def watch(self, gone):
        """Have `gone` called in the main thread if the runner ends during guarded work.

        The kernel signals it: a thread that waits for it would change what is measured. Where the
        system can't, the end is noticed when the next command is read.
        """
        try:
            import fcntl
            import select

            def check(*_):
                # Its own poll object: the signal may come while `guard` is in here, and one object
                # refuses to be polled twice at once.
                poll = select.poll()
                poll.register(self.own.fd, select.POLLIN)
                # Hung up with nothing left to read: a last command is still carried out. Outside
                # guarded work a command may be half read; there `next` itself sees the end.
                if self.guarding and b"\n" not in self.pending and any(
                        event & select.POLLHUP and not event & select.POLLIN
                        for _, event in poll.poll(0)):
                    gone()

            signal.signal(signal.SIGIO, check)
            fcntl.fcntl(self.own.fd, fcntl.F_SETOWN, os.getpid())
            flags = fcntl.fcntl(self.own.fd, fcntl.F_GETFL)
            fcntl.fcntl(self.own.fd, fcntl.F_SETFL, flags | os.O_ASYNC)
            self.hung_up = check
        except (ImportError, AttributeError, OSError, ValueError):
            pass

    def guard(self, work):
        """`work()`, ended with everything else if the runner goes meanwhile."""
        self.guarding = True
        try:
            if self.hung_up is not None:
                self.hung_up()  # the signal may have come before
            return work()
        finally:
            self.guarding = False

    def unwatch(self):
        """After the last command the runner may hang up as it likes."""
        try:
            import fcntl
            flags = fcntl.fcntl(self.own.fd, fcntl.F_GETFL)
            fcntl.fcntl(self.own.fd, fcntl.F_SETFL, flags & ~os.O_ASYNC)
            # At its end Python gives handlers back to the system, whose own would be deadly.
            signal.signal(signal.SIGIO, signal.SIG_IGN)
        except (ImportError, AttributeError, OSError, ValueError):
            pass
