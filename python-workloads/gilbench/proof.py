"""The answer of a pass, worked out after the clock has stopped, or while it stands still."""
from .checksum import Answer, combine
from .clock import OwnWork
from .content import PLAIN
from .failure import Lazy, UsageError

# So long the repeated executions of a short pass are read, beside the first and the last.
PATIENCE_NS = 10000000
# Results of so many bytes are read and let go one by one, with the clock stopped, where that can be: kept
# for the whole pass they would be most of the memory.
LARGE = 64 << 10


class Proof:
    """Takes the results of a pass, one at a time, and keeps none. `own` is what that cost."""

    def __init__(self, digest, name):
        self.digest = digest
        self.name = name
        self.own = OwnWork()
        self.answer = Answer()
        self.texts = []
        self.proves = False
        self.nothing = None
        self.size = 0

    @property
    def impatient(self):
        return self.own.ns > PATIENCE_NS

    def step(self, result):
        """One result of the execution under way."""
        with self.own:
            self._take(result)

    def _take(self, result):
        if self.digest is not None:
            result = self.digest(result)
        try:
            self.answer.take(result)
        except Lazy as lazy:
            raise UsageError(
                "`%s` returned %s: nothing is computed before it is consumed; use %s`%s`"
                % (self.name, lazy.what, "`--drain` (`drain = true` in a matrix), or " if lazy.drains else "",
                   lazy.instead % (self.name + "(*args)"))
            ) from None

    def round(self):
        """The execution under way has ended."""
        answer, self.answer = self.answer, Answer()
        self.texts.append(answer.text())
        self.proves = self.proves or answer.proves
        self.nothing = answer.nothing
        self.size = answer.size

    def take(self, rounds):
        """All results of all executions; the lists are empty afterwards."""
        with self.own:
            first, others = rounds[0], rounds[1:]
            kinds = list(map(type, first))
            plain = self.digest is None and PLAIN.keys() >= set(kinds)
            if plain:  # equal numbers and texts are known to be equal at once
                others = [other for other in others if not (other == first and list(map(type, other)) == kinds)]
            if plain and len(set(kinds)) == 1 and first.count(first[0]) == len(first):
                self.answer.take(first[0], len(first))
                del first[:]
            self._read(first)
        while others:
            # The first and the last in any case.
            other = others.pop()
            with self.own:
                self._read(other)
            if self.impatient:
                break
        with self.own:  # or what wasn't read would be freed after the pass, while others have their turns
            for results in rounds:
                del results[:]

    def _read(self, results):
        results.reverse()
        while results:
            self._take(results.pop())
        self.round()

    def stand_in(self, checked):
        """Let what `check` said, in each process that ran tasks, stand for the results."""
        checked = [one for one in checked if one is not None]
        texts = sorted({text for text, _ in checked})
        self.texts = texts if len(texts) == 1 else [combine(texts)]
        self.proves = any(proves for _, proves in checked)

    def checksum(self):
        """Of the executions' the first, or one that differs from it."""
        first = self.texts[0]
        return next((other for other in self.texts if other != first), first)
