"""The digest of a result: whole, the same for the same content, whatever the type."""
import array
import collections
import datetime
import decimal
import enum
import fractions
import io
import itertools
import pathlib
import re
import subprocess
import sys
import types
import unittest

from driver import ROOT, Harness, fixture  # noqa: F401
from gilbench.checksum import Answer, combine
from gilbench.failure import Lazy
from gilbench.proof import Proof

try:
    import numpy
except ImportError:
    numpy = None
try:
    import pandas
except ImportError:
    pandas = None


class Hides:
    def __init__(self, x):
        self.x = x

    def __repr__(self):
        return "[1 2 3 ... 7 8 9]"


class Slots:
    __slots__ = ("a", "__b", "empty")

    def __init__(self, a, b=0):
        self.a = a
        self.__b = b


class Kept:
    def __init__(self, x):
        self.x, self.cache = x, object()

    def __getstate__(self):
        return {"x": self.x}


class Locked:
    def __init__(self, x):
        import threading
        self.lock, self.x = threading.Lock(), x


class Nothing:
    pass


class Colour(enum.IntEnum):
    RED = 1
    BLUE = 2


Point = collections.namedtuple("Point", "a b")


def proves(value):
    answer = Answer()
    answer.take(value)
    answer.text()
    return answer.proves


def made():
    """Values that differ, one way or another."""
    return [
        1, True, 1.0, "1", b"1", None, [1], (1,), {1}, frozenset([1]), {1: 1}, Hides(1), Hides(2), Slots(1),
        Slots(2), Slots(1, 1), Kept(1), Kept(2), Locked(1), Locked(2), Colour.RED, Colour.BLUE, Point(1, 2),
        (1, 2), [1, 2], 3 ** 20000, 3 ** 20000 + 1, bytearray(b"1"), decimal.Decimal("1.0"),
        decimal.Decimal("1"), fractions.Fraction(1, 3), datetime.date(2020, 1, 1), pathlib.Path("a"),
        pathlib.Path("b"), re.compile("a"), re.compile("b"), re.match("a", "ab"), re.match("ab", "ab"),
        io.BytesIO(b"a"), io.BytesIO(b"b"), io.StringIO("a"), array.array("i", [1]), array.array("I", [1]),
        array.array("i", [2]), memoryview(b"1"), ValueError("a"), ValueError("b"), KeyError("a"),
        types.SimpleNamespace(a=1), types.SimpleNamespace(a=2), collections.deque([1]),
        collections.deque([2]), collections.OrderedDict([(1, 1), (2, 2)]),
        collections.OrderedDict([(2, 2), (1, 1)]), collections.Counter("a"),
        collections.defaultdict(list, {1: [2]}), range(3), range(4), slice(1, 2), slice(1, 3), len, max, int,
        str, [1, [2]], [[1], 2], "\udc80", "\xe9", list(range(100)), list(range(99)) + [98],
        [float(x) for x in range(100)], ["a"] * 100, ["a"] * 99 + ["b"], [(1, 2)] * 100,
        [(1, 2)] * 99 + [(1, 3)], {1: {2: 3}}, {1: {2: 4}}, {(1, 2), (3, 4)}, {(1, 2), (3, 5)}, -1, -0.0, 0.0,
        [1] * 10000, [1] * 9999 + [2], float("nan"), float("inf"), 2j, [], (), {}, set(), "", b"", 0,
        {1: 2}.keys(), {3: 2}.keys(), bytes(100), bytes(99) + b"x", "a" * 100, "a" * 99 + "b"]


class Content(unittest.TestCase):
    def test_what_differs_differs_and_proves_something(self):
        seen = {}
        for value in made():
            text = combine([value])
            self.assertNotIn(text, seen, (value, seen.get(text)))
            seen[text] = value
            self.assertEqual(proves(value), value is not None, value)

    def test_the_same_content_is_the_same_answer(self):
        for one, other in zip(made(), made()):
            self.assertEqual(combine([one]), combine([other]), one)
        for one, other in (({"a": 1, "b": 2}, {"b": 2, "a": 1}), (float("nan"), -float("nan")),
                           ({8, 16, 24}, {24, 16, 8}), ([float("nan")] * 40, [-float("nan")] * 40)):
            self.assertEqual(combine([one]), combine([other]), one)

    def test_it_is_the_same_in_every_process(self):
        code = ("import sys; sys.path.insert(0, %r); import test_content; "
                "print(test_content.combine(test_content.made()))" % sys.path[0])
        run = [subprocess.check_output([sys.executable, "-c", code], cwd=ROOT + "/tests") for _ in range(2)]
        self.assertEqual(set(run), {combine(made()).encode() + b"\n"})

    def test_one_at_a_time_or_all_at_once(self):
        one, other = Answer(), Answer()
        for _ in range(5):
            one.take(3)
        other.take(3, 2)
        other.take(3, 3)
        self.assertEqual(one.text(), other.text())
        nan = Answer()
        nan.take(float("nan"), 3)
        self.assertEqual(nan.text(), combine([float("nan"), -float("nan"), float("nan")]))
        self.assertNotEqual(combine([3, 3]), combine([3, 3, 3]))
        self.assertNotEqual(combine([1, 2]), combine([2, 1]))
        self.assertNotEqual(combine([1, True]), combine([1, 1]))
        self.assertNotEqual(combine([b"1", "1"]), combine(["1", b"1"]))

    def test_what_proves_nothing(self):
        for value in (None, Nothing(), object(), lambda: 1, [None, Nothing()], (None,) * 99):
            self.assertFalse(proves(value), value)
        self.assertNotEqual(combine([None]), combine([Nothing()]))

    def test_depth_and_cycles_and_what_is_shared(self):
        loop = [1]
        loop.append(loop)
        self.assertEqual(combine([loop]), combine([loop]))
        deep = []
        for _ in range(100000):
            deep = [deep]
        combine([deep])
        while deep:
            deep = deep[0]
        wide = [1] * 50
        for _ in range(60):
            wide = [wide, wide]
        combine([wide])
        self.assertEqual(combine([[[1, 2], [1, 2]]]), combine([[[1, 2]] * 2]))

    def test_what_is_computed_later_is_refused(self):
        class Awaited:
            def __await__(self):
                yield
        for value in ((one for one in ()), map(str, [1]), iter([1]), [iter([1])], itertools.count(),
                      {"a": zip()}, Awaited()):
            with self.assertRaises(Lazy):
                combine([value])
        holder = Hides(1)
        holder.numbers = itertools.count()
        self.assertTrue(proves(holder))

    def test_rows_of_a_database(self):
        try:
            import sqlite3
        except ImportError:
            self.skipTest("this Python has no sqlite3")
        connection = sqlite3.connect(":memory:")
        connection.row_factory = sqlite3.Row
        one, same, other, named = (connection.execute("select " + what).fetchone() for what in (
            "1 as a, 'x' as b", "1 as a, 'x' as b", "2 as a, 'x' as b", "1 as c, 'x' as b"))
        self.assertTrue(proves(one))
        self.assertEqual(combine([one]), combine([same]))
        self.assertEqual(len({combine([row]) for row in (one, other, named)}), 3)
        self.assertFalse(proves(connection))

    def test_objects_that_answer_to_every_name(self):
        from unittest import mock
        self.assertTrue(proves(mock.Mock()))

    @unittest.skipIf(numpy is None, "needs numpy")
    def test_arrays(self):
        zeros = numpy.zeros(5000, dtype=numpy.int64)
        middle = zeros.copy()
        middle[2500] = 1
        table = numpy.arange(12.0).reshape(3, 4)
        values = [zeros, middle, zeros.astype("i4"), zeros.reshape(50, 100), table, table.T,
                  numpy.array([1, "a"], dtype=object), numpy.array(["a"]), numpy.zeros(3, dtype="M8[s]"),
                  numpy.array([(1, 2.0)], dtype=[("a", "i1"), ("b", "f8")]), numpy.float64(1), numpy.array(1.0),
                  numpy.ma.masked_array([1, 2], [0, 1]), numpy.ma.masked_array([1, 2], [1, 0]), numpy.bool_(True),
                  numpy.zeros(2, dtype="g"), numpy.zeros((0, 3)), numpy.matrix([[1, 2]])]
        self.assertEqual(len({combine([value]) for value in values}), len(values))
        self.assertEqual(combine([table.T]), combine([table.T.copy()]))
        self.assertEqual(combine([zeros[::2]]), combine([zeros[::2].copy()]))
        self.assertTrue(all(map(proves, values)))

    @unittest.skipIf(pandas is None, "needs pandas")
    def test_frames(self):
        def frame(at=0, **more):
            columns = {"a": [0] * 200, "b": ["x"] * 200}
            columns["a"][100] = at
            return pandas.DataFrame(columns, **more)
        values = [frame(), frame(1), frame()["a"], frame(1)["a"], frame(index=range(1, 201)), frame().index,
                  frame().rename(columns={"a": "c"}), frame().astype({"a": "float"}),
                  pandas.Series(["a", "b"], dtype="category"), pandas.Timestamp(1), pandas.Timestamp(2)]
        self.assertEqual(len({combine([value]) for value in values}), len(values))
        self.assertEqual(combine([frame(1)]), combine([frame(1)]))


@unittest.skipUnless(sys.platform == "linux", "reads /proc")
class Memory(unittest.TestCase):
    def peak(self, function):
        """KiB of a process, and the values of two passes of 16 times 8 MiB."""
        work = {"name": function, "path": fixture("large"), "function": function, "positional": [8 << 20],
                "tasks": 16, "args": {}}
        with Harness("single", work=work) as harness:
            harness.ready()
            values = [harness.one_pass() for _ in range(2)]
            with open("/proc/%d/status" % harness.process.pid) as file:
                peak = [line for line in file if line.startswith("VmHWM")][0]
            harness.end()
        return int(peak.split()[1]), values

    def test_no_result_is_kept_once_it_is_read(self):
        for results in ([b"x", b"x"], [b"x", b"y"], [[1], [2]]):
            rounds = [list(results) for _ in range(3)]
            Proof(None, "work").take(rounds)
            self.assertEqual(rounds, [[], [], []])

    def test_large_results_are_let_go_one_by_one(self):
        peak, values = self.peak("returned")
        self.assertLess(peak, 1.2 * self.peak("inner")[0])
        for value in values:
            # To read them takes longer than to make them, and is told apart.
            self.assertGreater(value["harness_ns"], 5000000)
            self.assertGreater(value["harness_cpu_ns"], 5000000)
            self.assertGreater(value["whole_ns"], value["harness_ns"] + value["total_ns"])


if __name__ == "__main__":
    unittest.main()
