"""Every workload, small: the same answer in every mode and under every interpreter."""
import os
import unittest

from driver import MODES, PROCESSES, Harness, catalogue, methods, workload

# Arguments that make a pass short, and the checksum of 8 tasks with them.
SMALL = {
    "alloc": ({"depth": 3, "trees": 2}, "930c98a3a90041f1"),
    "big-readonly": ({"mb": 1}, "3433daf263df59ee"),
    "cpu-io": ({"steps": 100, "wait_ms": 1}, "28cfefd931b4366c"),
    "fib": ({"n": 10}, "71762a299b5430d1"),
    "hashing": ({"kb": 4}, "82492bf7ab5a5f0a"),
    "hot-refcount": ({"rounds": 50}, "a655978f988d0989"),
    "locked-counter": ({"rounds": 100}, "744dfb4023d435d9"),
    "matmul": ({"n": 12}, "1e7d67bbe01b1261"),
    "payload": ({"bytes": 100000}, "010e8f53201ebd5b"),
    "regex": ({"lines": 40}, "87383a107d3d3cd1"),
    "shared-dict": ({"rounds": 300, "keys": 100}, "fc3c4136bdafb861"),
    "shared-list": ({"rounds": 100}, "744dfb4023d435d9"),
    "short-tasks": ({"task_us": 3}, "3351568dd64da762"),
    "sorting": ({"n": 200}, "69f0a109d8060de0"),
    "strings-json": ({"records": 30}, "22eb153b054976bf"),
}


class Answers(unittest.TestCase):
    def sums(self, mode, name, args, passes=2):
        with Harness(mode, work=workload(name, **args)) as harness:
            harness.ready()
            sums = {harness.one_pass()["checksum"] for _ in range(passes)}
            harness.end()
            self.assertEqual(harness.err, b"")
        return sums

    def test_none_is_forgotten(self):
        self.assertEqual(set(SMALL) | {"matmul-numpy"}, set(catalogue.names("workloads")),
                         "each workload has an entry in SMALL: small arguments, and the checksum that they give")

    def test_each_workload(self):
        for name, (args, expected) in sorted(SMALL.items()):
            with self.subTest(name=name):
                self.assertEqual(self.sums("single", name, args), {expected})

    def test_state_and_inputs_in_every_mode(self):
        for name in ("locked-counter", "shared-list", "shared-dict", "payload", "big-readonly"):
            args, expected = SMALL[name]
            for mode in MODES:
                with self.subTest(name=name, mode=mode):
                    self.assertEqual(self.sums(mode, name, args), {expected})

    def test_arguments_are_those_of_the_header(self):
        for name, (args, _) in SMALL.items():
            with self.subTest(name=name):
                entry = catalogue.entry(catalogue.path_of("workloads", name))
                self.assertLessEqual(set(args), set(entry["args"]))
                module = catalogue.load(catalogue.path_of("workloads", name), "workload")
                self.assertEqual(entry.get("shared", False), hasattr(module, "share"))


class State(unittest.TestCase):
    def test_lost_work_is_an_error(self):
        for mode in MODES:
            with self.subTest(mode=mode), Harness(mode, work=workload("forgets")) as harness:
                harness.ready()
                harness.one_pass()
                harness.send(cmd="pass", id=2)
                row = harness.failed()
                self.assertEqual((row["type"], row["phase"]), ("RuntimeError", "pass"))
                self.assertIn("arrived", row["message"])

    def test_inputs_that_are_too_few(self):
        with Harness("threads", work=workload("forgets", inputs=3)) as harness:
            harness.expect("hello")
            row = harness.failed()
            self.assertEqual(row["type"], "UsageError")
            self.assertIn("3 inputs for 8 tasks", row["message"])


class Inheritance(unittest.TestCase):
    def private(self, pid):
        """Bytes that this process alone holds in memory."""
        with open("/proc/%d/smaps_rollup" % pid) as file:
            return 1024 * sum(int(line.split()[1]) for line in file
                              if line.startswith("Private_"))

    def held(self, mode, method):
        size = 64
        with Harness(mode, start_method=method, work=workload("big-readonly", mb=size)) as harness:
            _, ready = harness.ready()
            harness.one_pass()
            pids = {worker["pid"] for worker in ready["workers"]}
            if mode == "mp-shared":
                pids.add(harness.process.pid)
            held = max(self.private(pid) for pid in pids)
            harness.end()
        return held / (size << 20)

    @unittest.skipUnless(os.path.exists("/proc/self/smaps_rollup"), "needs Linux's smaps")
    def test_forked_workers_share_what_others_build(self):
        for mode in PROCESSES:
            self.assertLess(self.held(mode, "fork"), 0.7, mode)
            if "spawn" in methods(mode):
                self.assertGreater(self.held(mode, "spawn"), 0.9, mode)
        for method in methods("mp-shared"):
            self.assertLess(self.held("mp-shared", method), 0.7, method)


if __name__ == "__main__":
    unittest.main()
