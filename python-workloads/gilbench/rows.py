"""The rows that go to the runner."""
import json
import os
from _thread import allocate_lock


class Rows:
    """JSON lines to the report, each with the nonce and its kind. Nothing is buffered."""

    def __init__(self, path, nonce):
        # A FIFO's reader is there before we are, or is gone: opened blocking, a runner killed in
        # between would leave us waiting for it for ever.
        nonblocking = getattr(os, "O_NONBLOCK", 0)
        self.fd = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | nonblocking, 0o600)
        if nonblocking:
            os.set_blocking(self.fd, True)
        self.nonce = nonce
        self.lock = allocate_lock()

    def write(self, kind, **fields):
        with self.lock:
            self._write(kind, fields)

    def last(self, kind, **fields):
        """A row after which there is none, whichever thread still tries: that one never returns."""
        self.lock.acquire()
        self._write(kind, fields)

    def _write(self, kind, fields):
        row = {"n": self.nonce, "k": kind}
        row.update(fields)
        data = memoryview(json.dumps(row, separators=(",", ":")).encode("ascii") + b"\n")
        while data:
            data = data[os.write(self.fd, data):]
