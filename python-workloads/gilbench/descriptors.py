"""Descriptors of the harness's own, where code under test that closes or reuses descriptors doesn't find them."""
import os

FARTHEST = 60000


def out_of_reach(fd):
    """The same file under a number beyond those that a script is likely to close; the old one is closed."""
    try:
        import fcntl
        from resource import RLIMIT_NOFILE, getrlimit, setrlimit
        soft, hard = getrlimit(RLIMIT_NOFILE)
        wanted = max(soft, 1024) + 100
        beyond = wanted <= FARTHEST and (hard < 0 or wanted + 100 <= hard)
        if not beyond:
            wanted = max(3, min(soft if soft > 0 else FARTHEST, FARTHEST) - 100)
        # A descriptor stays open beyond the limit, where nobody can make another one.
        if beyond:
            setrlimit(RLIMIT_NOFILE, (wanted + 100, hard))
        try:
            high = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, wanted)
        finally:
            if beyond:
                setrlimit(RLIMIT_NOFILE, (soft, hard))
    except (ImportError, AttributeError, OSError, ValueError):
        return fd
    os.close(fd)
    return high


class Own:
    """A descriptor that knows whether its number still stands for its file."""

    def __init__(self, fd):
        self.fd = out_of_reach(fd)
        self.file = self._file()

    def _file(self):
        try:
            found = os.fstat(self.fd)
        except OSError:
            return None
        return found.st_dev, found.st_ino

    def intact(self):
        return self.file is not None and self._file() == self.file

    def close(self):
        if self.intact():
            os.close(self.fd)
