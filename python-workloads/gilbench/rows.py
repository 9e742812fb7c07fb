"""The rows that go to the runner."""
import json
import os
from _thread import allocate_lock

from .descriptors import Own


class Rows:
    """JSON lines to the report, each with the nonce and its kind. Nothing is buffered."""

    def __init__(self, path, nonce):
        self.path = path
        self.own = self._open()
        self.nonce = nonce
        self.lock = allocate_lock()

    def _open(self):
        # A FIFO's reader is there before we are, or is gone: opened blocking, a runner killed in
        # between would leave us waiting for it for ever.
        nonblocking = getattr(os, "O_NONBLOCK", 0)
        fd = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | nonblocking, 0o600)
        if nonblocking:
            os.set_blocking(fd, True)
        return Own(fd)

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
        text = json.dumps(row, separators=(",", ":"))
        if "\\ud" in text:
            text = json.dumps(_whole(row), separators=(",", ":"))
        data = memoryview(text.encode("ascii") + b"\n")
        if not self.own.intact():  # closed by the code under test; its number may be another file's
            self.own = self._open()
        while data:
            data = data[os.write(self.own.fd, data):]


def _whole(value):
    """Without halves of surrogate pairs, of which there is no JSON that others read."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    if isinstance(value, (list, tuple)):
        return [_whole(one) for one in value]
    if isinstance(value, dict):
        return {_whole(key): _whole(one) for key, one in value.items()}
    return value
