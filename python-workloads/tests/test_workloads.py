"""Every workload, small: the same answer in every mode and under every interpreter."""
import os
import unittest

from driver import MODES, PROCESSES, Harness, catalogue, methods, workload

# Arguments that make a pass short, and the checksum of 8 tasks with them.
SMALL = {
    "alloc": ({"depth": 3, "trees": 2}, "bde8dec8800e8bfc56538bf3"),
    "big-readonly": ({"mb": 1}, "2d1cd2d36530f58dc5314697"),
    "cpu-io": ({"steps": 100, "wait_ms": 1}, "48ad25f9f2568442ebc673f2"),
    "fib": ({"n": 10}, "33eec7663aee5bfc4f82a5d8"),
    "hashing": ({"kb": 4}, "119ce2e24da20dea3e438643"),
    "hot-refcount": ({"rounds": 50}, "6b789300e1023eb0e604934b"),
    "locked-counter": ({"rounds": 100}, "5cf3f21df8d6af7638958510"),
    "matmul": ({"n": 12}, "3860cd009993557096593023"),
    "payload": ({"bytes": 100000}, "4164107033051d7f58ff5033"),
    "regex": ({"lines": 40}, "913eb59c6380a45ae123e0dc"),
    "shared-dict": ({"rounds": 300, "keys": 100}, "fcdfb94e74a724e5eec34451"),
    "shared-list": ({"rounds": 100}, "5cf3f21df8d6af7638958510"),
    "short-tasks": ({"task_us": 3}, "00aa52db5834fdcf666d900e"),
    "sorting": ({"n": 200}, "f44dd293c0af90e5a2a7a320"),
    "strings-json": ({"records": 30}, "fc8de822937a545aa245c6a1"),
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
