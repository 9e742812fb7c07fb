"""The protocol, in every mode, with well-behaved work."""
import os
import sys
import sysconfig
import threading
import time
import unittest
from contextlib import ExitStack

from driver import (LOOPS, MODES, ONE_WORKER, PROCESSES, SOME_MS, THREADS, Harness,
                    methods, workload)

# Of 8 times fib(10): the same for every mode and every interpreter.
FIB_10 = "33eec7663aee5bfc4f82a5d8"


def cpu_clock(pid):
    """CPU time of another process in nanoseconds: CPUCLOCK_SCHED of Linux."""
    return time.clock_gettime_ns((~pid << 3) | 2)


class EveryMode(unittest.TestCase):
    def test_rows_fields_and_phases(self):
        for mode in MODES:
            with self.subTest(mode=mode), Harness(mode) as harness:
                hello, ready = harness.ready()
                self.assertEqual(hello["protocol"], 1)
                self.assertEqual(hello["pid"], harness.process.pid)
                self.assertGreater(hello["at_ns"], harness.launched_ns)
                value = harness.one_pass()
                again = harness.one_pass()
                end = harness.end()
                self.assertEqual(set(ready["phases_ns"]), {"imports", "pool"})
                self.assertEqual(set(end["phases_ns"]), {"teardown"})
                # Nothing lies between the phases.
                self.assertEqual(hello["at_ns"] + sum(ready["phases_ns"].values()),
                                 ready["at_ns"])
                self.assertGreaterEqual(end["at_ns"] - end["phases_ns"]["teardown"],
                                        again["start_ns"] + again["total_ns"])
                self.assertEqual(ready["gc"]["between_passes"], "collect")
                self.assertTrue(ready["gc"]["enabled"])
                self.assertIsNone(end["blas"])
                for phases in (ready["phases_ns"], end["phases_ns"]):
                    for ns in phases.values():
                        self.assertGreaterEqual(ns, 0)
                self.assertGreater(value["ns"], 0)
                self.assertGreater(value["cpu_ns"], 0)
                self.assertGreater(value["start_ns"], hello["at_ns"])
                self.assertGreaterEqual(again["start_ns"], value["start_ns"] + value["total_ns"])
                self.assertEqual(value["lag_ns"] is not None, mode in LOOPS)
                self.assertEqual({value["checksum"], again["checksum"]}, {FIB_10})

    def test_every_worker_says_what_it_is(self):
        for mode in MODES:
            with self.subTest(mode=mode), Harness(mode, workers=3) as harness:
                hello, ready = harness.ready()
                harness.one_pass()
                end = harness.end()
                count = 1 if mode in ONE_WORKER else 3
                for workers in (ready["workers"], end["workers"]):
                    who = {(worker["pid"], worker["thread"]) for worker in workers}
                    self.assertEqual(len(who), count, who)
                    for worker in workers:
                        self.assertEqual(worker["executable"], hello["facts"]["executable"])
                        self.assertEqual(worker["version"], hello["facts"]["version"])
                        self.assertEqual(worker["pid"] == hello["pid"],
                                         mode not in PROCESSES)
                        self.assertEqual(worker["thread"] is not None, mode in THREADS)
                self.assertEqual({worker["pid"] for worker in ready["workers"]},
                                 {worker["pid"] for worker in end["workers"]})

    def test_facts_are_those_of_this_interpreter(self):
        with Harness("threads") as harness:
            hello, ready = harness.ready()
            harness.one_pass()
            end = harness.end()
        facts = hello["facts"]
        built = sysconfig.get_config_var("Py_GIL_DISABLED")
        expected = None if sys.version_info < (3, 13) else bool(built)
        self.assertEqual(facts["py_gil_disabled"], expected)
        self.assertEqual(facts["executable"], os.path.realpath(sys.executable))
        self.assertTrue(facts["version"].startswith("%d.%d.%d" % sys.version_info[:3]))
        self.assertEqual(facts["implementation"], sys.implementation.name)
        enabled = getattr(sys, "_is_gil_enabled", lambda: True)()
        for worker in [facts] + ready["workers"] + end["workers"]:
            self.assertIs(worker["gil_enabled"], enabled)

    def test_start_methods(self):
        for mode in PROCESSES:
            for method in methods(mode):
                with self.subTest(mode=mode, method=method), \
                        Harness(mode, start_method=method) as harness:
                    harness.ready()
                    self.assertEqual(harness.one_pass()["checksum"], FIB_10)
                    harness.end()
                    self.assertEqual(harness.err, b"")
                    self.assertTrue(harness.gone_within(2))

    def test_matmul_checksum_is_the_same_everywhere(self):
        sums = set()
        for mode in ("single", "mp"):
            with Harness(mode, work=workload("matmul", n=12)) as harness:
                harness.ready()
                sums.add(harness.one_pass()["checksum"])
                harness.end()
        self.assertEqual(sums, {"3860cd009993557096593023"})

    def test_numpy_or_its_absence(self):
        work = workload("matmul-numpy", n=40)
        try:
            import numpy  # noqa: F401
        except ImportError:
            with Harness("single", work=work) as harness:
                harness.expect("hello")
                row = harness.failed()
                self.assertEqual((row["phase"], row["type"]), ("imports", "Unsupported"))
                self.assertIn("`numpy`", row["message"])
            return
        sums = set()
        for mode in MODES:
            if mode == "interpreters":
                with Harness(mode, work=work) as harness:
                    harness.expect("hello")
                    row = harness.failed()
                    self.assertEqual((row["phase"], row["type"]), ("pool", "Unsupported"))
                    self.assertIn("subinterpreters", row["message"])
                    self.assertNotIn("\n", row["message"])
                continue
            with Harness(mode, work=work) as harness:
                harness.ready()
                sums.add(harness.one_pass()["checksum"])
                with open("/proc/%d/status" % harness.process.pid) as file:
                    threads = [line for line in file if line.startswith("Threads:")][0].split()[1]
                if mode == "single":
                    self.assertEqual(threads, "1", "BLAS has threads of its own")
                shown = harness.end()["blas"]
                if shown["source"] == "threadpoolctl":
                    self.assertEqual({pool["num_threads"] for pool in shown["pools"]}, {1})
                else:
                    self.assertEqual(shown["env"]["OPENBLAS_NUM_THREADS"], "1")
        self.assertEqual(sums, {"2a4cab6f2066f8f866b6f28d"})

    def test_waiting_costs_nothing(self):
        with ExitStack() as stack:
            waiting = {mode: stack.enter_context(Harness(mode)) for mode in MODES}
            for harness in waiting.values():
                harness.ready()
                harness.one_pass()
            time.sleep(0.1)
            before = {mode: {pid: cpu_clock(pid) for pid in harness.members()} for mode, harness in waiting.items()}
            time.sleep(1)
            for mode, harness in waiting.items():
                with self.subTest(mode=mode):
                    self.assertLess(sum(cpu_clock(pid) - ns for pid, ns in before[mode].items()), 2500000)
                    harness.end()

    def test_cpu_counts_all_workers(self):
        used = {}
        for mode in MODES:
            with Harness(mode, workers=4, work=workload(n=20)) as harness:
                harness.ready()
                values = [harness.one_pass() for _ in range(5)]
                harness.end()
            used[mode] = min(value["cpu_ns"] for value in values)
            for value in values:
                # Not more than the CPUs can give in that time, but for the clocks' grain.
                self.assertLess(value["cpu_ns"], value["ns"] * os.cpu_count() * 1.05 + 2000000,
                                    mode)
        for mode in MODES:
            # The same work: one worker of four alone would show as a quarter.
            self.assertGreater(used[mode], 0.5 * used["single"], used)


class Loop(unittest.TestCase):
    def test_blocking_coroutines_stall_the_loop_for_the_sum_of_all(self):
        with Harness("asyncio", work=workload(n=SOME_MS)) as harness:
            harness.ready()
            values = [harness.one_pass() for _ in range(5)]
            for value in values:
                self.assertLessEqual(value["lag_ns"], value["ns"])
            # A busy machine may take time from a pass before its first call: that only makes the share smaller.
            self.assertGreater(max(value["lag_ns"] / value["ns"] for value in values), 0.9, values)
            harness.end()

    def test_an_executor_keeps_the_loop_alive(self):
        with Harness("executor", work=workload(n=SOME_MS + 3)) as harness:
            harness.ready()
            values = [harness.one_pass() for _ in range(3)]
            harness.end()
        # On a busy machine PyPy's compiled code was seen to keep the GIL for most of a pass.
        limit = 0.98 if sys.implementation.name == "pypy" else 0.6
        self.assertLess(min(value["lag_ns"] / value["ns"] for value in values), limit)
        self.assertGreater(max(value["extra"]["beats"] for value in values), 1)


class Isolation(unittest.TestCase):
    def test_noise_corrupts_nothing(self):
        for mode in MODES:
            with self.subTest(mode=mode), Harness(mode, work=workload("noisy")) as harness:
                output = []
                # A runner drains the output; unread, a full pipe would block the workload.
                drains = [threading.Thread(target=lambda s=stream: output.append(s.read()))
                          for stream in (harness.process.stdout, harness.process.stderr)]
                for drain in drains:
                    drain.start()
                harness.ready()
                sums = {harness.one_pass()["checksum"] for _ in range(2)}
                harness.send(cmd="end")
                harness.expect("end")
                self.assertEqual(harness.process.wait(20), 0)
                for drain in drains:
                    drain.join()
                self.assertEqual(len(sums), 1)
                self.assertIn(b'"k":"error"', b"".join(output))

    def test_a_file_outside_the_catalogue(self):
        sums = set()
        for mode, method in (("single", None), ("mp", "fork"), ("mp", "spawn")):
            with Harness(mode, start_method=method, work=workload("plain", add=1)) as harness:
                harness.ready()
                sums.add(harness.one_pass()["checksum"])
                harness.end()
        self.assertEqual(len(sums), 1)

    def test_nothing_of_the_harness_reaches_forked_workers(self):
        with Harness("mp") as harness:
            _, ready = harness.ready()
            harness.one_pass()
            report = os.path.realpath(os.path.join(harness.folder.name, "report"))
            commands = os.readlink("/proc/%d/fd/%d" % (os.getpid(),
                                                       harness.process.stdin.fileno()))
            for worker in ready["workers"]:
                folder = "/proc/%d/fd" % worker["pid"]
                held = [os.readlink(os.path.join(folder, fd)) for fd in os.listdir(folder)]
                self.assertNotIn(report, held)
                self.assertNotIn(commands, held)
            harness.end()


if __name__ == "__main__":
    unittest.main()
