"""What the harness itself notices: each lie by its kind, and no honest work."""
import os
import sys
import time
import unittest

from driver import MODES, SMALL_MODES, Harness, fixture, workload
from gilbench import crowd, doubts, facts
from test_workloads import SMALL


def _is_calm():
    """Whether this thread has a CPU for itself right now."""
    begin, cpu = time.perf_counter(), time.process_time()
    while time.perf_counter() < begin + 0.03:
        pass
    return time.process_time() - cpu > 0.9 * 0.03


class Doubts(unittest.TestCase):
    def kinds(self, mode, function, **more):
        work = dict(more, name=function, path=fixture("lies"), function=function, tasks=4, args={})
        kinds = []
        for cold in (False, True):
            with Harness(mode, work=work) as harness:
                harness.ready()
                if cold:
                    harness.one_pass()
                harness.warm()
                for _ in range(2):
                    harness.one_pass()
                found = harness.end()["doubts"]
            for doubt in found:
                self.assertEqual(set(doubt), {"kind", "text"})
                self.assertLess(len(doubt["text"]), 300)
            kinds.append([doubt["kind"] for doubt in found])
        self.assertEqual(kinds[0], kinds[1])
        return kinds[0]

    def each(self, function, expected, modes=SMALL_MODES, **more):
        for mode in modes:
            with self.subTest(function=function, mode=mode):
                self.assertEqual(self.kinds(mode, function, **more), expected)

    @unittest.skipIf(sys.implementation.name == "pypy", "what is compiled becomes fast, too")
    def test_results_that_are_kept(self):
        self.each("kept", ["kept_result"])
        self.each("hands_over", ["kept_result"], setup="make")

    def test_results_that_a_cache_keeps(self):
        self.each("cached", ["kept_result"])

    def test_a_reader_that_is_replaced(self):
        self.each("replaces_the_reader", ["gil_reader_replaced"])

    def test_a_collector_that_is_changed(self):
        self.each("turns_the_collector_off", ["gc_changed"])
        if sys.implementation.name != "pypy":
            self.each("changes_thresholds", ["gc_changed"])
            self.each("freezes", ["gc_changed"])

    @unittest.skipUnless(hasattr(os, "sched_setaffinity") and len(os.sched_getaffinity(0)) > 1, "needs two CPUs")
    def test_workers_that_pin_themselves(self):
        self.each("pins", ["pinned"], [mode for mode in MODES if mode != "asyncio"])

    def test_workers_that_share_a_thread(self):
        def workers(*threads):
            return [{"pid": 7, "thread": thread} for thread in threads]
        self.assertIn("3 workers share 2 threads", doubts._one_thread(workers(1, 2, 2)))
        self.assertIsNone(doubts._one_thread(workers(1, 2, 3)))
        self.assertIsNone(doubts._one_thread(workers(None)))

    @unittest.skipUnless(hasattr(os, "sched_setaffinity"), "can't be asked")
    def test_tasks_that_end_by_the_clock(self):
        def kinds(function):
            work = {"name": function, "path": fixture("lies"), "function": function, "tasks": 4, "args": {}}
            with Harness("single", work=work) as harness:
                harness.ready()
                harness.one_pass()
                harness.send(cmd="end", crowd=True)
                row = harness.expect("end")
                self.assertEqual(len(row["workers"][0]["cpus"]), len(os.sched_getaffinity(0)))
                self.assertEqual(harness.process.wait(20), 0)
            return [doubt["kind"] for doubt in row["doubts"]]

        self.assertEqual(kinds("honest_table"), [])
        self.assertEqual(kinds("fails_beside_others"), [])
        if not facts.gil_enabled():
            self.skipTest("two threads are not kept waiting for each other")
        # On a machine that others keep busy it is never alone, and says nothing.
        tries = 12
        calm = 0
        for _ in range(tries):
            calm += _is_calm()
            if kinds("spins") == ["less_work"]:
                return
        if calm < tries:
            self.skipTest("others kept the CPUs busy")
        self.fail("it ends by the clock, and wasn't seen to in %d tries" % tries)

    def test_who_rests_or_takes_as_much_beside_others_ends_by_itself(self):
        class Scripted(crowd.Crowd):
            def __init__(self, alone, beside):
                crowd.Crowd.__init__(self, None, [0])
                self.alone, self.beside = list(alone), list(beside)

            def _times(self, number):
                return self.alone.pop(0) if len(self.alone) > 1 else self.alone[0]

            def _beside(self, number, patience):
                return self.beside[0]

        quiet, waits = (10000000, 10000000), (10000000, 5000000)
        half, whole = (10000000, 5000000), (20000000, 10000000)
        for alone, beside, expected in (([quiet], [half], (10000000, 5000000)), ([quiet], [whole], None),
                                        ([waits], [half], None), ([quiet, waits, quiet], [half], (10000000, 5000000)),
                                        ([quiet, quiet, (7000000, 7000000), quiet], [half], (7000000, 5000000)),
                                        ([quiet, quiet, (6000000, 6000000)], [half], None)):
            with self.subTest(alone=alone, beside=beside):
                self.assertEqual(Scripted(alone, beside)._judged(), expected)

    def test_what_calls_took_is_told(self):
        for mode in SMALL_MODES:
            with self.subTest(mode=mode), Harness(mode, work=workload(n=15)) as harness:
                harness.ready()
                harness.warm()
                calls = harness.end()["calls"]
                self.assertGreater(calls["first_cpu_ns"], calls["later_ns"] // 10)
                self.assertEqual(calls["threads"], 0)

    def test_threads_that_a_call_starts_are_counted_however_soon_they_end(self):
        for function, expected in (("starts_threads", 3), ("tiny", 0)):
            work = dict(name=function, path=fixture("lies"), function=function, tasks=4, args={})
            with Harness("single", work=work) as harness:
                harness.ready()
                harness.warm()
                harness.one_pass()
                self.assertEqual(harness.end()["calls"]["threads"], expected)

    def test_honest_work_has_none(self):
        for function in ("honest_helper", "honest_import", "honest_table", "honest_pattern", "honest_collect", "tiny"):
            self.each(function, [])

    def test_bundled_workloads_have_none(self):
        for name, (args, _) in sorted(SMALL.items()):
            for mode in SMALL_MODES:
                with self.subTest(name=name, mode=mode), Harness(mode, work=workload(name, **args)) as harness:
                    harness.ready()
                    harness.warm()
                    harness.one_pass()
                    self.assertEqual(harness.end()["doubts"], [])


if __name__ == "__main__":
    unittest.main()
