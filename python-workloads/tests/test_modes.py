"""What modes do beyond the plain pass: warm-up, repeats, shares of the work, shared memory."""
import os
import subprocess
import sys
import unittest

from driver import METHODS, MODES, ONE_WORKER, PROCESSES, SOME_MS, Harness, fixture, methods, workload
from gilbench.checksum import combine


class WarmUp(unittest.TestCase):
    def test_every_worker_proves_it(self):
        for mode in MODES:
            with self.subTest(mode=mode), Harness(mode, workers=3) as harness:
                _, ready = harness.ready()
                warmed = harness.warm()
                value = harness.one_pass()
                harness.end()
                who = [(worker["pid"], worker["thread"]) for worker in ready["workers"]]
                proved = [(worker["pid"], worker["thread"]) for worker in warmed["workers"]]
                self.assertEqual(sorted(who, key=str), sorted(proved, key=str))
                share = 8 if mode in ONE_WORKER else 3
                self.assertEqual({worker["tasks"] for worker in warmed["workers"]}, {share})
                for worker in warmed["workers"]:
                    self.assertLessEqual(worker["ns"], warmed["ns"])
                self.assertGreaterEqual(value["start_ns"], warmed["start_ns"] + warmed["ns"])

    def test_a_failure_in_it(self):
        for mode in MODES:
            with self.subTest(mode=mode), Harness(mode, work=workload("raises", what="huge")) as one:
                one.ready()
                one.send(cmd="warm", id=1)
                row = one.failed()
                self.assertEqual((row["phase"], row["type"]), ("warm-up", "ValueError"))


class Repeats(unittest.TestCase):
    def test_a_short_pass_is_repeated_and_says_so(self):
        for mode in MODES:
            with self.subTest(mode=mode), Harness(mode, work=workload(n=1, tasks=2)) as harness:
                harness.ready()
                values = [harness.one_pass() for _ in range(6)]
                while values[-1]["total_ns"] < 1000000 and len(values) < 40:
                    values.append(harness.one_pass())  # PyPy takes a while to become fast
                harness.end()
                self.assertEqual(values[0]["repeats"], 1)
                for value in values:
                    self.assertEqual(value["ns"], value["total_ns"] // value["repeats"])
                self.assertEqual(len({value["checksum"] for value in values}), 1)
                if mode == "single":  # some microseconds: it takes hundreds
                    self.assertGreater(values[-1]["repeats"], 50)
                    self.assertGreaterEqual(values[-1]["total_ns"], 1000000)

    def test_a_long_pass_is_not(self):
        with Harness("single", work=workload(n=SOME_MS)) as harness:
            harness.ready()
            self.assertEqual({harness.one_pass()["repeats"] for _ in range(3)}, {1})
            harness.end()


@unittest.skipUnless(os.path.exists("/proc/thread-self/schedstat"), "Linux tells, others don't")
class RunDelay(unittest.TestCase):
    def test_one_worker_says_how_long_it_waited_for_a_cpu(self):
        for mode in MODES:
            with self.subTest(mode=mode), Harness(mode, work=workload(n=SOME_MS)) as harness:
                harness.ready()
                value = harness.one_pass()
                harness.end()
                if mode in ONE_WORKER:
                    self.assertGreaterEqual(value["extra"]["run_delay_ns"], 0)
                    self.assertLess(value["extra"]["run_delay_ns"], value["ns"])
                else:
                    self.assertNotIn("run_delay_ns", value["extra"])

    @unittest.skipUnless(hasattr(os, "sched_setaffinity"), "PyPy 7.3.11 can't pin")
    def test_what_another_process_takes_is_no_part_of_its_own_time(self):
        before = os.sched_getaffinity(0)
        os.sched_setaffinity(0, {min(before)})  # inherited by both
        try:
            busy = subprocess.Popen([sys.executable, "-c", "while True: pass"])
            try:
                with Harness("single", work=workload(n=SOME_MS)) as harness:
                    harness.ready()
                    harness.one_pass()
                    values = [harness.one_pass() for _ in range(15)]
                    harness.end()
            finally:
                busy.kill()
                busy.wait()
        finally:
            os.sched_setaffinity(0, before)
        delays = [value["extra"]["run_delay_ns"] for value in values]
        self.assertGreater(sum(delays), 0)
        own = sorted((value["ns"] - delay) / value["cpu_ns"] for value, delay in zip(values, delays))
        self.assertLess(abs(own[len(own) // 2] - 1), 0.1, own)


class Shares(unittest.TestCase):
    def test_what_each_worker_used(self):
        for mode in MODES:
            with self.subTest(mode=mode), Harness(mode, workers=2, work=workload(n=SOME_MS)) as harness:
                harness.ready()
                values = [harness.one_pass() for _ in range(3)]
                harness.end()
                for value in values:
                    used = value["extra"].get("workers_cpu_ns")
                    if mode == "single":
                        self.assertEqual(len(used), 1)
                        self.assertLessEqual(abs(used[0] - value["cpu_ns"]), 0.2 * used[0] + 2000000)
                    elif mode in ONE_WORKER:
                        self.assertIsNone(used)
                    elif used is None:
                        self.assertEqual(sys.implementation.name, "pypy")
                    else:
                        self.assertEqual(len(used), 2)
                        self.assertLessEqual(sum(used), value["cpu_ns"] * 1.05 + 2000000)
                        self.assertGreater(sum(used), 0.5 * value["cpu_ns"])
                        if mode == "threads-raw":  # fixed shares
                            self.assertGreater(min(used), 0.25 * max(used))


class Chunks(unittest.TestCase):
    """`Pool.map` hands out a fourth of a worker's share at once, unless it is told otherwise."""

    def test_what_is_handed_out_at_once(self):
        work = {"name": "together", "path": fixture("chunks"), "function": "together", "tasks": 64, "args": {}}
        for mode in PROCESSES:
            numbers = {None: 8 if mode == "mp" else 1, 1: 1, 16: 16, 100: 64}
            for chunksize, expected in numbers.items():
                for method in methods(mode)[:2]:
                    if mode == "executor-mp":  # the loop hands out one by one
                        expected = 1
                    with self.subTest(mode=mode, chunksize=chunksize, method=method), Harness(
                            mode, start_method=method, work=work, chunksize=chunksize) as harness:
                        _, ready = harness.ready()
                        self.assertEqual(len(ready["workers"]), 2)
                        self.assertEqual(harness.one_pass()["checksum"], combine([expected] * 64))
                        self.assertEqual(len(harness.warm()["workers"]), 2)
                        harness.end()

    def test_a_number_that_is_none(self):
        with Harness("mp", chunksize=0) as harness:
            harness.expect("hello")
            row = harness.failed()
            self.assertIn("`chunksize` must be a whole number of at least 1", row["message"])


class SharedMemory(unittest.TestCase):
    def test_the_same_checksum_as_single(self):
        for name, args in (("big-readonly", {"mb": 1}), ("locked-counter", {"rounds": 500})):
            sums = set()
            for mode, method in (("single", None),) + tuple(("mp-shared", m) for m in METHODS):
                with self.subTest(name=name, mode=mode, method=method), Harness(
                        mode, start_method=method, work=workload(name, **args)) as harness:
                    harness.ready()
                    if mode != "single":
                        harness.warm()
                    sums.update(harness.one_pass()["checksum"] for _ in range(2))
                    harness.end()
                    self.assertEqual(harness.err, b"")
            self.assertEqual(len(sums), 1)

    def test_a_workload_that_offers_nothing(self):
        with Harness("mp-shared") as harness:
            harness.expect("hello")
            row = harness.failed()
            self.assertEqual((row["phase"], row["type"]), ("imports", "Unsupported"))
            self.assertIn("`fib` has no `share`", row["message"])

    def test_a_form_that_cannot_be_shared(self):
        with Harness("mp-shared", work=workload("big-readonly", mb=1, form="list")) as harness:
            harness.expect("hello")
            row = harness.failed()
            self.assertEqual((row["phase"], row["type"]), ("pool", "Unsupported"))


class Missing(unittest.TestCase):
    @unittest.skipIf(sys.version_info >= (3, 14), "it is there")
    def test_interpreters_before_3_14(self):
        with Harness("interpreters") as harness:
            harness.expect("hello")
            row = harness.failed()
            self.assertEqual((row["phase"], row["type"]), ("imports", "Unsupported"))
            self.assertIn("3.14", row["message"])

    def test_a_pool_that_python_itself_has_broken(self):
        for mode in PROCESSES:
            for method in set(METHODS) - set(methods(mode)):
                with self.subTest(mode=mode, method=method), \
                        Harness(mode, start_method=method) as harness:
                    harness.expect("hello")
                    row = harness.failed()
                    self.assertEqual((row["phase"], row["type"]), ("pool", "Unsupported"))

    def test_no_start_method(self):
        for mode in PROCESSES + ("mp-shared",):
            with self.subTest(mode=mode), Harness(mode, start_method="teleport",
                                                  work=workload("locked-counter")) as harness:
                harness.expect("hello")
                self.assertEqual(harness.failed()["type"], "Unsupported")


if __name__ == "__main__":
    unittest.main()
