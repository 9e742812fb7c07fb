"""What stands for the answer of a pass: a digest of each result, whole, whatever it is made of.

Independent of mode, workers, interpreter and platform, as long as the results' content is. Nothing rests
on `repr`, which hides the middle of long arrays and whatever a class likes to hide. blake2b is part of
every interpreter: hashlib would load OpenSSL, a visible part of a small process's memory.
"""
try:
    from _blake2 import blake2b
except ImportError:
    from hashlib import blake2b

from .content import PLAIN, Walk

SIZE = 12
SHORT = 64


class Answer:
    """The answer of one execution of the tasks: takes one result at a time, and keeps none.

    `proves` is whether there was anything in them, `size` is how many bytes were read, `nothing` is what
    the last result without content was.
    """

    __slots__ = ("_all", "_run", "_length", "proves", "size", "nothing")

    def __init__(self):
        self._all = blake2b(digest_size=SIZE)
        self._length = 0
        self.proves = False
        self.size = 0
        self.nothing = None

    def take(self, result, times=1):
        """One result, or so many that are equal, of one plain type and follow each other."""
        kind = type(result)
        if self._length:
            run = self._run
            # Not a number isn't equal to itself, but is the same answer.
            if kind is type(run) and (result == run or result != result and run != run):
                self._length += times
                return
            self._end_run()
        if kind not in PLAIN:
            walk = Walk(blake2b, SIZE)
            self._all.update(b"walked")
            self._all.update(walk.digest(result))
            self.size += walk.size
            self.proves = self.proves or walk.proves
            self.nothing = None if walk.proves else kind
        elif kind in (bytes, str, bytearray) and len(result) > SHORT or kind is bytearray:
            for _ in range(times):
                self.size += PLAIN[kind](self._all, result)
            self.proves = True
        else:
            self._run, self._length = result, times

    def _end_run(self):
        run, length, self._length = self._run, self._length, 0
        self.size += PLAIN[type(run)](self._all, run) * length
        self._all.update(b"*%d;" % length)
        if run is None:
            self.nothing = type(run)
        else:
            self.proves = True

    def text(self):
        """24 hexadecimal digits over the results in task order."""
        if self._length:
            self._end_run()
        return self._all.hexdigest()


def combine(results):
    """The answer of some results."""
    answer = Answer()
    for result in results:
        answer.take(result)
    return answer.text()
